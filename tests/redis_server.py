"""A real Redis server for tests, which can stop and restart it."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests import machine
from tests.proof.server import HOST, free_port
from tests.waiting import wait_until

# Fail immediately if Redis does not respond, instead of retrying for seconds.
NO_RETRY = Retry(NoBackoff(), 0)


class RedisServer:
    """A Redis server without persistence. It keeps its port after a restart."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self.log = directory / "redis.log"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, and wait until it responds."""
        options = {"bind": HOST, "port": self.port, "save": "", "appendonly": "no", "dir": self._directory}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own options
                ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", str(value)))],  # noqa: S607 - found on the PATH
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self.responds, what=f"Redis, see {self.log}")

    def stop(self) -> None:
        """Kill the server, like a crash. Its connections are closed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def pause(self) -> None:
        """Stop responding without closing connections, until `resume` is called."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def responds(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        with redis.Redis.from_url(self.url, retry=NO_RETRY) as client:
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                return False


def missing() -> str | None:
    """The reason why Redis cannot run, or None."""
    if shutil.which("redis-server") is None:
        return "needs redis-server: `make system` installs it on Debian"
    return None


@contextmanager
def running(directory: Path) -> Iterator[RedisServer]:
    """A running Redis. If Redis is not installed, the test is skipped, or fails in CI."""
    machine.needs(missing())
    server = RedisServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """An empty Redis for one test, which can stop and restart it. To share a Redis between tests, use `running`."""
    with running(tmp_path) as server:
        yield server
