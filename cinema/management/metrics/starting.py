"""Starts the recording of metrics, if it is configured."""

from django.conf import settings

from cinema.runtime import metrics


def start_metrics() -> None:
    """Record the metrics of this process and of those that it forks. Does nothing if metrics are off."""
    if settings.METRICS:
        metrics.enable(settings.METRICS_DIR)
