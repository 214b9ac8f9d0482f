"""One slice of load: wrk sends requests, and the CPU time of the processes is measured."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import psutil

from tests.waiting import wait_until

SCRIPT = Path(__file__).with_name("requests.lua")
FLOOD_CONNECTIONS = 64
# A process is idle if it does nothing in this many consecutive samples.
QUIET_SAMPLES = 5
SECONDS_BETWEEN_SAMPLES = 0.02
MAX_WAIT_SECONDS = 60
# The states in /proc of a thread that is running or runnable, or waits for the disk.
WORKING = {"R", "D"}


@dataclass(frozen=True)
class Request:
    path: str
    body: str = ""
    token: str = ""
    # The address of the client, sent as a proxy would send it.
    address: str = "10.0.0.1"

    def line(self) -> str:
        """The request in the format that `requests.lua` reads."""
        return "\t".join(["POST" if self.body else "GET", self.path, self.token, self.address, self.body])


@dataclass(frozen=True)
class Load:
    """The measurements of wrk. Latencies are in milliseconds. `responses` is empty unless responses were counted."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    failed: int
    responses: Counter[str]


@dataclass(frozen=True)
class Slice:
    """The load of a slice, and the CPU time of the server and the database in seconds."""

    load: Load
    server_cpu: float
    database_cpu: float


def measure(
    url: str, requests: Sequence[Request], *, clients: int, seconds: int, typenames: bool, server: int, database: int
) -> Slice:
    """Send `requests` in order, over and over, with `clients` connections. `server` and `database` are process IDs.

    Requests that are unfinished at the end of the slice are not counted, nor is their later CPU time.
    """
    before = cpu_seconds(server), cpu_seconds(database)
    load = run_wrk(url, requests, clients=clients, seconds=seconds, typenames=typenames)
    after = cpu_seconds(server), cpu_seconds(database)
    return Slice(load, after[0] - before[0], after[1] - before[1])


@contextmanager
def flooding(url: str, request: Request, *, seconds: int) -> Iterator[None]:
    """Send the request on many connections of one client, until the context ends or after `seconds`."""
    with _input([request]) as path:
        process = subprocess.Popen(  # noqa: S603 - our own program
            _command(url, path, clients=FLOOD_CONNECTIONS, seconds=seconds, typenames=False),
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: _open_connections(process.pid) == FLOOD_CONNECTIONS, what="the connections of wrk")
            yield
        finally:
            process.kill()
            process.wait()


def run_wrk(url: str, requests: Sequence[Request], *, clients: int, seconds: int, typenames: bool) -> Load:
    """Raises `CalledProcessError` if wrk fails."""
    with _input(requests) as path:
        output = subprocess.run(  # noqa: S603 - our own program
            _command(url, path, clients=clients, seconds=seconds, typenames=typenames),
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    return parse(output)


@contextmanager
def _input(requests: Sequence[Request]) -> Iterator[str]:
    """The path of a file that `requests.lua` reads."""
    with NamedTemporaryFile("w", suffix=".tsv") as file:
        file.write("\n".join(request.line() for request in requests))
        file.flush()
        yield file.name


def _command(url: str, path: str, *, clients: int, seconds: int, typenames: bool) -> list[str]:
    options = ["--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s", "--timeout", "60s"]
    return ["wrk", *options, "--script", str(SCRIPT), url, "--", path, str(typenames).lower()]


def parse(output: str) -> Load:
    """Parse the output of wrk. `requests.lua` writes the last line."""
    found = json.loads(output.strip().splitlines()[-1])
    return Load(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        p50=found["p50"] / 1000,
        p95=found["p95"] / 1000,
        p99=found["p99"] / 1000,
        failed=found["failed"],
        responses=Counter(found["responses"]),
    )


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process and its descendants so far, including those that have ended."""
    total = 0.0
    for process in _family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _open_connections(pid: int) -> int:
    connections = psutil.Process(pid).net_connections("tcp")
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in connections)


def wait_until_idle(*pids: int) -> None:
    """Return when the processes are idle, or after `MAX_WAIT_SECONDS`."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    quiet = 0
    while quiet < QUIET_SAMPLES and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_SAMPLES)
        quiet = 0 if any(map(is_working, pids)) else quiet + 1


def is_working(pid: int) -> bool:
    """Whether a thread of the process or of a descendant is running or runnable, or waits for the disk."""
    for process in _family(pid):
        for stat in Path(f"/proc/{process.pid}/task").glob("*/stat"):
            # The state follows the name, which is in parentheses and may contain spaces.
            with suppress(OSError):
                if stat.read_text().rpartition(")")[2].split()[0] in WORKING:
                    return True
    return False


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]
