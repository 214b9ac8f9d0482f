"""The locks of those who take and give back seats. All of them are held until the transaction ends.

Order: user, show, booking, tickets by seat. What each is for:

- the user's own row, so that two tabs of one person cannot pass a limit together;
- the show, *shared*: any number of buyers hold it at once and never wait for each other, but staff who change
  or cancel the show (`cinema.catalog.locks`) wait for the buyers under way, and keep new ones out meanwhile;
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
class ShowAtNow:
    """A show as it is, and what the database's clock says."""

    show: Show
    now: datetime


def user(user: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def show_for_buying(pk: int) -> ShowAtNow:
    """The show, shared with other buyers and kept from those who would change it. Raises `NotFound`."""
    # FOR KEY SHARE is what a ticket's foreign key takes anyway, but only at commit; taken now, it covers what is read.
    lock = "FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    shows = Show.objects.raw(f'SELECT * FROM "{Show._meta.db_table}" WHERE id = %s {lock}', [pk])  # noqa: S608
    for show in shows:
        return ShowAtNow(show, clock.now())
    raise NotFound("show")


def booking_of(user: User, pk: int) -> Booking:
    """The user's booking, kept from whoever else would change it. Raises `NotFound`."""
    found = Booking.objects.select_for_update(no_key=True).filter(pk=pk, user=user).first()
    if found is None:
        raise NotFound("booking")
    return found


def bookings(pks: Iterable[int]) -> list[Booking]:
    return list(Booking.objects.select_for_update(no_key=True).filter(pk__in=set(pks)).order_by("pk"))
