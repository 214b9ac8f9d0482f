"""The systemd unit and its environment, as far as they can be checked without systemd as the first process."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from config.environment import BASE_DIR
from tests import machine
from tests.deploy.services import UNITS

ENVIRONMENT = BASE_DIR / "deploy" / "environment.example"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The file of the unit, with the paths of this work tree."""
    if shutil.which("systemd-analyze") is None:
        machine.needs("needs systemd-analyze: `make system` installs it on Debian")
    text = (UNITS / "cinema@.service").read_text().replace("/opt/cinema/current/.venv/bin/python", sys.executable)
    unit = tmp_path / "cinema@8001.service"
    unit.write_text(text.replace("/opt/cinema/current", str(BASE_DIR)))
    return unit


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fixed arguments
        ["systemd-analyze", *arguments],  # noqa: S607 - on the PATH
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_unit_is_valid(unit: Path) -> None:
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_has_few_privileges(unit: Path) -> None:
    # The limit of the exposure, in tenths. Without hardening, it is 96.
    done = analyze("security", "--offline=true", "--threshold=15", str(unit))
    assert done.returncode == 0, done.stdout


def test_the_unit_allows_workers_to_stay_on_their_cpus(unit: Path) -> None:
    """Otherwise they are not pinned. Without `SystemCallErrorNumber`, the kernel would kill them."""
    lines = unit.read_text().splitlines()
    filters = [line.partition("=")[2] for line in lines if line.startswith("SystemCallFilter=")]
    allowed: set[str] = set()
    for each in filters:
        calls = {call for name in each.removeprefix("~").split() for call in expanded(name)}
        allowed = allowed - calls if each.startswith("~") else allowed | calls
    assert {"sched_setaffinity", "sched_setscheduler"} <= allowed
    assert not allowed & {"setpriority", "setrlimit", "chroot"}
    assert "SystemCallErrorNumber=EPERM" in lines


def expanded(name: str) -> set[str]:
    """The system calls of a set of systemd, which begins with `@`."""
    if not name.startswith("@"):
        return {name}
    listed = [line.strip() for line in analyze("syscall-filter", name).stdout.splitlines()[1:]]
    return {call for each in listed if not each.startswith("#") for call in expanded(each)}


def test_the_example_of_the_environment_can_be_read_by_a_shell() -> None:
    names = [line.partition("=")[0] for line in ENVIRONMENT.read_text().splitlines() if line and line[0] != "#"]
    script = f'set -a; . {ENVIRONMENT}; printf "%s" "$DEFAULT_FROM_EMAIL"'
    done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603, S607 - our own file
    assert done.stdout == "Cinema <no-reply@cinema.example>"
    assert set(names) <= settings.ENVIRONMENT_VARIABLES
