"""Old tickets and shows, for tests of seat changes."""

from datetime import UTC, datetime

from cinema.core import clock
from cinema.models import Show, Ticket

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def backdate_tickets() -> datetime:
    """Make all changes older than any margin, and return the cursor of a seat map that is read now."""
    Ticket.objects.update(changed_at=LONG_AGO)
    Show.objects.exclude(changed_at=None).update(changed_at=LONG_AGO)
    return clock.now()
