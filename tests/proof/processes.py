"""Killing processes that the tests started, with their descendants."""

import contextlib
import os
import signal
import subprocess

import psutil

from tests.waiting import wait_until

SECONDS_TO_DIE = 10


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and its descendants, as a power failure would. The process must lead a process group."""
    # Stopped first, because it might be replacing a dead child, and the new child would survive.
    send_signal(process.pid, signal.SIGSTOP)
    children = descendants(process.pid)
    for pid in children:
        send_signal(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS_TO_DIE)
    # Another process reaps the children of a dead parent. They must be gone before anything is restarted.
    wait_until(lambda: not any(map(_runs, children)), what="processes to die", seconds=SECONDS_TO_DIE)


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send the signal, if the process exists."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def descendants(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False
