"""Calls for two concurrent callers. They are not retried if the server is busy."""

from collections.abc import Callable, Sequence
from functools import partial

from cinema.booking import bookings, holds
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling
from cinema.models import Booking, Show, User

ONE = BestAvailable(count=1)


def booking(*labels: str, show: Show, by: User, key: str | None = None) -> Callable[[], Booking]:
    return partial(bookings.book, show_id=show.pk, labels=labels, by=by, key=key)


def holding(wanted: Sequence[str] | BestAvailable, show: Show, by: User) -> Callable[[], Booking]:
    return partial(holds.acquire, show_id=show.pk, wanted=wanted, by=by)


def confirming(hold: Booking) -> Callable[[], Booking]:
    return partial(bookings.confirm, booking_id=hold.pk, by=hold.user)


def extending(hold: Booking) -> Callable[[], Booking]:
    return partial(holds.extend, booking_id=hold.pk, by=hold.user)


def cancelling(booked: Booking, *labels: str) -> Callable[[], Booking]:
    return partial(bookings.cancel, booking_id=booked.pk, by=booked.user, labels=labels or None)


def cancelling_show(show: Show) -> Callable[[], Show]:
    return partial(scheduling.cancel, show_id=show.pk)


def releasing_expired() -> int:
    return holds.release_expired(at_most=100)
