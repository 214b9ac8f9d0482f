"""The servers of a benchmark: ours, and those of the baselines. All run on granian with the same number of workers."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from config.environment import BASE_DIR
from tests.bench.driver import Request, wait_until_idle
from tests.bench.environment import ADDRESS, FOLDER, THREADS, WORKERS, environment
from tests.proof import processes
from tests.proof.server import free_port
from tests.waiting import wait_until

OURS = ("manage.py", "serve", "--workers", str(WORKERS))
WSGI = (
    *("-m", "granian", "--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
    *("--host", ADDRESS, "--log-level", "warning", "tests.bench.baselines.wsgi:application"),
)


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    # The number of bytes that were sent. Smaller than the body if it was compressed.
    size: int

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The ID of the parent process."""
        return self.process.pid

    def wait_until_ready(self) -> None:
        """Return when the server responds, and its background commands have started."""
        wait_until(self._responds, what=f"the server, see {self.log}")
        wait_until_idle(self.pid)

    def _responds(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with suppress(OSError):
            return bool(self.send(Request("/")).status)
        return False

    def send(self, request: Request, *, accept_gzip: bool = False) -> Response:
        """Send one request and return the response."""
        headers = {"X-Forwarded-For": request.address, "Accept-Encoding": "gzip" if accept_gzip else "identity"}
        if request.body:
            headers["Content-Type"] = "application/json"
        if request.token:
            headers["Authorization"] = f"Bearer {request.token}"
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=60)) as connection:
            connection.request("POST" if request.body else "GET", request.path, request.body or None, headers)
            with connection.getresponse() as received:
                content = received.read()
                compressed = received.headers.get("Content-Encoding") == "gzip"
        return Response(received.status, gzip.decompress(content) if compressed else content, len(content))

    def sizes(self, request: Request) -> tuple[int, int]:
        """The size of the response in bytes, uncompressed, and for a client that accepts gzip."""
        return self.send(request).size, self.send(request, accept_gzip=True).size

    def memory(self) -> int:
        """The resident memory of the workers, in bytes."""
        workers = (each for each in psutil.Process(self.pid).children() if "--loop" not in each.cmdline())
        return sum(int(worker.memory_info().rss) for worker in workers)


@contextmanager
def ours(database: str) -> Iterator[Server]:
    """Start the server as in production. It may not be ready yet."""
    with _running(OURS, environment(database), log=f"ours-{database}") as server:
        yield server


@contextmanager
def baseline(settings: str, database: str) -> Iterator[Server]:
    """Start the Django project with these settings. It may not be ready yet."""
    name = f"tests.bench.baselines.{settings}"
    with _running(WSGI, environment(database) | {"DJANGO_SETTINGS_MODULE": name}, log=settings) as server:
        yield server


@contextmanager
def _running(program: Sequence[str], variables: Mapping[str, str], *, log: str) -> Iterator[Server]:
    port = free_port()
    path = FOLDER / f"{log}.log"
    with path.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *program, "--port", str(port)],
            cwd=BASE_DIR,
            env=dict(variables),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Server(f"http://{ADDRESS}:{port}", process, path)
    finally:
        processes.kill(process)
