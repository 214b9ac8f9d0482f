"""The one module that writes tickets. Each write announces that the seats of the show changed.

Every function requires a transaction. What happened is recorded in `history` by the caller.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from cinema.booking.events import SeatsChanged
from cinema.booking.models import Ticket
from cinema.core import events, sql


def insert(tickets: Sequence[Ticket]) -> None:
    """Store new tickets, in this order. Raises `IntegrityError` if a seat is occupied."""
    sql.insert(tickets)
    _announce(tickets)


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


def release_expired(tickets: Sequence[Ticket]) -> None:
    """Free the seats of expired tickets, as of the moment each expired."""
    _update(tickets, released_at=F("expires_at"))


def _update(tickets: Sequence[Ticket], **values: Any) -> None:
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(**values)
    _announce(tickets)


def _announce(tickets: Iterable[Ticket]) -> None:
    show_ids = frozenset(ticket.show_id for ticket in tickets)
    if show_ids:
        events.publish(SeatsChanged(show_ids))
