"""Nothing of an isolated program remains, even if its parent is killed."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config.environment import BASE_DIR
from tests.cluster import isolation
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to create namespaces: run it as root")

# How long the program sleeps. No other program does for this long.
SLEEP = "86399.25"
OUTSIDE = f"import sys; from tests.cluster.test_isolation import isolated; sys.exit(isolated('sleep {SLEEP} & wait'))"


def isolated(script: str) -> int:
    """The exit status of a script in its own namespaces."""
    return isolation.run(["sh", "-c", script], directory=BASE_DIR)


def sleeping() -> list[int]:
    return [each.pid for each in psutil.process_iter(["cmdline"]) if SLEEP in (each.info["cmdline"] or [])]


def test_the_exit_status_is_that_of_the_program() -> None:
    assert isolated("exit 7") == 7


def test_other_processes_and_networks_are_not_visible(tmp_path: Path) -> None:
    assert isolated(f"ls /proc | grep -c '^[0-9]' > {tmp_path}/processes; ls /sys/class/net > {tmp_path}/networks") == 0

    # The shell, ls and grep.
    assert int((tmp_path / "processes").read_text()) <= 3


def test_every_process_ends_when_the_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", OUTSIDE], cwd=BASE_DIR, start_new_session=True) as parent:  # noqa: S603 - our own program
        wait_until(lambda: bool(sleeping()), what="the program")
        parent.kill()

    wait_until(lambda: not sleeping(), what="the program to end")
