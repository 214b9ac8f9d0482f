import logging
import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cinema.accounts.models import User
from cinema.management import ports, readiness
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.metrics.starting import start_metrics
from cinema.management.supervision import BACKGROUND_COMMANDS, background
from cinema.runtime.metrics import locks
from cinema.runtime.shared_counts import shared_with_processes
from cinema.runtime.worker_processes import one_for_each_cpu

logger = logging.getLogger(__name__)

SECONDS_TO_FINISH = 10
# The maximum number of connections that wait to be accepted.
BACKLOG = 1024
# Its messages, such as those about workers that crash, have the format of the log, and nothing personal.
_LOG_OF_HTTP_SERVER = {
    "formatters": {},
    "handlers": {},
    "filters": {"crashes": {"()": "cinema.management.supervision.CrashesOfWorkers"}},
    "loggers": {"_granian": {"handlers": [], "filters": ["crashes"], "propagate": True}},
}


class Command(BaseCommand):
    help = "Serve the API and the pages over HTTP until Ctrl-C or SIGTERM. Runs `work` and `tidy` in the background."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="The address to listen on (127.0.0.1).")
        parser.add_argument("--port", type=int, default=8000, help="The port to listen on (8000).")
        parser.add_argument("--workers", type=_positive, default=2, help="The number of worker processes (2).")
        parser.add_argument(
            "--no-background",
            action="store_true",
            help="Do not run `work` and `tidy`. Run `work --loop` and `tidy --loop` as separate services.",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        with ExitStack() as reservations:
            reservations.enter_context(ports.reserved(options["host"], options["port"]))
            if settings.METRICS_PORT is not None:
                reservations.enter_context(ports.reserved(settings.METRICS_HOST, settings.METRICS_PORT))
            self._check_is_useful()
            self._serve(**options)
        if settings.LOG_FORMAT == "json":
            logger.info("stopped")
        else:
            self.stdout.write("Stopped.")

    def _serve(self, *, host: str, port: int, workers: int, no_background: bool, **_: Any) -> None:
        if settings.DEBUG:
            # Links in emails lead to this server. The processes that it starts read the settings again.
            os.environ.setdefault("FRONT_END_URL", f"http://localhost:{port}")
        server = Granian(
            "config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            # With automatic detection, the server would wait without a limit for a client that sends nothing.
            http=HTTPModes.http1,
            websockets=True,
            workers=workers,
            # The number of open connections: WebSockets, and the default number for requests.
            backpressure=settings.SOCKETS + BACKLOG // workers,
            backlog=BACKLOG,
            log_level=LogLevels.warning,
            log_dictconfig=_LOG_OF_HTTP_SERVER,
            respawn_failed_workers=True,
            # A worker that is starting does not receive the signal to stop. The others finish their requests.
            workers_kill_timeout=SECONDS_TO_FINISH,
        )
        server.on_startup(lambda: self._greet(host, port))
        # When the server has started, it handles both signals itself, even if SIGINT was ignored before.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        commands: tuple[str, ...] = () if no_background else BACKGROUND_COMMANDS
        if settings.METRICS_PORT is not None:
            commands += ("metrics",)
        with (
            _metrics_directory(),
            suppress(KeyboardInterrupt),
            shared_with_processes(),
            one_for_each_cpu(workers if settings.PIN_WORKERS else 0),
            background(commands),
        ):
            server.serve()

    def _check_is_useful(self) -> None:
        """Raises `CommandError` if the database has no tables for this release, or no limits.

        Other problems are only reported: a database or Redis that cannot be reached may be starting, and the API needs
        no static files.
        """
        problems = readiness.problems()
        for part in ("migrations", "limits"):
            if part in problems and "database" not in problems:
                raise CommandError(problems[part])
        for part, problem in problems.items():
            if settings.LOG_FORMAT == "json":
                logger.warning("not ready (%s): %s", part, problem)
            else:
                self.stderr.write(f"Not ready ({part}): {problem}")

    def _greet(self, host: str, port: int) -> None:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if settings.LOG_FORMAT == "json":
            logger.info("listening at %s", address)
        else:
            self._print(address)
        # The workers are forked after this, and a connection must not be shared with them.
        connections.close_all()

    def _print(self, address: str) -> None:
        self.stdout.write(f"Front page        {address}/")
        self.stdout.write(f"API and explorer  {address}/graphql")
        self.stdout.write(f"Staff pages       {address}/admin/")
        with suppress(DatabaseError):
            self._name_demo_accounts()
        self.stdout.write("Press Ctrl-C to stop.")
        self.stdout.flush()

    def _name_demo_accounts(self) -> None:
        for account in DEMO_ACCOUNTS:
            if settings.DEBUG and User.objects.known_as(account.username).exists():
                role = "staff" if account.is_staff else "customer"
                self.stdout.write(f"Demo account      {account.username} / {DEMO_PASSWORD}  ({role})")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


@contextmanager
def _metrics_directory() -> Iterator[None]:
    """Raises `CommandError` if metrics are on and another server uses METRICS_DIR."""
    if not settings.METRICS:
        yield
        return
    try:
        with locks.server(settings.METRICS_DIR):
            start_metrics()
            yield
    except locks.InUse as error:
        raise CommandError(f"Another server uses METRICS_DIR, {settings.METRICS_DIR}.") from error
    except OSError as error:
        raise CommandError(f"Cannot write to METRICS_DIR, {settings.METRICS_DIR}: {error.strerror}.") from error
