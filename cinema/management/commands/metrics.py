from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cinema.management.loops import Task, loop


class Command(BaseCommand):
    help = "Respond to Prometheus on METRICS_PORT until stopped. `serve` runs this command if METRICS_PORT is set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Accepted as by the other background commands.")
        parser.add_argument("--parent", type=int, metavar="PID", help="Stop when this parent process ends.")

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.METRICS_PORT is None:
            raise CommandError("METRICS_PORT is not set.")
        from prometheus_client import start_http_server  # noqa: PLC0415 - imported only if it is used

        from cinema.management.metrics import scraping  # noqa: PLC0415 - as above
        from cinema.runtime.metrics import files, locks  # noqa: PLC0415 - as above

        def merge_ended(*, at_most: int) -> int:  # noqa: ARG001 - all files are merged at once
            with locks.scrape(settings.METRICS_DIR):
                return min(files.merge_ended(settings.METRICS_DIR), 1)

        settings.METRICS_DIR.mkdir(parents=True, exist_ok=True)
        start_http_server(settings.METRICS_PORT, settings.METRICS_HOST, scraping.registry(settings.METRICS_DIR))
        loop([Task("metrics", "Files merged", merge_ended)], every=60, parent=options["parent"])
