"""Seats in a show, with their identity, price and current status.

A seat of the current plan is identified by the show and its label. It keeps its identity if the plan moves the seat or
changes its category. A ticket can also be for a seat that is no longer in the plan: after the plan of a show that has
ended was changed, for example. Such a seat has an identity of its own, because its label may belong to another seat.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cinema.accounts.models import User
from cinema.booking.models import Ticket
from cinema.booking.sql import SHOW_SEATS_OF_TICKETS, SHOW_SEATS_WITH_LABELS, SHOW_SEATS_WITH_TICKETS
from cinema.booking.status import SeatStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.prices import in_currency
from cinema.core import sql
from cinema.core.money import Money

_KEY = re.compile(r"([0-9]{1,19}):([A-Z]{1,4}[0-9]{1,3})(?::([0-9]{1,19}))?")
# The largest integer that both databases accept.
_MAX_INTEGER = 2**63 - 1
_FIELDS = (None, None, None, sql.AMOUNT, *[None] * 12)


class Key(NamedTuple):
    """The identity of a seat in a show. `seat_id` is set if the seat is not in the plan of the show's screen."""

    show_id: int
    label: str
    seat_id: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        """The key with this text, or None if there is no such key."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        show, label, seat = match.groups()
        key = cls(int(show), label, int(seat) if seat else None)
        return key if max(key.show_id, key.seat_id or 0) <= _MAX_INTEGER else None


class ShowSeat(NamedTuple):
    show_id: int
    label: str
    row: str
    number: int
    column: int
    category: SeatCategory
    # See `PlannedSeat.unit`. None for a seat that is sold alone.
    unit: str | None
    price: Money
    status: SeatStatus
    # The key of the user with a hold or a booking of it.
    owner_id: int | None
    # Its key if it is not in the current plan.
    seat_id: int | None = None
    # Whether the owner is the viewer; see `as_seen_by`.
    mine: bool = False

    @property
    def key(self) -> Key:
        return Key(self.show_id, self.label, self.seat_id)

    def is_of(self, viewer: User | None) -> bool:
        """Whether `viewer` has a hold or a booking of it."""
        return viewer is not None and self.owner_id == viewer.pk

    def as_seen_by(self, viewer: User | None) -> "ShowSeat":
        """With `mine` for this viewer."""
        return self._replace(mine=True) if self.is_of(viewer) else self


def taken_status(owner_id: int | None, *, is_held: bool) -> SeatStatus:
    """The status of a seat with a live ticket. A block has no owner."""
    if owner_id is None:
        return SeatStatus.BLOCKED
    return SeatStatus.HELD if is_held else SeatStatus.BOOKED


def free_status(*, is_cancelled: bool) -> SeatStatus:
    """The status of a seat without a live ticket. A cancelled show has no available seats."""
    return SeatStatus.BLOCKED if is_cancelled else SeatStatus.AVAILABLE


def of_tickets(tickets: Iterable[Ticket]) -> Mapping[int, ShowSeat]:
    """The current state of the seat of each ticket, by the key of the ticket. Takes one query."""
    rows = sql.fetch(SHOW_SEATS_OF_TICKETS, {"tickets": [ticket.pk for ticket in tickets]}, _FIELDS)
    return {ticket_id: _show_seat(row) for ticket_id, *row in rows}


def with_keys(keys: Iterable[Key]) -> Mapping[Key, ShowSeat]:
    """The current state of those of the seats that exist. Takes at most one query for each kind of key."""
    keys = set(keys)
    current = [key for key in keys if key.seat_id is None]
    others = [key for key in keys if key.seat_id is not None]
    rows: list[Sequence[Any]] = []
    if current:
        named = {"shows": [key.show_id for key in current], "labels": [key.label for key in current]}
        rows += sql.fetch(SHOW_SEATS_WITH_LABELS, named, _FIELDS)
    if others:
        named = {"shows": [key.show_id for key in others], "seats": [key.seat_id for key in others]}
        rows += sql.fetch(SHOW_SEATS_WITH_TICKETS, named, _FIELDS)
    found = (_show_seat(row) for _, *row in rows)
    return {seat.key: seat for seat in found if seat.key in keys}


def _show_seat(row: Sequence[Any]) -> ShowSeat:
    (
        show_id,
        is_cancelled,
        amount,
        currency,
        owner_id,
        is_taken,
        is_held,
        is_in_plan,
        seat_id,
        label,
        row_label,
        number,
        column,
        category,
        unit,
    ) = row
    status = (
        taken_status(owner_id, is_held=is_held)
        if is_taken
        else free_status(is_cancelled=is_cancelled or not is_in_plan)
    )
    return ShowSeat(
        show_id,
        label,
        row_label,
        number,
        column,
        SeatCategory(category),
        unit or None,
        in_currency(amount, currency),
        status,
        owner_id,
        None if is_in_plan else seat_id,
    )
