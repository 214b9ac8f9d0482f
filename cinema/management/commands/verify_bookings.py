import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cinema.booking import promises
from cinema.booking.models import ONE_LIVE_TICKET
from cinema.management.statements import without_time_limit


class Command(BaseCommand):
    help = (
        "Check that the stored bookings keep every promise. Run it after a restore or an incident. It changes nothing."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        began = time.monotonic()
        try:
            with without_time_limit():
                is_missing = not promises.has_constraint()
                violations = promises.violations()
        except DatabaseError as error:
            raise CommandError(f"The bookings cannot be read: {error}") from error
        if is_missing:
            self.stdout.write(f"BROKEN  The constraint {ONE_LIVE_TICKET} does not exist.")
        for violation in violations:
            self.stdout.write(f"BROKEN  {violation.promise.text}: {violation.count} times")
            for example in violation.examples:
                self.stdout.write(f"        {example}")
        if is_missing or violations:
            raise CommandError(f"{is_missing + len(violations)} promises are broken.")
        seconds = time.monotonic() - began
        self.stdout.write(f"All {len(promises.PROMISES)} promises are kept. Checked in {seconds:.1f} s.")
