"""The one module that writes tickets. Each write announces that the seats of the show changed.

Every function but `sell` requires a transaction, and tickets with their bookings loaded. A new ticket is stored with
its first event. Later events are recorded in `history` by the caller.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from cinema.accounts.models import User
from cinema.booking import history
from cinema.booking.events import SeatsChanged, TicketsRecorded
from cinema.booking.models import Booking, Ticket, TicketEventKind
from cinema.booking.sql import SALE
from cinema.core import events, sql
from cinema.core.transactions import own_statement


def insert(tickets: Sequence[Ticket], kind: TicketEventKind, *, at: datetime, by: User | None) -> None:
    """Store new tickets in this order, each with an event of this kind. Raises `IntegrityError` if a seat is taken."""
    sql.insert(tickets)
    history.record(tickets, kind, at=at, by=by)
    _announce(tickets)


def sell(statement: str, parameters: Mapping[str, Any]) -> list[Sequence[Any]]:
    """The rows of `SELL` or `HOLD`, in a transaction of its own.

    Raises `IntegrityError` if another transaction was faster.
    """
    with own_statement():
        rows = sql.fetch(statement, parameters)
        if rows and rows[0][-1]:
            events.publish(SeatsChanged(frozenset({parameters["show"]}), frozenset({parameters["user"]})))
            events.publish(TicketsRecorded(parameters["status"], seats=len(rows), bookings=1))
        return rows


def insert_with_booking(booking: Booking, tickets: Sequence[Ticket], kind: TicketEventKind) -> None:
    """Store a new booking, and its tickets as `insert` does."""
    if connection.vendor == "postgresql":
        _insert_in_one_statement(booking, tickets, kind)
        _announce(tickets)
    else:
        sql.insert([booking])
        for ticket in tickets:
            ticket.booking = booking
        insert(tickets, kind, at=booking.created_at, by=booking.user)


def occupy_again(tickets: Sequence[Ticket]) -> None:
    """Make expired tickets live again, without expiry. Raises `IntegrityError` if a seat is occupied."""
    _update(tickets, released_at=None, expires_at=None)


def confirm(tickets: Sequence[Ticket]) -> None:
    """Make held tickets permanent."""
    _update(tickets, expires_at=None)


def extend(tickets: Sequence[Ticket], *, expires_at: datetime) -> None:
    """Let held tickets expire at `expires_at`; it is set on the instances, too."""
    _update(tickets, expires_at=expires_at)
    for ticket in tickets:
        ticket.expires_at = expires_at


def release(tickets: Sequence[Ticket], *, at: datetime) -> None:
    """Free the seats of cancelled tickets and of blocks."""
    _update(tickets, released_at=at)


def release_moved(tickets: Sequence[Ticket], *, at: datetime) -> None:
    """Free the seats of tickets whose buyers get new ones, with the prices of these."""
    _update(tickets, released_at=at, price=0)


def release_expired(tickets: Sequence[Ticket]) -> None:
    """Free the seats of expired tickets, as of the moment each expired."""
    _update(tickets, released_at=F("expires_at"))


def _insert_in_one_statement(booking: Booking, tickets: Sequence[Ticket], kind: TicketEventKind) -> None:
    rows = sql.fetch(
        SALE,
        {
            "user": booking.user_id,
            "show": booking.show_id,
            "reference": booking.reference,
            "status": str(booking.status),
            "total": booking.total,
            "currency": booking.currency,
            "at": booking.created_at,
            "expires_at": booking.expires_at,
            "confirmed_at": booking.confirmed_at,
            "seats": [ticket.seat_id for ticket in tickets],
            "prices": [ticket.price for ticket in tickets],
            "kind": str(kind),
        },
    )
    booking_id, *_ = rows[0]
    ticket_ids = {seat_id: ticket_id for _, ticket_id, seat_id in rows}
    sql.set_stored(booking, booking_id)
    for ticket in tickets:
        ticket.booking = booking
        sql.set_stored(ticket, ticket_ids[ticket.seat_id])
    history.announce(tickets, kind)


def _update(tickets: Sequence[Ticket], **values: Any) -> None:
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(**values)
    _announce(tickets)


def _announce(tickets: Sequence[Ticket]) -> None:
    show_ids = frozenset(ticket.show_id for ticket in tickets)
    # The callers have loaded the bookings. A block has none.
    user_ids = frozenset(ticket.booking.user_id for ticket in tickets if ticket.booking)
    if show_ids:
        events.publish(SeatsChanged(show_ids, user_ids))
