"""The real server, as `make run` starts it: several processes, over HTTP."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

from config.environment import BASE_DIR
from tests.proof import processes
from tests.waiting import wait_until

HOST = "127.0.0.1"


class Server:
    """A server. It keeps its port when it is restarted."""

    def __init__(self, environment: Mapping[str, str], *, log: Path, workers: int) -> None:
        self.port = free_port()
        self.log = log
        self._environment = environment
        self._workers = workers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "manage.py", "serve", "--port", str(self.port), "--workers", str(self._workers)],
                cwd=BASE_DIR,
                env=dict(self._environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self.responds, what=f"the server, see {self.log}")

    def kill(self) -> None:
        if self._process is not None:
            processes.kill(self._process)
            self._process = None

    def kill_worker(self, random: Random) -> None:
        """Kill one worker. The server replaces it."""
        assert self._process is not None
        workers = processes.descendants(self._process.pid)
        if workers:
            processes.send_signal(random.choice(workers), signal.SIGKILL)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def responds(self) -> bool:
        assert self.is_running, self.log.read_text()
        with (
            suppress(OSError, http.client.HTTPException),
            closing(http.client.HTTPConnection(HOST, self.port, timeout=10)) as connection,
        ):
            connection.request("GET", "/graphql?query=%7B__typename%7D", headers={"Accept": "application/json"})
            with connection.getresponse() as response:
                return bool(response.status == http.client.OK)
        return False


@contextmanager
def started(environment: Mapping[str, str], *, log: Path, workers: int) -> Iterator[Server]:
    """A running server, which is killed afterwards."""
    server = Server(environment, log=log, workers=workers)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """An environment for the server. Only PATH comes from this process."""
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "SECRET_KEY": uuid.uuid4().hex,
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
        **settings,
    }


def manage(*arguments: str, environment: Mapping[str, str], directory: Path = BASE_DIR) -> None:
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", *arguments], cwd=directory, env=dict(environment), check=True
    )


def verified(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The result of `verify_bookings`, which succeeds if the stored bookings keep every promise."""
    return subprocess.run(
        [sys.executable, "manage.py", "verify_bookings"],
        cwd=BASE_DIR,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
