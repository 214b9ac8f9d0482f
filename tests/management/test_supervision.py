"""Background commands are restarted when they end."""

import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from cinema.management.supervision import BACKGROUND_COMMANDS, SupervisedProcess
from tests.databases import migrated_database
from tests.serving import Server, new_environment, serving
from tests.waiting import wait_until

pytestmark = pytest.mark.deep

MESSAGES = "cinema.management.supervision"
# Runs the command in its arguments, which starts with SIGINT ignored.
IGNORING_SIGINT = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]


@contextmanager
def supervised(script: str, **pauses: float) -> Iterator[SupervisedProcess]:
    process = SupervisedProcess("test", [sys.executable, "-S", "-c", script], **pauses)
    process.start()
    try:
        yield process
    finally:
        process.stop()
        process.join()


def start_times(log: Path) -> list[float]:
    """The start times that a script wrote to `log`."""
    return [float(line) for line in log.read_text().split()] if log.exists() else []


def record_start(log: Path) -> str:
    return f"import time; open({str(log)!r}, 'a').write(f'{{time.monotonic()}}\\n'); "


def test_a_command_that_fails_repeatedly_is_restarted_after_increasing_pauses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "starts"
    with supervised(f"{record_start(log)} raise SystemExit(3)", first_pause=0.2, max_pause=0.8):
        wait_until(lambda: len(start_times(log)) >= 5, what="five starts")
    times = start_times(log)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    for pause, minimum in zip(pauses, (0.2, 0.4, 0.8, 0.8), strict=False):
        assert pause >= minimum
    messages = [record.getMessage() for record in caplog.records if record.name == MESSAGES]
    assert messages[:4] == [f"test ended with status 3; restarting in {pause:g} s" for pause in (0.2, 0.4, 0.8, 0.8)]


def test_pauses_are_reset_after_a_healthy_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "starts"
    script = f"{record_start(log)} time.sleep(0.3)"
    with supervised(script, first_pause=0.01, max_pause=60, healthy_after=0.1):
        wait_until(lambda: len(start_times(log)) >= 4, what="four starts")
    assert {record.getMessage() for record in caplog.records if record.name == MESSAGES} == {
        "test ended with status 0; restarting in 0.01 s"
    }


def test_a_command_that_cannot_be_started_is_retried(caplog: pytest.LogCaptureFixture) -> None:
    process = SupervisedProcess("test", ["/no/such/program"], first_pause=0.01)
    process.start()
    wait_until(lambda: len(caplog.records) >= 2, what="two attempts")
    process.stop()
    process.join()
    assert "test could not be started ([Errno 2] No such file or directory" in caplog.records[0].getMessage()


def test_a_stopped_command_is_not_restarted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = tmp_path / "starts"
    with supervised(f"{record_start(log)} time.sleep(60)", first_pause=0.01):
        wait_until(lambda: len(start_times(log)) == 1, what="the start")
    # Only the supervisor thread starts the command, and it has ended.
    assert "supervisor of test" not in {thread.name for thread in threading.enumerate()}
    assert len(start_times(log)) == 1
    assert caplog.records == []


def test_a_command_that_does_not_stop_is_killed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinema.management.supervision.SECONDS_TO_STOP", 0.2)
    log = tmp_path / "starts"
    script = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {record_start(log)} time.sleep(60)"
    with supervised(script):
        wait_until(lambda: len(start_times(log)) == 1, what="the start")
    assert [record.getMessage() for record in caplog.records] == ["test did not stop in time; killing it"]


# ---------------------------------------------------------------------- with a real server


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with migrated_database() as url:
        environment = new_environment(url)
        yield environment


def background_process(server: Server, command: str) -> psutil.Process | None:
    for child in psutil.Process(server.process.pid).children():
        # It may have ended since.
        with suppress(psutil.NoSuchProcess):
            if command in child.cmdline():
                return child
    return None


def process_of(server: Server, command: str) -> Any:
    """The process that runs `command`. Waits until there is one."""
    wait_until(lambda: background_process(server, command) is not None, what=f"{command} to run")
    return background_process(server, command)


def all_processes(server: Server) -> list[psutil.Process]:
    return [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]


def test_killed_background_commands_are_replaced(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, log=tmp_path / "log") as server:
        killed = {command: process_of(server, command) for command in BACKGROUND_COMMANDS}
        for process in killed.values():
            os.kill(process.pid, signal.SIGKILL)
        for command in BACKGROUND_COMMANDS:
            message = f"{command} was ended by SIGKILL; restarting in 1 s"
            wait_until(lambda message=message: message in server.log.read_text(), what=message)  # type: ignore[misc]
            assert process_of(server, command).pid != killed[command].pid
        assert server.post("{ __typename }") == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("prefix", "stop_signal"),
    [
        pytest.param([], signal.SIGTERM, id="SIGTERM"),
        pytest.param([], signal.SIGINT, id="SIGINT"),
        pytest.param(IGNORING_SIGINT, signal.SIGTERM, id="SIGTERM, and SIGINT is ignored", marks=pytest.mark.deep),
        pytest.param(IGNORING_SIGINT, signal.SIGINT, id="SIGINT, and SIGINT is ignored", marks=pytest.mark.deep),
    ],
)
def test_all_processes_stop_on_a_signal(
    environment: dict[str, str], tmp_path: Path, stop_signal: signal.Signals, prefix: list[str]
) -> None:
    with serving(environment, log=tmp_path / "log", prefix=prefix) as server:
        for command in BACKGROUND_COMMANDS:
            process_of(server, command)
        processes = all_processes(server)
        assert len(processes) >= 1 + 2 + len(BACKGROUND_COMMANDS)
        server.process.send_signal(stop_signal)
        assert server.process.wait(30) == 0
        _, alive = psutil.wait_procs(processes, timeout=10)
        assert alive == []
        assert server.log.read_text().endswith("Stopped.\n")
        assert "Traceback" not in server.log.read_text()
