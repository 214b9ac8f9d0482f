import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy import nginx, releases
from tests.deploy.nginx import Nginx
from tests.deploy.services import Services
from tests.proof.server import free_port
from tests.serving import database_url

__all__ = ["database_url"]


@dataclass
class Site:
    """Two instances of the server behind nginx, on `ports`. The second one runs the newer of two releases.

    Only the newer release has the static file front/extra.css.
    """

    nginx: Nginx
    services: Services
    ports: tuple[int, int]

    def release(self, name: str) -> Path:
        return self.services.directory / name

    def switch_to(self, name: str) -> None:
        """Instances that start from now on run this release: old or new."""
        link = self.services.directory / "current"
        link.unlink(missing_ok=True)
        link.symlink_to(self.release(name))


@pytest.fixture(scope="session")
def site(database_url: str) -> Iterator[Site]:
    """Shared by all tests. A test that changes it restores it."""
    # nginx runs as another user, which cannot read a `tmp_path`.
    with tempfile.TemporaryDirectory(prefix="site-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        ports = free_port(), free_port()
        with nginx.running(directory / "nginx", ports) as proxy:
            variables = releases.environment(database_url, SEATS_PER_USER_AND_SHOW="100000", SOCKETS_PER_ADDRESS="100")
            site = Site(proxy, Services(directory, variables), ports)
            releases.install(site.release("old"))
            releases.install(site.release("new"), extra_style="p { color: red }")
            with _started(site):
                yield site


@contextmanager
def _started(site: Site) -> Iterator[None]:
    try:
        for release, port in zip(("old", "new"), site.ports, strict=True):
            site.switch_to(release)
            site.services.run("start", f"cinema@{port}")
        site.services.wait_until_ready(site.ports)
        yield
    finally:
        for port in site.ports:
            site.services.run("stop", f"cinema@{port}")
