"""Workers that each have their own CPU."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from cinema.runtime.worker_processes import one_for_each_cpu
from config.environment import BASE_DIR

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two CPUs: run it on Linux, on a machine that has them",
)

# A thread that has started before, and one that starts later.
WORKER = """
import os, threading
from cinema.runtime.worker_processes import stay_on_one_cpu
end = threading.Event()
threading.Thread(target=end.wait).start()
stay_on_one_cpu()
threading.Thread(target=end.wait).start()
ids = [int(name) for name in os.listdir("/proc/self/task")]
print(*{cpu for thread in ids for cpu in os.sched_getaffinity(thread)})
print(*{os.sched_getscheduler(thread) for thread in ids}, flush=True)
input()
end.set()
"""

# A filter that lets both system calls fail with EPERM, as a sandbox does: https://docs.kernel.org/userspace-api/seccomp_filter.html
FORBIDDING = """
import ctypes, errno, platform, struct
NUMBERS = {"x86_64": (203, 144), "aarch64": (122, 119)}[platform.machine()]
LOAD, EQUAL, RETURN, ALLOW, ERRNO = 0x20, 0x15, 0x06, 0x7FFF0000, 0x00050000
program = b"".join(struct.pack("HBBI", *each) for each in [
    (LOAD, 0, 0, 0), (EQUAL, 1, 0, NUMBERS[0]), (EQUAL, 0, 1, NUMBERS[1]),
    (RETURN, 0, 0, ERRNO | errno.EPERM), (RETURN, 0, 0, ALLOW),
])
buffer = ctypes.create_string_buffer(program)
class Filter(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("program", ctypes.c_void_p)]
prctl = ctypes.CDLL(None).prctl
assert prctl(38, 1, 0, 0, 0) == 0
assert prctl(22, 2, ctypes.byref(Filter(len(program) // 8, ctypes.addressof(buffer)))) == 0
"""


class Worker:
    def __init__(self, program: str = WORKER) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", program], cwd=BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.cpus = {int(cpu) for cpu in self._process.stdout.readline().split()}
        self.policies = {int(policy) for policy in self._process.stdout.readline().split()}

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def two_cpus() -> Iterator[set[int]]:
    allowed = os.sched_getaffinity(0)
    two = set(sorted(allowed)[:2])
    os.sched_setaffinity(0, two)
    yield two
    os.sched_setaffinity(0, allowed)


@contextmanager
def workers(count: int) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        started = [Worker() for _ in range(count)]
        for worker in started:
            stack.callback(worker.kill)
        yield started


def test_each_worker_has_its_own_cpu(two_cpus: set[int]) -> None:
    with one_for_each_cpu(2), workers(2) as (first, second):
        assert len(first.cpus) == len(second.cpus) == 1
        assert first.cpus | second.cpus == two_cpus


def test_threads_of_a_worker_with_its_own_cpu_do_not_interrupt_each_other(two_cpus: set[int]) -> None:
    with one_for_each_cpu(2), workers(2) as (first, second):
        assert first.policies == second.policies == {os.SCHED_BATCH}
    with workers(1) as (unpinned,):
        assert unpinned.policies == {os.SCHED_OTHER}


@pytest.mark.skipif(
    platform.machine() not in {"x86_64", "aarch64"},
    reason="knows the system calls of x86-64 and of 64-bit ARM: run it on such a machine",
)
def test_a_worker_in_a_sandbox_that_forbids_it_uses_all_cpus(two_cpus: set[int]) -> None:
    with one_for_each_cpu(2):
        worker = Worker(FORBIDDING + WORKER)
        try:
            assert worker.cpus == two_cpus
            assert worker.policies == {os.SCHED_OTHER}
        finally:
            worker.kill()


def test_a_new_worker_gets_the_cpu_of_one_that_was_killed(two_cpus: set[int]) -> None:
    with one_for_each_cpu(2), workers(2) as (_, second), workers(1) as (without_cpu,):
        assert without_cpu.cpus == two_cpus
        second.kill()
        with workers(1) as (third,):
            assert third.cpus == second.cpus


@pytest.mark.parametrize("count", [0, 1, 3])
def test_workers_use_all_cpus_if_there_are_more_or_fewer_cpus(two_cpus: set[int], count: int) -> None:
    with one_for_each_cpu(count), workers(1) as (worker,):
        assert worker.cpus == two_cpus
