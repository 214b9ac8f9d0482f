"""Calls for many concurrent buyers, and their results."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection

from cinema.booking import bookings, holds
from cinema.booking.models import ONE_LIVE_TICKET
from cinema.booking.seats import BestAvailable
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.concurrency.racing import retrying_if_busy


def users(count: int) -> list[User]:
    return [situations.a_user() for _ in range(count)]


def booking(show: Show, *labels: str, by: User, key: str | None = None) -> Callable[[], Booking]:
    return retrying_if_busy(partial(bookings.book, show_id=show.pk, labels=labels, by=by, key=key))


def holding(
    show: Show, wanted: Sequence[str] | BestAvailable, *, by: User, key: str | None = None
) -> Callable[[], Booking]:
    return retrying_if_busy(partial(holds.acquire, show_id=show.pk, wanted=wanted, by=by, key=key))


def confirming(hold: Booking, key: str | None = None) -> Callable[[], Booking]:
    return retrying_if_busy(partial(bookings.confirm, booking_id=hold.pk, by=hold.user, key=key))


def extending(hold: Booking, key: str | None = None) -> Callable[[], Booking]:
    return retrying_if_busy(partial(holds.extend, booking_id=hold.pk, by=hold.user, key=key))


def cancelling(booked: Booking, *labels: str, key: str | None = None) -> Callable[[], Booking]:
    return retrying_if_busy(
        partial(bookings.cancel, booking_id=booked.pk, by=booked.user, labels=labels or None, key=key)
    )


def releasing_expired(at_most: int = 100) -> Callable[[], int]:
    return retrying_if_busy(partial(holds.release_expired, at_most=at_most))


def won(results: Iterable[Any]) -> list[Booking]:
    return [result for result in results if isinstance(result, Booking)]


def lost(results: Iterable[Any]) -> Counter[type]:
    return Counter(type(result) for result in results if isinstance(result, Exception))


def owners(show: Show) -> Counter[str]:
    """The number of live tickets of each seat."""
    return Counter(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))


@contextmanager
def without_ticket_constraint() -> Iterator[None]:
    """Drop the constraint on tickets. Afterwards, delete all tickets and add it again."""
    constraint = next(c for c in Ticket._meta.constraints if c.name == ONE_LIVE_TICKET)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Ticket, constraint)
    try:
        yield
    finally:
        Ticket.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Ticket, constraint)
