"""A run: a cluster, clients, faults, and then the check of every response."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import cluster
from tests.cluster.cluster import Cluster
from tests.cluster.database_host import DatabaseHost
from tests.cluster.faults import Faults
from tests.proof import fixtures, proxy, rows, server, verdict
from tests.proof.databases import Postgresql
from tests.proof.recorder import Recorder
from tests.proof.run import RULES, SETTINGS, SHOWS, USERS, Outcome, clients, generator, steady_clock
from tests.waiting import wait_until

# The longest time from a fault until the next change is acknowledged. The lock of a dead leader expires after 10.
SECONDS_TO_RESUME = 30.0
# The last fault may need a new copy of a database.
SECONDS_TO_FINISH = 300


@dataclass(frozen=True)
class Options:
    seconds: float
    seed: int
    # Asynchronous replication is a seeded fault, which the checks have to detect.
    replication: str = "synchronous"

    @property
    def command(self) -> str:
        """The command that repeats the run."""
        command = f"python -m tests.cluster --seconds {self.seconds:g} --seed {self.seed}"
        return command if self.replication == "synchronous" else f"{command} --replication {self.replication}"


def run(options: Options, directory: Path) -> Outcome:
    """Start the hosts, run clients and faults, and check every response."""
    synchronous = options.replication == "synchronous"
    with cluster.started(directory, synchronous=synchronous, settings=SETTINGS) as hosts:
        outcome, ended_at = _record(options, hosts)
    began = time.monotonic()
    outcome.checked = verdict.of_run(
        outcome.calls, outcome.rows, rules=RULES, ended_at=ended_at, tolerance=Postgresql.tolerance
    )
    outcome.seconds_to_check = time.monotonic() - began
    return outcome


def _record(options: Options, hosts: Cluster) -> tuple[Outcome, int]:
    environment = hosts.environment()
    server.manage("migrate", "--verbosity", "0", environment=environment)
    created = fixtures.create(environment, users=USERS, shows=SHOWS)
    hosts.start_applications()
    recorder = Recorder()
    addresses = [application.address for application in hosts.applications]
    with (
        steady_clock(),
        proxy.started(servers=addresses, random=generator(options.seed, "proxy")) as between,
    ):
        with (
            clients(created, recorder, port=between.port, seed=options.seed),
            _faults(hosts, recorder, options) as faults,
        ):
            threading.Event().wait(options.seconds)
        for application in hosts.applications:
            application.host.kill()
        leader = hosts.leader()
        _wait_until_disconnected(leader)
        ended_at = time.time_ns()
        verified = server.verified(hosts.environment())
        outcome = Outcome(
            options.command,
            recorder.calls,
            faults.done,
            recorder.actions,
            between.dropped,
            rows.read(leader),
            verification=[*verified.stdout.splitlines(), *verified.stderr.splitlines()],
            is_verified=verified.returncode == 0,
            seconds_to_resume=SECONDS_TO_RESUME,
            failure=None if faults.failure is None else repr(faults.failure),
        )
    return outcome, ended_at


def _wait_until_disconnected(leader: DatabaseHost) -> None:
    """Return when the applications have no transactions any more."""
    try:
        wait_until(lambda: not leader.connections(), what="the applications to disconnect")
    except TimeoutError as error:
        raise TimeoutError(f"{error}: {leader.connections()}") from error


@contextmanager
def _faults(hosts: Cluster, recorder: Recorder, options: Options) -> Iterator[Faults]:
    """Inject faults until the context ends, and recover from the last one, even if the run is interrupted.

    If the cluster does not recover from a fault, the next ones are left out, and what happened until then is checked.
    """
    stop = threading.Event()
    faults = Faults(hosts, recorder, stop=stop, random=generator(options.seed, "faults"))
    faults.start()
    try:
        yield faults
    finally:
        stop.set()
        faults.join(SECONDS_TO_FINISH)
