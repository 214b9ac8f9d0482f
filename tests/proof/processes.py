"""Ending processes of our own, with everything they started."""

import contextlib
import os
import signal
import subprocess

import psutil

from tests.waiting import wait_until

SECONDS_TO_DIE = 10


def kill(process: subprocess.Popen[bytes]) -> None:
    """As the kernel does when memory runs out, or the plug is pulled: at once, and all of them.

    The process leads a group of its own.
    """
    # Stopped first, or it might just be replacing a child that died, and the new one would outlive it.
    signaled(process.pid, signal.SIGSTOP)
    family = descendants(process.pid)
    for pid in family:
        signaled(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(SECONDS_TO_DIE)
    # Children of a dead parent are somebody else's; gone they must be before anything is started again.
    wait_until(lambda: not any(map(_runs, family)), what="processes to die", seconds=SECONDS_TO_DIE)


def signaled(pid: int, what: signal.Signals) -> None:
    """Send it, if anybody is there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)


def descendants(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False
