"""The history of seats: events with their times and users. Written in the transaction of each change.

Staff read it to find out why a seat is not free. No sale depends on it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from cinema.accounts.models import User
from cinema.booking.events import TicketsRecorded
from cinema.booking.models import Ticket, TicketEvent, TicketEventKind
from cinema.catalog.layouts import normalize_label
from cinema.catalog.models import Seat
from cinema.core import events, sql
from cinema.core.errors import NotFound

# A seat can be held and released any number of times; the latest events explain its state.
MAX_EVENTS_PER_SEAT = 200


def record(tickets: Sequence[Ticket], kind: TicketEventKind, *, at: datetime, by: User | None) -> None:
    """Record that `kind` happened to each ticket. `by` is None if the server did it."""
    is_held = kind in {TicketEventKind.HELD, TicketEventKind.EXTENDED}
    sql.insert(
        [
            TicketEvent(ticket=ticket, kind=kind, at=at, by=by, held_until=ticket.expires_at if is_held else None)
            for ticket in tickets
        ]
    )
    announce(tickets, kind)


def record_expiry(tickets: Sequence[Ticket]) -> None:
    """Record that these tickets expired: each at its `expires_at`, not at the present time."""
    sql.insert(
        [
            TicketEvent(ticket=ticket, kind=TicketEventKind.EXPIRED, at=ticket.expires_at)
            for ticket in tickets
            if ticket.expires_at
        ]
    )
    announce(tickets, TicketEventKind.EXPIRED)


def announce(tickets: Sequence[Ticket], kind: TicketEventKind) -> None:
    """Publish that events of this kind were stored for these tickets."""
    if tickets:
        bookings = {ticket.booking_id for ticket in tickets if ticket.booking_id is not None}
        events.publish(TicketsRecorded(str(kind), seats=len(tickets), bookings=len(bookings)))


def of_seat(*, show_id: int, label: str) -> list[TicketEvent]:
    """The latest `MAX_EVENTS_PER_SEAT` events of a seat of a show, earliest first. The case of `label` is ignored.

    Raises `NotFound` if the show never had such a seat.
    """
    label = normalize_label(label)
    recorded = _with_details().filter(ticket__show=show_id, ticket__seat__label=label)
    latest = list(recorded.order_by("-at", "-pk")[:MAX_EVENTS_PER_SEAT])
    # The show may have moved to another screen; events of seats of the earlier screen remain.
    if not latest and not Seat.objects.filter(screen__shows=show_id, label=label).exists():
        raise NotFound("seat of a show")
    return latest[::-1]


def of_bookings(booking_ids: Iterable[int]) -> QuerySet[TicketEvent]:
    """The events of the seats of these bookings, earliest first."""
    return _with_details().filter(ticket__booking__in=booking_ids)


def _with_details() -> QuerySet[TicketEvent]:
    return TicketEvent.objects.select_related("by", "ticket__seat", "ticket__booking")
