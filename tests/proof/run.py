"""A run: a server, clients, faults, and then the check of every response."""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.proof import databases, fixtures, proxy, rows, seeded_bugs, server, verdict
from tests.proof.calls import Call
from tests.proof.clients import Client
from tests.proof.databases import Database, Postgresql
from tests.proof.faults import Fault, Faults
from tests.proof.fixtures import Fixtures
from tests.proof.proxy import Proxy
from tests.proof.recorder import Recorder
from tests.proof.rows import Rows
from tests.proof.rules import Rules
from tests.proof.server import Server
from tests.proof.verdict import Checked
from tests.waiting import wait_until

USERS = 24
SHOWS = 4
CLIENTS = 16
WORKERS = 2

HOLD_MINUTES = 0.04
HOLD_MINUTES_AT_MOST = 0.08
SEATS_PER_USER_AND_SHOW = 3
OPEN_HOLDS_PER_USER = 3
SECONDS_TO_FINISH = 60
# In nanoseconds.
LARGEST_CLOCK_STEP = 5_000_000


@dataclass(frozen=True)
class Options:
    seconds: float
    seed: int
    # postgresql or sqlite
    database: str
    seeded_bug: str | None = None
    # Only for PostgreSQL.
    isolation: str = "read committed"


@dataclass
class Outcome:
    """The record of a run, and the result of the checks."""

    options: Options
    calls: Sequence[Call]
    faults: Sequence[Fault]
    actions: Counter[str]
    dropped: Counter[str]
    rows: Rows
    # The output of `verify_bookings`, and whether it found every promise kept.
    verification: Sequence[str]
    is_verified: bool
    checked: Checked = field(default_factory=Checked)
    seconds_to_check: float = 0.0


RULES = Rules(
    hold=timedelta(minutes=HOLD_MINUTES) // timedelta(microseconds=1) * 1000,
    hold_at_most=timedelta(minutes=HOLD_MINUTES_AT_MOST) // timedelta(microseconds=1) * 1000,
    seats_per_user_and_show=SEATS_PER_USER_AND_SHOW,
)


def run(options: Options) -> Outcome:
    """Start the server, run clients and faults, and check every response."""
    with (
        tempfile.TemporaryDirectory(prefix="proof-", ignore_cleanup_errors=True) as directory,
        databases.started(options.database, Path(directory), isolation=options.isolation) as database,
    ):
        outcome, ended_at = _record(options, database, Path(directory))
        tolerance = database.tolerance
    began = time.monotonic()
    outcome.checked = verdict.of_run(outcome.calls, outcome.rows, rules=RULES, ended_at=ended_at, tolerance=tolerance)
    outcome.seconds_to_check = time.monotonic() - began
    return outcome


def _record(options: Options, database: Database, directory: Path) -> tuple[Outcome, int]:
    environment = _environment(database, options.seeded_bug)
    server.manage("migrate", "--verbosity", "0", environment=environment)
    created = fixtures.create(environment, users=USERS, shows=SHOWS)
    seeded_bugs.prepare(options.seeded_bug, database)
    recorder, clock_offset = Recorder(), _clock_offset()
    with (
        server.started(environment, log=directory / "server.log", workers=WORKERS) as served,
        proxy.started(server_port=served.port, random=_random(options, "proxy")) as between,
    ):
        with (
            _clients(created, recorder, between.port, options),
            _faults(served, database, between, recorder, options) as faults,
        ):
            threading.Event().wait(options.seconds)
        served.kill()
        _wait_for_transactions(database)
        ended_at = time.time_ns()
        verified = server.verified(environment)
        outcome = Outcome(
            options,
            recorder.calls,
            faults.done,
            recorder.actions,
            between.dropped,
            rows.read(database),
            verification=[*verified.stdout.splitlines(), *verified.stderr.splitlines()],
            is_verified=verified.returncode == 0,
        )
    if abs(_clock_offset() - clock_offset) > LARGEST_CLOCK_STEP:
        raise RuntimeError("the machine's clock was changed during the run, so its times mean nothing")
    return outcome, ended_at


@contextmanager
def _faults(
    served: Server, database: Database, between: Proxy, recorder: Recorder, options: Options
) -> Iterator[Faults]:
    """Inject faults until the context ends, and recover from the last one, even if the run is interrupted."""
    stop = threading.Event()
    faults = Faults(
        server=served,
        database=database,
        proxy=between,
        recorder=recorder,
        seconds=options.seconds,
        stop=stop,
        random=_random(options, "faults"),
    )
    faults.start()
    try:
        yield faults
    finally:
        stop.set()
        faults.join(SECONDS_TO_FINISH)
    if faults.failure:
        raise faults.failure


@contextmanager
def _clients(created: Fixtures, recorder: Recorder, port: int, options: Options) -> Iterator[None]:
    stop = threading.Event()
    clients = [
        Client(created, recorder, port=port, stop=stop, random=_random(options, f"client {number}"))
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        stop.set()
        for client in clients:
            client.join(SECONDS_TO_FINISH)
    for client in clients:
        if client.failure:
            raise client.failure


def _clock_offset() -> int:
    """The offset between the wall clock and the monotonic clock, which cannot be set."""
    return time.time_ns() - time.monotonic_ns()


def _random(options: Options, part: str) -> Random:
    """A generator for each part of the run, so that a seed repeats the choices of each."""
    return Random(f"{options.seed} {part}")  # noqa: S311 - no secret


def _environment(database: Database, seeded_bug: str | None) -> dict[str, str]:
    return server.environment(
        database.url,
        HOLD_MINUTES=str(HOLD_MINUTES),
        HOLD_MINUTES_AT_MOST=str(HOLD_MINUTES_AT_MOST),
        SEATS_PER_USER_AND_SHOW=str(SEATS_PER_USER_AND_SHOW),
        OPEN_HOLDS_PER_USER=str(OPEN_HOLDS_PER_USER),
        ACCESS_TOKEN_MINUTES="600",
        **seeded_bugs.environment(seeded_bug),
    )


def _wait_for_transactions(database: Database) -> None:
    """Wait until the killed server's transactions have ended."""
    if isinstance(database, Postgresql):
        postgresql = database
        wait_until(lambda: postgresql.connections() == 0, what="the server's last transactions")
