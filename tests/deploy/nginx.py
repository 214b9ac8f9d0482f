"""nginx with the files in `deploy/nginx`. Only paths, ports, the certificate and timeouts are replaced."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Subprotocol

from config.environment import BASE_DIR
from schema.engine.sockets.messages import PROTOCOL
from tests import machine
from tests.proof.server import HOST, free_port
from tests.waiting import wait_until

FILES = BASE_DIR / "deploy" / "nginx"
SITE = "cinema.example"
# How long nginx waits for an instance.
READ_TIMEOUT = "35s"


class Nginx:
    """nginx in front of the instances at these ports. Its files are in `directory`."""

    def __init__(self, directory: Path, instances: tuple[int, int], *, read_timeout: str = READ_TIMEOUT) -> None:
        self.directory = directory
        self._read_timeout = read_timeout
        self.http_port, self.https_port = free_port(), free_port()
        self._instances = instances
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def upstream(self) -> Path:
        return self.directory / "upstream.conf"

    @property
    def command(self) -> list[str]:
        return ["nginx", "-p", str(self.directory), "-c", str(self.directory / "nginx.conf")]

    def start(self) -> None:
        self.directory.mkdir()
        for file in FILES.glob("*.conf"):
            (self.directory / file.name).write_text(self._replaced(file.read_text()))
        _create_certificate(self.directory)
        subprocess.run([*self.command, "-t", "-q"], check=True)  # noqa: S603 - our own files
        self._process = subprocess.Popen([*self.command, "-g", "daemon off;"])  # noqa: S603 - as above
        wait_until(self._listens, what="nginx")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)

    def connect(self, *, host: str = SITE, address: str = HOST) -> socket.socket:
        """A TLS connection from the client address `address`, which is one of this machine."""
        context = ssl.create_default_context(cafile=str(self.directory / "fullchain.pem"))
        plain = socket.create_connection((HOST, self.https_port), timeout=60, source_address=(address, 0))
        return context.wrap_socket(plain, server_hostname=host)

    @contextmanager
    def client(self, *, address: str = HOST) -> Iterator[HTTPConnection]:
        with closing(HTTPConnection(SITE, timeout=60)) as client:
            client.sock = self.connect(address=address)
            yield client

    def open_socket(self, *, address: str = HOST) -> Connection:
        return connect(
            f"ws://{SITE}/graphql",
            sock=self.connect(address=address),
            subprotocols=[Subprotocol(PROTOCOL)],
            open_timeout=30,
        )

    def _listens(self) -> bool:
        with suppress(OSError), self.connect():
            return True
        return False

    def _replaced(self, text: str) -> str:
        first, second = self._instances
        for written, here in {
            "/etc/nginx/cinema/": f"{self.directory}/",
            "/etc/ssl/cinema/": f"{self.directory}/",
            "/var/log/nginx/": f"{self.directory}/",
            "/var/cache/nginx/cinema": f"{self.directory}/cache",
            "/run/nginx.pid": f"{self.directory}/nginx.pid",
            "listen 80": f"listen {HOST}:{self.http_port}",
            "listen 443": f"listen {HOST}:{self.https_port}",
            "[::]:80": f"[::1]:{self.http_port}",
            "[::]:443": f"[::1]:{self.https_port}",
            f"proxy_read_timeout {READ_TIMEOUT}": f"proxy_read_timeout {self._read_timeout}",
            "127.0.0.1:8001": f"127.0.0.1:{first}",
            "127.0.0.1:8002": f"127.0.0.1:{second}",
        }.items():
            text = text.replace(written, here)
        return text


def missing() -> str | None:
    """The reason why nginx cannot run, or None."""
    if shutil.which("nginx") is None:
        return "needs nginx: `make system` installs it on Debian"
    if os.geteuid() != 0:
        return "needs root: nginx writes to its directories"
    return None


@contextmanager
def running(directory: Path, instances: tuple[int, int], *, read_timeout: str = READ_TIMEOUT) -> Iterator[Nginx]:
    """A running nginx. If it is not installed, the test is skipped, or fails in CI."""
    machine.needs(missing())
    nginx = Nginx(directory, instances, read_timeout=read_timeout)
    try:
        nginx.start()
        yield nginx
    finally:
        nginx.stop()


def _create_certificate(directory: Path) -> None:
    names = f"subjectAltName=DNS:{SITE}"
    arguments = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(directory / "privkey.pem"), "-out", str(directory / "fullchain.pem")]
    subprocess.run(  # noqa: S603 - fixed arguments
        ["openssl", "req", *arguments, "-subj", f"/CN={SITE}", "-addext", names, *files],  # noqa: S607 - on the PATH
        check=True,
        capture_output=True,
    )
