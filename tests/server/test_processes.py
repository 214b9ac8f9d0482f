"""The processes of the server: one server per port, and no worker without its main process."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from config.environment import BASE_DIR
from tests.serving import SERVE, Server, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server")]

# Those that this process may use. Other systems than Linux do not say.
CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@pytest.mark.parametrize(
    ("host", "problem"), [("127.0.0.1", "Address already in use"), ("nowhere.invalid", "Name or service not known")]
)
def test_a_server_that_cannot_listen_says_so(
    host: str, problem: str, server: Server, environment: dict[str, str]
) -> None:
    port = str(urlsplit(server.address).port)
    second = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "manage.py", "serve", "--host", host, "--port", port],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"CommandError: Cannot listen on {host}, port {port}: {problem}")
    assert server.post("{ __typename }") == {"data": {"__typename": "Query"}}


def test_all_processes_end_when_the_main_process_is_killed(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, log=tmp_path / "log") as server:
        children = psutil.Process(server.process.pid).children(recursive=True)
        # Two workers and two background commands.
        assert len(children) == 4
        server.process.kill()
        wait_until(lambda: not any(child.is_running() and is_alive(child) for child in children), what="all to end")


def test_without_background_commands_only_workers_run(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, log=tmp_path / "log", program=[*SERVE, "--no-background"]) as server:
        # Background commands are started before the server.
        assert len(psutil.Process(server.process.pid).children(recursive=True)) == 2


@pytest.mark.skipif(len(CPUS) < 2, reason="needs two CPUs: run it on Linux, on a machine that has them")
def test_each_worker_has_its_own_cpu_also_after_a_crash(environment: dict[str, str], tmp_path: Path) -> None:
    first, second = CPUS[:2]
    on_two_cpus = {"program": [*SERVE, "--no-background"], "prefix": ["taskset", "--cpu-list", f"{first},{second}"]}
    with serving(environment | {"PIN_WORKERS": "true"}, log=tmp_path / "log", **on_two_cpus) as server:
        main = psutil.Process(server.process.pid)
        wait_until(
            lambda: sorted(map(cpus, main.children())) == [[first], [second]], what="each worker to have its CPU"
        )
        killed = main.children()[0]
        killed.kill()
        wait_until(lambda: killed not in main.children(), what="the worker to end")
        wait_until(lambda: sorted(map(cpus, main.children())) == [[first], [second]], what="a new worker to have a CPU")

    with serving(environment | {"PIN_WORKERS": "false"}, log=tmp_path / "log", **on_two_cpus) as server:
        wait_until(lambda: len(psutil.Process(server.process.pid).children()) == 2, what="both workers")
        assert [cpus(each) for each in psutil.Process(server.process.pid).children()] == [[first, second]] * 2


def cpus(process: psutil.Process) -> list[int]:
    """The CPUs that the threads of a process may use. None if it has ended."""
    try:
        return sorted({cpu for thread in process.threads() for cpu in psutil.Process(thread.id).cpu_affinity()})
    except psutil.NoSuchProcess:
        return []


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
