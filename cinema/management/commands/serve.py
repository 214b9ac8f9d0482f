import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cinema.accounts.models import User
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

SECONDS_TO_FINISH = 10
# Connections that wait to be taken.
BACKLOG = 1024


# What runs meanwhile, each in a process of its own. Not threads: the server forks, and an open connection to the
# database does not survive that.
COMPANIONS = ("release_expired_holds", "send_mails")


@contextmanager
def accompanied() -> Iterator[None]:
    """Meanwhile holds that ran out are released, and mails are sent."""
    processes = [_companion(command) for command in COMPANIONS]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _companion(command: str) -> subprocess.Popen[bytes]:
    arguments = [sys.executable, "manage.py", command, "--loop", "--parent", str(os.getpid())]
    # In a session of its own, so that Ctrl-C reaches the server alone, which then ends this in its turn.
    return subprocess.Popen(arguments, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


class Command(BaseCommand):
    help = "Serve the API and the staff's pages over HTTP until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=2, help="processes (2)")

    def handle(self, *_: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        server = Granian(
            "config.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            # A connection that has not said which version it speaks would be waited for without end.
            http=HTTPModes.http1,
            websockets=True,
            workers=options["workers"],
            # How many connections may be waited on at a time. Sockets leave as many to requests as there were without.
            backpressure=settings.SOCKETS + BACKLOG // options["workers"],
            backlog=BACKLOG,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            # A process that is told to stop before it has started does not hear it; the others finish what they do.
            workers_kill_timeout=SECONDS_TO_FINISH,
        )
        server.on_startup(lambda: self._greet(host, port))
        with accompanied():
            server.serve()
        self.stdout.write("Stopped.")

    def _greet(self, host: str, port: int) -> None:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self.stdout.write(f"Front page        {address}/")
        self.stdout.write(f"API and explorer  {address}/graphql")
        self.stdout.write(f"Staff's pages     {address}/admin/")
        for account in DEMO_ACCOUNTS:
            if settings.DEBUG and User.objects.known_as(account.username).exists():
                role = "staff" if account.is_staff else "customer"
                self.stdout.write(f"Demo account      {account.username} / {DEMO_PASSWORD}  ({role})")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()
