"""The metrics in Prometheus' format. Each process writes its own files, and a scrape adds them up.

https://prometheus.github.io/client_python/multiprocess/
"""

import os
import time
from functools import cache
from pathlib import Path

from cinema.runtime.metrics.recorder import Recorder

# What happens rarely starts at 0, so that `increase` finds the first one.
REFUSAL_REASONS = ("expected wait", "timeout")
SERVICES = ("database", "redis")
SERVER_ERRORS = ("INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE")
COLLISIONS = ("deadlock", "serialization failure", "lock timeout", "conflict", "changed data")
EVENTS = (
    "held",
    "extended",
    "confirmed",
    "cancelled",
    "expired",
    "blocked",
    "unblocked",
    "moved_out",
    "moved_in",
)
PROCESSES = ("worker", "work", "tidy", "metrics")

_LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_WAITS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_PATHS = {"graphql": "graphql", "admin": "admin", "static": "static"}


def recorder_in(directory: Path) -> Recorder:
    """A recorder whose processes write to `directory`."""
    # prometheus_client decides when it is imported whether there is more than one process.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    return PrometheusRecorder()


class PrometheusRecorder(Recorder):
    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415 - see `recorder_in`

        # A second recorder in a process, as in tests, has the same names.
        registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"cinema_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"cinema_{name}", text, registry=registry, multiprocess_mode="livesum")

        def histogram(name: str, text: str, *labels: str, buckets: tuple[float, ...] = _LATENCIES) -> Histogram:
            return Histogram(f"cinema_{name}", text, labels, buckets=buckets, registry=registry)

        self._http = histogram(
            "http_request_duration_seconds", "From a received request to its response.", "path", "status"
        )
        self._wait = histogram("request_wait_seconds", "How long requests waited for a thread.", buckets=_WAITS)
        self._waiting = gauge("requests_waiting", "Requests that wait for a thread.")
        self._refused = counter("requests_refused", "Requests that got no thread and were refused with 503.", "reason")
        self._operations = histogram(
            "operation_duration_seconds", "Execution of a query or mutation, by its root field.", "operation", "outcome"
        )
        self._errors = counter("graphql_errors", "Errors in responses, by code.", "code")
        self._refusals = counter("refusals", "Problems that mutations returned.", "operation", "problem")
        self._connections = gauge("live_connections", "Open WebSockets and event streams.")
        self._subscriptions = gauge("subscriptions", "Active subscriptions.")
        self._results = counter("subscription_results", "Results sent to subscribers.")
        self._seats = counter("seats", "Seats of committed events of the seat history.", "event")
        self._bookings = counter("bookings", "Bookings of committed events of the seat history.", "event")
        self._collisions = counter("transaction_collisions", "Transactions rolled back by a conflict.", "reason")
        self._given_up = counter("transactions_given_up", "Use cases that returned Busy after many collisions.")
        self._outages = counter("outages", "Outages of a service, as each process noticed them.", "service")
        self._task_items = counter("task_items", "Items that background tasks processed.", "task")
        self._task_failures = counter("task_failures", "Background tasks that raised an exception.", "task")
        self._task_successes = Gauge(
            "cinema_task_last_success_timestamp_seconds",
            "When a background task last succeeded.",
            ["task"],
            registry=registry,
            multiprocess_mode="max",
        )
        self._restarts = counter("process_restarts", "Processes of the server that ended unexpectedly.", "process")
        # A look-up of labels takes as long as an observation.
        self._http_of, self._operations_of = cache(self._http.labels), cache(self._operations.labels)
        self._seats_of, self._bookings_of = cache(self._seats.labels), cache(self._bookings.labels)
        self._start_at_zero()

    def _start_at_zero(self) -> None:
        for metric, values in (
            (self._refused, REFUSAL_REASONS),
            (self._outages, SERVICES),
            (self._errors, SERVER_ERRORS),
            (self._collisions, COLLISIONS),
            (self._restarts, PROCESSES),
            (self._seats, EVENTS),
            (self._bookings, EVENTS),
        ):
            for value in values:
                metric.labels(value)
        for path in (*_PATHS.values(), "other"):
            self._http_of(path, 500)

    def http_request(self, path: str, status: int, seconds: float) -> None:
        kind = _PATHS.get(path.split("/", 2)[1] if path.startswith("/") else "", "other")
        self._http_of(kind, status).observe(seconds)

    def request_wait(self, seconds: float) -> None:
        self._wait.observe(seconds)

    def requests_waiting(self, change: int) -> None:
        self._waiting.inc(change)

    def request_refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def operation(self, root_field: str, outcome: str, seconds: float) -> None:
        self._operations_of(root_field, outcome).observe(seconds)

    def graphql_error(self, code: str) -> None:
        self._errors.labels(code).inc()

    def refusal(self, root_field: str, problem: str) -> None:
        self._refusals.labels(root_field, problem).inc()

    def live_connections(self, change: int) -> None:
        self._connections.inc(change)

    def subscriptions(self, change: int) -> None:
        self._subscriptions.inc(change)

    def subscription_result(self) -> None:
        self._results.inc()

    def tickets(self, event: str, *, seats: int, bookings: int) -> None:
        self._seats_of(event).inc(seats)
        self._bookings_of(event).inc(bookings)

    def collision(self, reason: str) -> None:
        self._collisions.labels(reason).inc()

    def given_up(self) -> None:
        self._given_up.inc()

    def outage(self, service: str) -> None:
        self._outages.labels(service).inc()

    def task_succeeded(self, task: str, items: int) -> None:
        self._task_items.labels(task).inc(items)
        self._task_failures.labels(task)
        self._task_successes.labels(task).set(time.time())

    def task_failed(self, task: str) -> None:
        self._task_failures.labels(task).inc()

    def process_restarted(self, name: str) -> None:
        self._restarts.labels(name).inc()
