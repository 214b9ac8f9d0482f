"""What a sale depends on, read in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cinema.accounts.models import User
from cinema.booking.rules import rules
from cinema.booking.sql import QUOTE
from cinema.catalog.models import Price, Seat, Show, Theater
from cinema.core import sql

_THEATER_FIELDS = sql.fields(Theater)
_SEAT_FIELDS = [Price._meta.get_field("amount"), None, None, *sql.fields(Seat)]
FIELDS = [sql.TIME, *_THEATER_FIELDS, None, None, None, *_SEAT_FIELDS]


@dataclass(frozen=True)
class Quote:
    """Seats of a show that a user wants, and what decides whether the user can have them."""

    labels: Sequence[str]
    show: Show
    by: User
    # When the rest was read, by the database's clock.
    now: datetime
    theater: Theater
    plan_version: int
    # How many seats of the show and how many open holds the user has.
    already_taken: int
    open_holds: int
    # Of the labels that exist, in plan order, with their prices by category.
    seats: list[Seat]
    prices: Mapping[str, Decimal]
    # The labels of those that are taken.
    taken: list[str]
    # Whether there are unreleased tickets for some of the seats: they are taken, or their holds have expired.
    in_the_way: bool


def read(labels: Sequence[str], *, show: Show, by: User) -> Quote:
    """Read what a sale depends on, in one statement. The user and the show must be locked."""
    return of_rows(
        sql.fetch(QUOTE, parameters(labels, show_id=show.pk, by=by), FIELDS), labels=labels, show=show, by=by
    )


def parameters(labels: Sequence[str], *, show_id: int, by: User) -> dict[str, Any]:
    """The parameters of `QUOTE`."""
    # More seats than the limit are refused in any case.
    read = list(labels) if len(labels) <= rules().seats_per_user_and_show else []
    return {"show": show_id, "user": by.pk, "labels": read}


def of_rows(rows: Sequence[Sequence[Any]], *, labels: Sequence[str], show: Show, by: User) -> Quote:
    """The quote in rows of `QUOTE`, whose values were converted as for `FIELDS`."""
    now, *first = rows[0]
    theater = sql.instance(Theater, first[: len(_THEATER_FIELDS)])
    plan_version, already_taken, open_holds, *_ = first[len(_THEATER_FIELDS) :]
    # If no label exists, there is one row, with nulls for the seat.
    of_seats = [row[-len(_SEAT_FIELDS) :] for row in rows]
    found = [row for row in of_seats if any(row[3:])]
    wanted = [sql.instance(Seat, seat) for _, _, _, *seat in found]
    return Quote(
        labels=labels,
        show=show,
        by=by,
        now=now,
        theater=theater,
        plan_version=plan_version,
        already_taken=already_taken,
        open_holds=open_holds,
        seats=wanted,
        prices={seat.category: price for seat, (price, *_) in zip(wanted, found, strict=True)},
        taken=[seat.label for seat, (_, _, is_live, *_) in zip(wanted, found, strict=True) if is_live],
        in_the_way=any(is_unreleased for _, is_unreleased, *_ in found),
    )
