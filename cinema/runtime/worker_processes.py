"""The processes that the server starts to handle requests."""

import fcntl
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The variable with the path of the file in which each worker locks a byte: that of its CPU.
CPU_LOCKS = "CINEMA_CPU_LOCKS"
SECONDS_BETWEEN_CHECKS = 0.5
SECONDS_TO_FINISH = 10

logger = logging.getLogger(__name__)


def end_with_parent() -> None:
    """End this process soon after its parent, even if that was killed. Does nothing in a process without a parent.

    Otherwise it would share the port with the next server, which may run other code.
    """
    # The parent may have ended already, so `os.getppid()` may be the ID of another process.
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.pid,), name="end with parent", daemon=True).start()


def _end_after(parent: int | None) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_CHECKS)
    logger.error("the main process has ended, so this worker ends")
    # The worker completes its requests.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_FINISH)
    os._exit(1)


@contextmanager
def one_for_each_cpu(workers: int) -> Iterator[None]:
    """Let each worker that is started in the block have its own CPU, if there are as many CPUs as workers.

    Only one thread of a process runs Python code at a time. If its threads run on several CPUs, each CPU loads the
    data of the process again, which takes a tenth of the time of a sale. With more CPUs than workers, several servers
    might choose the same ones.
    """
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) != workers:
        yield
        return
    with tempfile.NamedTemporaryFile(prefix="cinema-cpus-") as locks:
        os.environ[CPU_LOCKS] = locks.name
        try:
            yield
        finally:
            del os.environ[CPU_LOCKS]


def stay_on_one_cpu() -> None:
    """Let all threads of this worker run on a CPU that no other worker has, if `one_for_each_cpu` allows it.

    The CPU is free for another worker when this process ends.
    """
    path = os.environ.get(CPU_LOCKS)
    if path is None:
        return
    # It stays open, because the lock ends when it is closed.
    locks = os.open(path, os.O_RDWR)
    for index, cpu in enumerate(sorted(os.sched_getaffinity(0))):
        with suppress(BlockingIOError):
            fcntl.lockf(locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, index)
            # Sandboxes can forbid it.
            with suppress(PermissionError):
                for thread in Path("/proc/self/task").iterdir():
                    _assign(int(thread.name), cpu)
            return


def _assign(thread: int, cpu: int) -> None:
    """Threads that it starts later inherit this."""
    os.sched_setaffinity(thread, {cpu})
    # A thread that wakes up does not interrupt one that holds the interpreter lock, for which it would only wait.
    os.sched_setscheduler(thread, os.SCHED_BATCH, os.sched_param(0))
