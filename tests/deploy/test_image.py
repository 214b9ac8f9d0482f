"""The image of `deploy/Dockerfile`: its steps, and its commands without privileges on a read-only file system."""

import json
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests import machine
from tests.deploy import image, releases
from tests.deploy.image import Stage
from tests.deploy.postgres import over_tcp
from tests.proof.server import HOST, free_port
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def built() -> Iterator[Stage]:
    machine.needs(image.missing())
    with tempfile.TemporaryDirectory(prefix="image-") as directory:
        # The user of the image reads it.
        Path(directory).chmod(0o755)
        yield image.build(Path(directory))


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    with over_tcp() as database:
        yield releases.environment(database.url(), ALLOWED_HOSTS="*", SECURE_SSL_REDIRECT="false")


def run(built: Stage, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = image.command_line(built, arguments, environment)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our image


def test_the_image_has_no_tools_for_building(built: Stage) -> None:
    programs = {path.name for path in built.path("/srv/venv/bin").iterdir()}
    assert "python" in programs
    assert not [name for name in programs if name.startswith(("pip", "uv", "pytest"))]
    assert not list(built.path("/srv").rglob("node_modules"))


def test_the_file_system_is_read_only_and_the_user_has_no_privileges(built: Stage) -> None:
    script = "id -u; grep CapBnd /proc/self/status; touch /srv/cinema/x || touch /x || touch /tmp/x && echo only tmp"
    done = run(built, {}, "sh", "-c", script)
    assert done.stdout.split() == ["10001", "CapBnd:", "0000000000000000", "only", "tmp"]


def test_the_image_migrates_and_serves(built: Stage, environment: dict[str, str], tmp_path: Path) -> None:
    migrated = run(built, environment, *built.entrypoint, "migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr

    port = free_port()
    assert built.command[built.command.index("--port") + 1] == "8000"
    arguments = [*built.entrypoint, *(str(port) if each == "8000" else each for each in built.command)]
    check = [each.replace(":8000", f":{port}") for each in built.health_check]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 - our image
            image.command_line(built, arguments, environment), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: responds(port), what=f"the server, see {tmp_path / 'log'}")
        healthy = run(built, {}, *check)
        assert healthy.returncode == 0, healthy.stderr
        assert json.loads(get(port, "/readyz")) == {"status": "ok"}
        assert b"/static/front/main." in get(port, "/")
        # The explorer was built.
        assert b"/static/explorer/main." in get(port, "/graphql", Accept="text/html")
    finally:
        server.terminate()
        assert server.wait(60) == 0
    assert run(built, {}, *check).returncode != 0


def responds(port: int) -> bool:
    with suppress(OSError):
        return bool(get(port, "/healthz"))
    return False


def get(port: int, path: str, **headers: str) -> bytes:
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
        return bytes(response.read())
