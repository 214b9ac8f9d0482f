"""The contenders. Each responds to requests or sells seats for some seconds, and returns a `Measurement`."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.bench import shows
from tests.bench.baselines import pgbench
from tests.bench.buyers import Buyers
from tests.bench.dataset import SCREEN_10_000
from tests.bench.driver import Request, cpu_seconds, flooding, measure, wait_until_idle
from tests.bench.environment import RUN
from tests.bench.server import Server

# A slice with fewer requests is repeated for twice as long.
MIN_REQUESTS = 20


class Failed(Exception):
    """A contender did not do what it should have done, so its measurement is not valid."""


@dataclass(frozen=True)
class Measurement:
    """The measurements of a slice.

    Only expected responses count. Latencies are in milliseconds, CPU times in milliseconds per response.
    """

    rate: float
    p50: float
    p95: float
    p99: float
    server_cpu: float
    database_cpu: float
    requests: int = 0
    # The number of each unexpected response.
    others: Counter[str] = field(default_factory=Counter)

    @property
    def cpu(self) -> float:
        return self.server_cpu + self.database_cpu


class Contender(Protocol):
    @property
    def name(self) -> str: ...

    def run(self, *, clients: int, seconds: int) -> Measurement: ...


@dataclass(frozen=True)
class Prepared:
    """The requests of a slice.

    `check(successes, clients)` is called afterwards and raises `Failed` if the requests did not do what they should.
    """

    requests: Sequence[Request]
    check: Callable[[int, int], None] = lambda successes, clients: None
    # Whether the requests can be sent again after the last one.
    repeatable: bool = True


@dataclass(frozen=True)
class Http:
    """A server that responds to requests."""

    name: str
    server: Server
    database: int
    # Called with the length of the slice in seconds.
    prepare: Callable[[int], Prepared]
    # The response that counts: a `__typename` or a status. Empty if all count.
    expected: str = ""
    # The request that another client sends over and over during the slice.
    flood: Request | None = None

    def run(self, *, clients: int, seconds: int) -> Measurement:
        measured = self._run(clients=clients, seconds=seconds)
        if measured.requests >= MIN_REQUESTS:
            return measured
        # The machine is slow or busy.
        return self.run(clients=clients, seconds=2 * seconds)

    def _run(self, *, clients: int, seconds: int) -> Measurement:
        prepared = self.prepare(seconds)
        flood = flooding(self.server.url, self.flood, seconds=2 * seconds) if self.flood else nullcontext()
        with flood:
            found = measure(
                self.server.url,
                prepared.requests,
                clients=clients,
                seconds=seconds,
                typenames=bool(self.expected),
                server=self.server.pid,
                database=self.database,
            )
        wait_until_idle(self.server.pid, self.database)
        load = found.load
        if not prepared.repeatable and load.requests + clients >= len(prepared.requests):
            raise Failed(f"{self.name}: all {len(prepared.requests)} seats were sold before the end of the slice")
        if load.failed:
            raise Failed(f"{self.name}: {load}")
        count = load.responses[self.expected] if self.expected else load.requests
        prepared.check(count, clients)
        return Measurement(
            rate=count / load.seconds,
            p50=load.p50,
            p95=load.p95,
            p99=load.p99,
            server_cpu=1000 * found.server_cpu / max(1, count),
            database_cpu=1000 * found.database_cpu / max(1, count),
            requests=load.requests,
            others=Counter({response: n for response, n in load.responses.items() if response != self.expected}),
        )


@dataclass(frozen=True)
class Pgbench:
    """Sells seats of a new show with 10,000 seats, with SQL only."""

    name: str
    program: Path
    database: int
    buyers: Buyers

    def run(self, *, clients: int, seconds: int) -> Measurement:
        (show,) = shows.add(SCREEN_10_000)
        before = cpu_seconds(self.database)
        milliseconds = pgbench.sell(
            self.program,
            RUN,
            clients=clients,
            # Takes about as long as a slice, and does not sell all seats.
            transactions=min(400 * seconds * clients, 9_600),
            show=show.pk,
            first_seat=shows.seats(show)[0].pk,
            user=self.buyers.next().user.pk,
        )
        cpu = cpu_seconds(self.database) - before
        wait_until_idle(self.database)
        count = len(milliseconds)
        if shows.sold([show]) != count:
            raise Failed(f"{self.name}: {shows.sold([show])} seats sold by {count} transactions")
        cuts = statistics.quantiles(milliseconds, n=100)
        return Measurement(
            # The rate of the transactions alone, without the time to connect or to read the log.
            rate=1000 * clients / statistics.fmean(milliseconds),
            p50=cuts[49],
            p95=cuts[94],
            p99=cuts[98],
            server_cpu=0,
            database_cpu=1000 * cpu / count,
        )
