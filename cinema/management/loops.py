"""Commands that run tasks in the background: once, or repeatedly until they are stopped or their parent ends."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection

from cinema.core.database_errors import is_outage
from cinema.core.errors import Busy
from cinema.core.queue import QueuedRow
from cinema.core.text import on_one_line
from cinema.management.metrics.starting import start_metrics
from cinema.runtime import metrics, outages, tracing

# The pause between two batches, in which others can write. SQLite does not queue waiting writers.
SECONDS_BETWEEN_BATCHES = 0.02
# The interval at which a sleeping loop checks whether it must stop.
STOP_CHECK_SECONDS = 0.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """Work in batches: `run(at_most=n)` does up to n pieces and returns how many it did; fewer than n: none is left.

    `label` describes what is counted. In a loop the task is run no more often than every `interval` seconds. `queue` is
    the model of the rows, if the task processes a queue.
    """

    name: str
    label: str
    run: Callable[..., int]
    interval: float = 0
    batch: int = 200
    queue: type[QueuedRow] | None = None


class TaskCommand(BaseCommand):
    """A management command that runs its `tasks`."""

    tasks: ClassVar[Sequence[Task]]
    # Seconds between two rounds of the loop.
    every: ClassVar[float]

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [task.name for task in self.tasks]
        parser.add_argument(
            "--only", action="append", choices=names, metavar="TASK", help=f"Run this task only ({', '.join(names)})."
        )
        parser.add_argument("--loop", action="store_true", help="Run until stopped.")
        parser.add_argument(
            "--every",
            type=_seconds,
            default=self.every,
            metavar="SECONDS",
            help=f"With --loop: the pause between rounds ({self.every:g}).",
        )
        parser.add_argument(
            "--parent", type=int, metavar="PID", help="With --loop: stop when this parent process ends."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        start_metrics()
        if settings.TRACING:
            tracing.start()
        tasks = [task for task in self.tasks if task.name in (options["only"] or [task.name])]
        if options["loop"]:
            loop(tasks, every=options["every"], parent=options["parent"])
            return
        try:
            for task in tasks:
                self.stdout.write(f"{task.label}: {run_to_end(task)}.")
        except (Busy, DatabaseError) as error:
            raise CommandError(str(error)) from error


def run_to_end(task: Task, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Run `task` in batches until nothing is left or `stopping()` is true. Returns the number of processed items."""
    total = done = task.run(at_most=task.batch)
    while done >= task.batch and not stopping():
        time.sleep(SECONDS_BETWEEN_BATCHES)
        done = task.run(at_most=task.batch)
        total += done
    return total


def loop(tasks: Sequence[Task], *, every: float, parent: int | None) -> None:
    """Run the tasks repeatedly.

    Stops after the current batch on SIGTERM and SIGINT, and when process `parent` is no longer the parent.
    """
    with _stop_signals() as received:

        def stopping() -> bool:
            return bool(received) or (parent is not None and os.getppid() != parent)

        next_runs = dict.fromkeys([task.name for task in tasks], time.monotonic())
        while not stopping():
            for task in tasks:
                if next_runs[task.name] <= time.monotonic() and not stopping():
                    run_guarded(task, stopping=stopping)
                    next_runs[task.name] = time.monotonic() + task.interval
            wake_at = time.monotonic() + every
            while not stopping() and (left := wake_at - time.monotonic()) > 0:
                time.sleep(min(left, STOP_CHECK_SECONDS))


def run_guarded(task: Task, *, stopping: Callable[[], bool]) -> None:
    """Run `task`. A failure is logged and does not stop the loop, because the next round may succeed."""
    close_old_connections()
    try:
        with tracing.span(f"task {task.name}"):
            items = run_to_end(task, stopping=stopping)
        metrics.recorder.task_succeeded(task.name, items)
        outages.database.succeeded()
    except Exception as error:
        metrics.recorder.task_failed(task.name)
        if is_outage(error):
            outages.database.failed("%s failed: no database: %s", task.name, on_one_line(error))
        elif isinstance(error, Busy):
            logger.warning("%s failed: %s", task.name, on_one_line(error))
        else:
            logger.exception("%s failed", task.name)
        connection.close()


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Collects SIGTERM and SIGINT. A second one of a kind ends the process immediately. SIGINT stays ignored if it is.

    An exception raised by a signal handler could be raised anywhere, and be lost there.
    """
    received: list[int] = []

    def receive(number: int, _: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, signal.SIG_DFL)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number, handler in handlers.items():
        if number == signal.SIGTERM or handler != signal.SIG_IGN:
            signal.signal(number, receive)
    try:
        yield received
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise ValueError(text)
    return seconds
