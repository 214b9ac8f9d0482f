"""`/metrics`, for a Prometheus that knows the token in METRICS_TOKEN.

It is handled before Django and outside of the queue for threads, like the probes.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from cinema.runtime.worker_threads import WorkerThreads
from config.probes import PlainResponse

PATH = "/metrics"
REFUSAL = "Send the token as `Authorization: Bearer <METRICS_TOKEN>`."

_threads = WorkerThreads(1)


async def respond(environ: Mapping[str, Any]) -> PlainResponse:
    """The metrics of all processes of this server, or 401 without the token."""
    sent, expected = environ.get("HTTP_AUTHORIZATION", ""), f"Bearer {settings.METRICS_TOKEN}"
    if not secrets.compare_digest(sent.encode(), expected.encode()):
        return PlainResponse(401, json.dumps({"errors": [{"message": REFUSAL}]}).encode())
    return await _threads.run(_scrape)


def _scrape() -> PlainResponse:
    from cinema.management.metrics import scraping  # noqa: PLC0415 - prometheus_client is imported only if it is used

    return PlainResponse(200, scraping.text(settings.METRICS_DIR), scraping.CONTENT_TYPE)
