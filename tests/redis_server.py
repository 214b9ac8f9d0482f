"""A real Redis of the tests' own, which they can take away and give back."""

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

# Say so when nobody is there, instead of asking again for seconds.
AT_ONCE = Retry(NoBackoff(), 0)


class RedisServer:
    """Forgets everything when it is stopped; started again, it is on the same port."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"redis://{HOST}:{self.port}/0"
        self.log = directory / "redis.log"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers."""
        options = {"bind": HOST, "port": self.port, "save": "", "appendonly": "no", "dir": self._directory}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own options
                ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", str(value)))],  # noqa: S607 - found on the PATH
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self.answers, what=f"Redis, see {self.log}")

    def stop(self) -> None:
        """End it at once, as a crash would: whoever is connected finds the connection closed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def hang(self) -> None:
        """From now on it keeps everybody waiting, until it goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        with redis.Redis.from_url(self.url, retry=AT_ONCE) as client:
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                return False


def missing() -> str | None:
    """What has to be done before Redis can run; None if nothing."""
    if shutil.which("redis-server") is None:
        return "needs redis-server: `make system` installs it on Debian"
    return None


@contextmanager
def running(directory: Path) -> Iterator[RedisServer]:
    """A Redis that answers. Where there is none, the test is skipped; in CI it fails."""
    machine.needs(missing())
    server = RedisServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """An empty Redis for one test, which may stop it and start it again. For more than one test: `running`."""
    with running(tmp_path) as server:
        yield server
