"""The image of `deploy/Dockerfile`, and the services of `deploy/compose.yaml` that run it.

The commands run without privileges on a read-only file system.
"""

import json
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests import machine, redis_server
from tests.deploy import compose, image, releases
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
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the services in compose.yaml that run on this machine, with these instead."""
    with over_tcp() as database, redis_server.running(tmp_path_factory.mktemp("redis")) as redis:
        yield {
            "cinema:x@db:5432": f"cinema@{HOST}:{database.port}",
            "redis:6379": f"{HOST}:{redis.port}",
            "9200": str(free_port()),
        }


def environment_of(service: str, hosts: dict[str, str]) -> dict[str, str]:
    """The environment of a service, with the file that the operator fills in."""
    filled_in = releases.environment("", ALLOWED_HOSTS="*", SECURE_SSL_REDIRECT="false")
    return filled_in | compose.servers()[service].environment(hosts)


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


@pytest.fixture(scope="module")
def migrated(built: Stage, hosts: dict[str, str]) -> None:
    command = compose.servers()["migrate"].command(built.command)
    done = run(built, environment_of("migrate", hosts), *built.entrypoint, *command)
    assert done.returncode == 0, done.stderr


def test_an_instance_serves(built: Stage, migrated: None, hosts: dict[str, str], tmp_path: Path) -> None:
    port = free_port()
    command = compose.servers()["app1"].command(built.command)
    assert command[command.index("--port") + 1] == "8000"
    check = [each.replace(":8000", f":{port}") for each in built.health_check]
    arguments = [str(port) if each == "8000" else each for each in command]
    with running(built, environment_of("app1", hosts), *arguments, log=tmp_path / "log"):
        wait_until(lambda: responds(port), what=f"the server, see {tmp_path / 'log'}")
        healthy = run(built, {}, *check)
        assert healthy.returncode == 0, healthy.stderr
        assert json.loads(get(port, "/readyz")) == {"status": "ok"}
        assert b"/static/front/main." in get(port, "/")
        # The explorer was built.
        assert b"/static/explorer/main." in get(port, "/graphql", Accept="text/html")
        wait_until(lambda: responds(int(hosts["9200"]), "/metrics"), what="the metrics")
    assert run(built, {}, *check).returncode != 0


@pytest.mark.parametrize("name", ["work", "tidy"])
def test_background_commands_run(
    name: str, built: Stage, migrated: None, hosts: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    arguments = compose.servers()[name].command(built.command)
    with running(built, environment_of(name, hosts), *arguments, log=log) as process:
        program = psutil.Process(process.pid)
        wait_until(lambda: catches_sigterm(program), what=f"the loop, see {log}")
    assert "Traceback" not in log.read_text()


@contextmanager
def running(built: Stage, environment: dict[str, str], *arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the image that stops on SIGTERM."""
    command = image.command_line(built, [*built.entrypoint, *arguments], environment)
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our image
    try:
        yield process
    finally:
        process.terminate()
        status = process.wait(60)
    assert status == 0, log.read_text()


def catches_sigterm(process: psutil.Process) -> bool:
    """Whether the process has replaced the default, which ends it."""
    assert process.is_running()
    status = Path(f"/proc/{process.pid}/status").read_text()
    (mask,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(mask, 16) >> (signal.SIGTERM - 1) & 1)


def responds(port: int, path: str = "/healthz") -> bool:
    with suppress(OSError):
        return bool(get(port, path))
    return False


def get(port: int, path: str, **headers: str) -> bytes:
    request = urllib.request.Request(f"http://{HOST}:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - as above
        return bytes(response.read())
