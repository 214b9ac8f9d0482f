"""Runs background commands in separate processes, and restarts them when they end."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from cinema.runtime import metrics

BACKGROUND_COMMANDS = ("work", "tidy")

SECONDS_TO_STOP = 10
FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0
# A process that ran for longer did not fail at its start, so the pauses are reset.
HEALTHY_SECONDS = 60.0

logger = logging.getLogger(__name__)

# The server forks its workers at start and later. A fork while a process is being started would inherit the pipe that
# `Popen` waits on, and `Popen` would wait until that worker ends.
_forking = threading.Lock()
os.register_at_fork(before=_forking.acquire, after_in_parent=_forking.release, after_in_child=_forking.release)


class SupervisedProcess:
    """A process that is restarted, after increasing pauses, until `stop` is called.

    A thread watches it. The thread does not use the database: the server forks, and an open connection does not
    survive that.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        first_pause: float = FIRST_PAUSE_SECONDS,
        max_pause: float = MAX_PAUSE_SECONDS,
        healthy_after: float = HEALTHY_SECONDS,
    ) -> None:
        self._name = name
        self._arguments = arguments
        self._first_pause = first_pause
        self._max_pause = max_pause
        self._healthy_after = healthy_after
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._keep_running, name=f"supervisor of {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send the process a signal to end. It is not restarted."""
        with self._starting:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()

    def join(self) -> None:
        """Wait until the process has ended. Kills it if it does not end in time."""
        self._thread.join(SECONDS_TO_STOP)
        if self._thread.is_alive() and self._process is not None:
            logger.error("%s did not stop in time; killing it", self._name)
            self._process.kill()
            self._thread.join()

    def _keep_running(self) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            started_at = time.monotonic()
            outcome = self._run()
            if self._stopping.is_set():
                return
            if time.monotonic() - started_at > self._healthy_after:
                pause = self._first_pause
            logger.error("%s %s; restarting in %g s", self._name, outcome, pause)
            # A process that is forked while the recorder is locked could not use it.
            with _forking:
                metrics.recorder.process_restarted(self._name)
            self._stopping.wait(pause)
            pause = min(pause * 2, self._max_pause)

    def _run(self) -> str:
        """Run the process until it ends. Returns a description of how it ended, for the log."""
        with self._starting, _forking:
            if self._stopping.is_set():
                return "was not started"
            try:
                # In its own session, so that Ctrl-C reaches only the server, which then stops this process.
                self._process = subprocess.Popen(  # noqa: S603 - our own program
                    self._arguments, cwd=settings.BASE_DIR, start_new_session=True
                )
            except OSError as error:
                return f"could not be started ({error})"
        status = self._process.wait()
        return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


class CrashesOfWorkers(logging.Filter):
    """Counts the workers that the HTTP server restarts. It only logs them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.getMessage().startswith("Unexpected exit from worker"):
            # A process that is forked while the recorder is locked could not use it.
            with _forking:
                metrics.recorder.process_restarted("worker")
        return True


@contextmanager
def background(commands: Sequence[str]) -> Iterator[None]:
    """Run these commands until the block ends, or this process ends, even if it is killed."""
    processes = [SupervisedProcess(name, _arguments(name)) for name in commands]
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.stop()
        for process in processes:
            process.join()


def _arguments(command: str) -> list[str]:
    # The server has made the checks of Django.
    return [sys.executable, "manage.py", command, "--skip-checks", "--loop", "--parent", str(os.getpid())]
