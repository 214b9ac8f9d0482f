"""A whole run: the servers, the contenders in alternating slices, and the report."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.bench import database, groups, report, rows, statements
from tests.bench.baselines.original import setup as original
from tests.bench.buyers import Buyers
from tests.bench.contenders import Contender, Measurement
from tests.bench.environment import RUN
from tests.bench.groups import Services
from tests.bench.server import baseline, ours
from tests.bench.sizes import TENTH
from tests.bench.targets import all_targets


@dataclass(frozen=True)
class Plan:
    """The size of a run. In each round, each contender is measured for one slice of `seconds`."""

    # By the number of clients.
    rounds: dict[int, int]
    # The rounds of the comparisons of growth and overload.
    other_rounds: int
    seconds: int
    # Our server has received at least this many requests when its memory is measured again.
    requests: int


# The speed of a virtual machine changes within minutes: many short slices give a steadier median than a few long ones.
FULL = Plan(rounds={1: 2, 8: 9, 32: 5}, other_rounds=7, seconds=2, requests=100_000)
QUICK = Plan(rounds={8: 1, 32: 1}, other_rounds=1, seconds=1, requests=10_000)
WARM_UP_REQUESTS = 1_000
# The number of clients when the full database is compared with the small one.
GROWTH_CLIENTS = 8


def run(plan: Plan) -> bool:
    """Measure and report. Returns whether the limit of every target is met."""
    results: dict[tuple[str, int], list[Measurement]] = defaultdict(list)
    with _services() as services:
        # The reads are chosen before there are new shows to sell.
        reads, small_reads = groups.reads("default"), groups.reads(TENTH.name)
        statements.check([*((read.row, read.ours[0]) for read in reads), *groups.single_sales(services.buyers)])
        to_sql = [groups.to_sql(services, read) for read in reads]
        compared = [groups.small(services), *to_sql, groups.selling(services)]
        _warm_up(compared)
        memory = services.ours.memory()
        report.heading()
        for clients, rounds in plan.rounds.items():
            for group in compared:
                _alternate(results, group, clients=clients, rounds=rounds, seconds=plan.seconds)
        for full, tenth in zip(reads, small_reads, strict=True):
            group = groups.growth(services, full, tenth)
            _alternate(results, group, clients=GROWTH_CLIENTS, rounds=plan.other_rounds, seconds=plan.seconds)
        overload = groups.overload(services, next(read for read in reads if read.row == rows.DAY))
        _alternate(results, overload, clients=1, rounds=plan.other_rounds, seconds=plan.seconds)
        missing = plan.requests - sum(
            each.requests for (row, _), slices in results.items() if row in rows.OURS for each in slices
        )
        _send(compared[0], at_least=missing)
        memory_growth = services.ours.memory() / memory
        report.sizes([(read.row, *services.ours.sizes(read.ours[0])) for read in reads])
    return report.targets(results, all_targets(memory_growth))


@contextmanager
def _services() -> Iterator[Services]:
    with ExitStack() as stack:
        postgresql = stack.enter_context(database.started())
        original.create()
        services = Services(
            ours=stack.enter_context(ours(RUN)),
            small=stack.enter_context(ours(TENTH.name)),
            bare=stack.enter_context(baseline("bare_settings", RUN)),
            original=stack.enter_context(baseline("original.settings", original.NAME)),
            postgresql=postgresql.pid,
            pgbench=postgresql.programs / "pgbench",
            buyers=Buyers(),
        )
        for server in (services.ours, services.small, services.bare, services.original):
            server.wait_until_ready()
        yield services


def _warm_up(compared: Sequence[Sequence[Contender]]) -> None:
    """Run every contender once, and send our server some more requests."""
    for contender in (each for group in compared for each in group):
        contender.run(clients=8, seconds=1)
    _send(compared[0], at_least=WARM_UP_REQUESTS)


def _send(group: Sequence[Contender], *, at_least: int) -> None:
    """Send our server at least this many small requests."""
    while at_least > 0:
        for contender in group:
            if contender.name in rows.OURS:
                at_least -= contender.run(clients=8, seconds=1).requests


def _alternate(
    results: dict[tuple[str, int], list[Measurement]],
    group: Sequence[Contender],
    *,
    clients: int,
    rounds: int,
    seconds: int,
) -> None:
    """Measure the contenders one after the other in each round, and report the medians of each."""
    for _ in range(rounds):
        for contender in group:
            results[contender.name, clients].append(contender.run(clients=clients, seconds=seconds))
    for contender in group:
        report.row(results, contender.name, clients)
