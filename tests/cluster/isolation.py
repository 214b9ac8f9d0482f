"""Runs a program in its own network, process and mount namespaces.

Everything that the program starts or mounts, and every network device that it creates, ends with it, even if this
process is killed.
"""

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

# In memory, and visible only to the program.
DIRECTORY = Path("/run")

_ISOLATED = [
    *("setpriv", "--pdeathsig", "KILL"),
    *("unshare", "--fork", "--kill-child", "--pid", "--mount-proc", "--net"),
]


def run(command: Sequence[str], *, directory: Path) -> int:
    """Run the command in new namespaces, and return its exit status. It must call `supervise`."""
    with subprocess.Popen([*_ISOLATED, *command], cwd=directory) as process:  # noqa: S603 - our own program
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.kill()
            raise


def supervise(main: Callable[[], int]) -> int:
    """Run `main` in a child process, and return its exit status.

    This process is the first one in its namespace, which has to reap the orphans of all others. Otherwise PostgreSQL
    would believe that its last process still runs.
    """
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", DIRECTORY], check=True)  # noqa: S603, S607 - in our namespace
    child = os.fork()
    if child == 0:
        os._exit(main())
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status)
