"""Metrics that are read from the database at each scrape: queues, expired holds and connections."""

from datetime import timedelta

from django.db import connection
from django.db.models import Count, Min, Q
from prometheus_client.core import GaugeMetricFamily, Metric

from cinema.booking.models import Booking
from cinema.core import clock
from cinema.management.queues import QUEUES


def read() -> list[Metric]:
    """The metrics. Raises `Error` of the database."""
    return [*_queues(), _expired_holds(), *(_connections() if connection.vendor == "postgresql" else [])]


def _expired_holds() -> Metric:
    oldest = GaugeMetricFamily("cinema_expired_hold_oldest_seconds", "Since when an expired hold waits for `tidy`.")
    expired_at = Booking.objects.expired_unreleased().aggregate(oldest=Min("expires_at"))["oldest"]
    oldest.add_metric([], (clock.now() - expired_at).total_seconds() if expired_at else 0)
    return oldest


def _queues() -> list[Metric]:
    rows = GaugeMetricFamily("cinema_queue_rows", "Rows in a queue.", labels=["queue"])
    failing = GaugeMetricFamily("cinema_queue_failing_rows", "Rows whose last attempt failed.", labels=["queue"])
    oldest = GaugeMetricFamily("cinema_queue_oldest_seconds", "Age of the oldest row in a queue.", labels=["queue"])
    for task in QUEUES:
        if task.queue is None:
            continue
        found = task.queue.waiting().aggregate(
            rows=Count("pk"), failing=Count("pk", filter=~Q(error="")), oldest=Min("created_at")
        )
        age = clock.now() - found["oldest"] if found["oldest"] else timedelta()
        rows.add_metric([task.name], found["rows"])
        failing.add_metric([task.name], found["failing"])
        oldest.add_metric([task.name], max(age.total_seconds(), 0))
    return [rows, failing, oldest]


def _connections() -> list[Metric]:
    """The connections of all programs, which share the limit. The state of those of other roles is not visible."""
    used = GaugeMetricFamily("cinema_database_connections", "Connections to PostgreSQL.", labels=["state"])
    limit = GaugeMetricFamily("cinema_database_connections_max", "Connections that PostgreSQL accepts.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datid IS NOT NULL AND usesysid IS NOT NULL GROUP BY 1"
        )
        for state, number in cursor.fetchall():
            used.add_metric([state], number)
        cursor.execute("SELECT current_setting('max_connections')::int")
        limit.add_metric([], cursor.fetchone()[0])
    return [used, limit]
