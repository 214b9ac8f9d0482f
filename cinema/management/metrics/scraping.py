"""The text that Prometheus scrapes: what all processes of a server recorded, and the state of its database."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path

from django.db import Error, close_old_connections
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cinema.management import readiness
from cinema.management.metrics import database_state
from cinema.runtime.metrics import files, locks

__all__ = ["CONTENT_TYPE", "registry", "text"]

# Prometheus waits for ten seconds by default.
STATE_TIMEOUT_SECONDS = 5.0


def text(directory: Path) -> bytes:
    """The metrics of all processes that record in `directory`."""
    return generate_latest(registry(directory))


def registry(directory: Path) -> CollectorRegistry:
    """A registry that reads the metrics when it is scraped."""
    found = CollectorRegistry(auto_describe=False)
    found.register(_Recorded(directory))
    found.register(_state)
    return found


class _Recorded(Collector):
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        with locks.scrape(self._directory):
            files.merge_ended(self._directory)
            # Histograms are read to their end here, while no other process merges.
            recorded = list(MultiProcessCollector(None, str(self._directory)).collect())
        yield from recorded


class _State(Collector):
    """Reads the state in one thread, because a silent database would occupy a thread for each scrape."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="metrics")
        self._reading: Future[list[Metric]] | None = None

    def collect(self) -> list[Metric]:
        if self._reading is None or self._reading.done():
            self._reading = self._thread.submit(_read_state)
        try:
            return self._reading.result(STATE_TIMEOUT_SECONDS)
        except TookTooLong:
            return [_components({"database": "It takes too long to respond."})]


_state = _State()


def _read_state() -> list[Metric]:
    problems = readiness.problems()
    found: list[Metric] = [_components(problems)]
    if "database" not in problems and "migrations" not in problems:
        try:
            found += database_state.read()
        except Error:
            found = [_components({**problems, "database": "It cannot be read."})]
        finally:
            close_old_connections()
    return found


def _components(problems: dict[str, str]) -> Metric:
    up = GaugeMetricFamily("cinema_component_up", "Whether what the server needs works.", labels=["component"])
    for component in readiness.components():
        up.add_metric([component], 0 if component in problems else 1)
    return up
