"""Releasing expired holds.

A hold expires by the database's clock, and its seats are free from then on: a buyer who wants one takes it over.
Releasing an expired hold only stores what is already true, so nothing depends on when it happens.
"""

from collections.abc import Iterable

from cinema.booking import history, locks, tickets
from cinema.booking.models import Booking, BookingStatus, Ticket
from cinema.core import clock


def release(booking_ids: Iterable[int]) -> int:
    """Release the expired holds among these bookings: mark them EXPIRED and free their seats. Returns how many.

    Requires a transaction.
    """
    bookings = locks.bookings(booking_ids)
    now = clock.now()
    expired_ids = [booking.pk for booking in bookings if booking.status != booking.status_at(now)]
    expired = list(Ticket.objects.unreleased().filter(booking__in=expired_ids).select_related("booking"))
    tickets.release_expired(expired)
    Booking.objects.filter(pk__in=expired_ids).update(status=BookingStatus.EXPIRED)
    history.record_expiry(expired)
    return len(expired_ids)
