"""The locks of those who take and give back seats. All of them are held until the transaction ends.

Order: user, show, bookings by key, tickets by seat. What each is for:

- the user's own row, so that two tabs of one person cannot pass a limit together, and a call sent twice waits for
  itself;
- the show, *shared*: any number of buyers hold it at once and never wait for each other, but staff who change
  or cancel the show (`cinema.catalog.locks`) wait for the buyers under way, and keep new ones out meanwhile;
- the show, *for picking*: those for whom the server chooses do so one after the other, or they would all choose the
  same seats; buyers who name their seats do not wait for them, nor they for those;
- the booking, so that two who change it do so one after the other.

No lock decides who gets a seat. The constraint on tickets does.

SQLite has one writer at a time, which is more than any of these; there they only read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cinema.accounts.models import User
from cinema.booking.models import Booking
from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.errors import NotFound


@dataclass(frozen=True)
class LockedShow:
    """A show as it is, and what the database's clock says."""

    show: Show
    now: datetime


@dataclass(frozen=True)
class LockedBooking:
    """A booking as it is, with its show as it is, and what the database's clock says."""

    booking: Booking
    now: datetime


def user(user: User) -> None:
    """Keep the user's other calls waiting. Raises `NotFound`: of somebody who has just been deleted."""
    if User.objects.select_for_update(no_key=True).filter(pk=user.pk).first() is None:
        raise NotFound("user")


def shared_show(pk: int) -> Show:
    """The show, kept from those who would change it; any number share it. Raises `NotFound`."""
    # FOR KEY SHARE is what a ticket's foreign key takes anyway, but only at commit; taken now, it covers what is read.
    lock = "FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    shows = Show.objects.raw(f'SELECT * FROM "{Show._meta.db_table}" WHERE id = %s {lock}', [pk])  # noqa: S608
    for show in shows:
        return show
    raise NotFound("show")


def show_for_buying(pk: int) -> LockedShow:
    """The show for those who name their seats, shared with all other buyers. Raises `NotFound`."""
    return LockedShow(shared_show(pk), clock.now())


def show_for_picking(pk: int) -> LockedShow:
    """The show for those whose seats are chosen, one after the other; shared with those who name theirs.

    Raises `NotFound`.
    """
    # Not FOR UPDATE: that would keep out the buyers' FOR KEY SHARE as well.
    show = Show.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if show is None:
        raise NotFound("show")
    return LockedShow(show, clock.now())


def booking_of(user: User, pk: int) -> LockedBooking:
    """The user's booking, kept from whoever else would change it, and its show, shared. Raises `NotFound`."""
    bookings = Booking.objects.filter(pk=pk, user=user)
    show_id = bookings.values_list("show", flat=True).first()
    if show_id is None:
        raise NotFound("booking")
    show = shared_show(show_id)
    booking = bookings.select_for_update(no_key=True).get()
    booking.show = show
    return LockedBooking(booking, clock.now())


def bookings(pks: Iterable[int]) -> list[Booking]:
    return list(Booking.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk"))


def expired_unreleased_holds(at_most: int) -> list[Booking]:
    """Holds that ran out longest ago, without those that somebody is working on at this moment."""
    holds = Booking.objects.select_for_update(no_key=True, skip_locked=True).expired_unreleased()
    return list(holds.order_by("expires_at")[:at_most])
