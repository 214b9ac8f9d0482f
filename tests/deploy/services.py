"""Starts and stops processes as systemd would, from the units in `deploy/systemd`.

As a program: python -m tests.deploy.services DIRECTORY restart cinema@8001
"""

import configparser
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path

import psutil

from config.environment import BASE_DIR
from tests.proof.server import HOST, free_port
from tests.waiting import wait_until

UNITS = BASE_DIR / "deploy" / "systemd"


class Services:
    """Services whose files are in `directory`.

    `current` is /opt/cinema/current, and `environment` is /etc/cinema/environment.
    """

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self.directory = directory
        self.environment = environment
        (directory / "environment").write_text("".join(f"{name}={value}\n" for name, value in environment.items()))

    def command(self, action: str) -> list[str]:
        """The command that starts, stops or restarts the service in its last argument."""
        return [sys.executable, "-m", "tests.deploy.services", str(self.directory), action]

    def run(self, action: str, name: str) -> None:
        """Start, stop or restart a service, such as cinema@8001.

        It is not a child of this process, because another process may stop it later, and it would become a zombie.
        """
        subprocess.run([*self.command(action), name], cwd=BASE_DIR, check=True)  # noqa: S603 - our own program

    @contextmanager
    def suspended(self, name: str) -> Iterator[None]:
        """While the processes of a service hang."""
        processes = _processes(self.directory, name)
        try:
            for process in processes:
                process.suspend()
            yield
        finally:
            for process in processes:
                process.resume()

    def wait_until_ready(self, ports: Iterable[int]) -> None:
        """Wait until the instances on these ports can handle requests."""
        for port in ports:
            wait_until(partial(_is_ready, port), what=f"cinema@{port}, see {self.log(f'cinema@{port}')}")

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"


def _start(directory: Path, name: str) -> None:
    unit = _unit(name)

    def path(text: str) -> str:
        for installed, here in {
            "/opt/cinema/current/.venv/bin/python": sys.executable,
            "/opt/cinema/current": str(directory / "current"),
            "/etc/cinema": str(directory),
            "/run/cinema": str(directory / "run"),
            # The port of an instance is one of the free ports of this machine, which have more digits.
            f"METRICS_PORT=1{name.partition('@')[2]}": f"METRICS_PORT={free_port()}",
        }.items():
            text = text.replace(installed, here)
        return text

    variables = [*path(unit["Environment"]).split(), *Path(path(unit["EnvironmentFile"])).read_text().splitlines()]
    with (directory / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            shlex.split(path(unit["ExecStart"])),
            cwd=path(unit["WorkingDirectory"]),
            env=dict(variable.split("=", 1) for variable in variables),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (directory / f"{name}.pid").write_text(str(process.pid))


def _stop(directory: Path, name: str) -> None:
    """Send SIGTERM to the main process, and SIGKILL to what is left after the timeout."""
    unit = _unit(name)
    assert unit["KillMode"] == "mixed"
    with suppress(psutil.NoSuchProcess):
        everything = _processes(directory, name)
        everything[0].terminate()
        _, left = psutil.wait_procs(everything, timeout=float(unit["TimeoutStopSec"]))
        for process in left:
            process.kill()


def _processes(directory: Path, name: str) -> list[psutil.Process]:
    """The main process of a service, and all others."""
    main = psutil.Process(int((directory / f"{name}.pid").read_text()))
    return [main, *main.children(recursive=True)]


def _unit(name: str) -> dict[str, str]:
    """The options of the section Service, with %i replaced. Of options with several lines, the last line."""
    template, _, instance = name.partition("@")
    parser = configparser.RawConfigParser(strict=False, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keeps upper case
    parser.read(UNITS / f"{template}@.service")
    return {key: value.replace("%i", instance) for key, value in parser["Service"].items()}


def _is_ready(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=10) as response:
        return bool(response.status == HTTPStatus.OK)
    return False


def main(directory: Path, action: str, name: str) -> None:
    if action in {"stop", "restart"}:
        _stop(directory, name)
    if action in {"start", "restart"}:
        _start(directory, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
