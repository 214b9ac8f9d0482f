"""Holds that ran out.

A hold is over when the database's clock says so, and its seats are free from then on: whoever wants one takes it
over. Nothing depends on anybody noticing in time; to notice only writes down what is so already.
"""

from collections.abc import Iterable

from cinema.booking import history, locks, tickets
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.core import clock


def release(booking_ids: Iterable[int]) -> int:
    """Write down which of these bookings are holds that ran out, and free their seats; how many.

    Requires a transaction.
    """
    bookings = locks.bookings(booking_ids)
    now = clock.now()
    over = [each.pk for each in bookings if each.status != each.status_at(now)]
    expired = list(Ticket.objects.unreleased().filter(booking__in=over))
    tickets.release_expired(expired)
    Booking.objects.filter(pk__in=over).update(status=BookingStatus.EXPIRED)
    history.record_expiry(expired)
    return len(over)
