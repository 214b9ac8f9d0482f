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

    @property
    def command(self) -> str:
        """The command that repeats the run."""
        command = f"python -m tests.proof --seconds {self.seconds:g} --seed {self.seed} --database {self.database}"
        if self.database == "postgresql":
            command += f" --isolation '{self.isolation}'"
        return f"{command} --seeded-bug {self.seeded_bug}" if self.seeded_bug else command


@dataclass
class Outcome:
    """The record of a run, and the result of the checks."""

    # The command that repeats the run.
    command: str
    calls: Sequence[Call]
    faults: Sequence[Fault]
    actions: Counter[str]
    dropped: Counter[str]
    rows: Rows
    # The output of `verify_bookings`, and whether it found every promise kept.
    verification: Sequence[str]
    is_verified: bool
    # The maximum number of seconds from a fault to the next change that is acknowledged, if there is one.
    seconds_to_resume: float | None = None
    # Why no more faults were injected before the end.
    failure: str | None = None
    checked: Checked = field(default_factory=Checked)
    seconds_to_check: float = 0.0


# Of the server.
SETTINGS = {
    "HOLD_MINUTES": str(HOLD_MINUTES),
    "HOLD_MINUTES_AT_MOST": str(HOLD_MINUTES_AT_MOST),
    "SEATS_PER_USER_AND_SHOW": str(SEATS_PER_USER_AND_SHOW),
    "OPEN_HOLDS_PER_USER": str(OPEN_HOLDS_PER_USER),
    "ACCESS_TOKEN_MINUTES": "600",
}
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
    recorder = Recorder()
    with (
        steady_clock(),
        server.started(environment, log=directory / "server.log", workers=WORKERS) as served,
        proxy.started(servers=[(proxy.HOST, served.port)], random=generator(options.seed, "proxy")) as between,
    ):
        with (
            clients(created, recorder, port=between.port, seed=options.seed),
            _faults(served, database, between, recorder, options) as faults,
        ):
            threading.Event().wait(options.seconds)
        served.kill()
        _wait_for_transactions(database)
        ended_at = time.time_ns()
        verified = server.verified(environment)
        outcome = Outcome(
            options.command,
            recorder.calls,
            faults.done,
            recorder.actions,
            between.dropped,
            rows.read(database),
            verification=[*verified.stdout.splitlines(), *verified.stderr.splitlines()],
            is_verified=verified.returncode == 0,
        )
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
        random=generator(options.seed, "faults"),
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
def clients(created: Fixtures, recorder: Recorder, *, port: int, seed: int) -> Iterator[None]:
    """Run the clients until the context ends. Raises the first exception of a client."""
    stop = threading.Event()
    started = [
        Client(created, recorder, port=port, stop=stop, random=generator(seed, f"client {number}"))
        for number in range(CLIENTS)
    ]
    for client in started:
        client.start()
    try:
        yield
    finally:
        stop.set()
        for client in started:
            client.join(SECONDS_TO_FINISH)
    for client in started:
        if client.failure:
            raise client.failure


@contextmanager
def steady_clock() -> Iterator[None]:
    """Raises `RuntimeError` at the end if the machine's clock was changed in the context."""
    before = _clock_offset()
    yield
    if abs(_clock_offset() - before) > LARGEST_CLOCK_STEP:
        raise RuntimeError("the machine's clock was changed during the run, so its times mean nothing")


def _clock_offset() -> int:
    """The offset between the wall clock and the monotonic clock, which cannot be set."""
    return time.time_ns() - time.monotonic_ns()


def generator(seed: int, part: str) -> Random:
    """Random numbers for each part of the run, so that a seed repeats the choices of each."""
    return Random(f"{seed} {part}")  # noqa: S311 - no secret


def _environment(database: Database, seeded_bug: str | None) -> dict[str, str]:
    return server.environment(
        database.url,
        **SETTINGS,
        **seeded_bugs.environment(seeded_bug),
    )


def _wait_for_transactions(database: Database) -> None:
    """Wait until the killed server's transactions have ended."""
    if isinstance(database, Postgresql):
        postgresql = database
        wait_until(lambda: postgresql.connections() == 0, what="the server's last transactions")
