"""The locks of booking. Each is held until the transaction ends.

They are always taken in this order: user, client, show, bookings by key, tickets by seat.

- The user's row: one user's calls run one after the other, so that two of them cannot exceed a limit together and a
  repeated call waits for the first.
- The client, for holds: calls from one network address that hold seats run one after the other, so that two of them
  cannot exceed its limit together.
- The show's row, shared: any number of buyers can hold it at the same time. Staff who change or cancel the show
  (`cinema.catalog.locks`) wait for them, and new buyers wait for staff.
- The show's row, for picking: best-available calls of a show run one after the other, because they would otherwise
  all pick the same seats. Buyers who name their seats neither wait for them nor make them wait.
- The booking's row: changes of a booking run one after the other.

No lock decides who gets a seat: the constraint on tickets does.

SQLite has one writer at a time, which is stricter than all of these. There the functions only read.

On PostgreSQL, the functions that sell seats in one statement take the first locks themselves: see `SELL` and `HOLD` in
`sql`. For picked seats, `HOLD` takes the lock for picking, and holds nothing if it would have to wait.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cinema.accounts import locks as account_locks
from cinema.accounts.models import User
from cinema.booking.models import Booking
from cinema.booking.sql import CLIENT, SHOW_FOR_BUYING, SHOW_FOR_PICKING
from cinema.catalog.models import Show, Theater
from cinema.core import clock, sql
from cinema.core.errors import NotFound


@dataclass(frozen=True)
class LockedBooking:
    """A locked booking with its locked show and its theater, and the time by the database's clock after the locks."""

    booking: Booking
    theater: Theater
    now: datetime


def user(user: User) -> None:
    """Lock the user. Raises `NotFound` if the user was deleted."""
    account_locks.user_unread(user.pk)


def client(hashed: str | None) -> None:
    """Lock the client with this hash."""
    # It has no row, because an address is stored only as long as its holds are open.
    if hashed is not None and connection.vendor == "postgresql":
        sql.fetch(CLIENT, {"client": hashed})


def show_for_buying(pk: int) -> Show:
    """The show, locked against changes; any number of buyers share the lock. Raises `NotFound`."""
    # A ticket's foreign key takes the same lock, but only at commit; taken now, it also covers what is read before.
    return _show(SHOW_FOR_BUYING, pk)


def show_for_picking(pk: int) -> Show:
    """The show, for a best-available call: one at a time; shared with buyers who name seats. Raises `NotFound`."""
    # Not FOR UPDATE: that would conflict with the FOR KEY SHARE of other buyers.
    return _show(SHOW_FOR_PICKING, pk)


def booking_of(user: User, pk: int) -> LockedBooking:
    """The user's own booking, locked, and its show, shared. Raises `NotFound`."""
    bookings = Booking.objects.filter(pk=pk, user=user)
    show_id = bookings.values_list("show", flat=True).first()
    if show_id is None:
        raise NotFound("booking")
    show = show_for_buying(show_id)
    booking = bookings.select_for_update(no_key=True, of=("self",)).select_related("show__screen__theater").get()
    # The locked show is the same row.
    show.screen = booking.show.screen
    booking.show = show
    return LockedBooking(booking, show.screen.theater, clock.now())


def _show(statement: str, pk: int) -> Show:
    for row in sql.fetch(statement, {"show": pk}, sql.fields(Show)):
        return sql.instance(Show, row)
    raise NotFound("show")


def bookings(pks: Iterable[int]) -> list[Booking]:
    """These bookings, locked in the order of their keys."""
    return list(Booking.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk"))


def expired_unreleased_holds(at_most: int) -> list[Booking]:
    """The holds that expired first, `at_most` of them, locked. Those locked by other transactions are skipped."""
    holds = Booking.objects.select_for_update(no_key=True, skip_locked=True).expired_unreleased()
    return list(holds.order_by("expires_at")[:at_most])
