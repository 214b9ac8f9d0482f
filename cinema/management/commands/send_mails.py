import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cinema.accounts import mails
from cinema.core.errors import Busy
from cinema.management import loops

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send the mails that wait: links to verify an e-mail address or to set a new password. What cannot be sent is "
        "tried again later, for a day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        loops.add_arguments(parser, every=2)

    def handle(self, *_: Any, **options: Any) -> None:
        if options["loop"]:
            loops.loop(
                mails.send_due,
                every=options["every"],
                parent=options["parent"],
                logger=logger,
                failed="mails not sent",
            )
            return
        try:
            self.stdout.write(f"Mails sent: {mails.send_due()}.")
        except (Busy, DatabaseError) as error:
            raise CommandError(str(error)) from error
