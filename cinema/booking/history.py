"""The history of seats: what happened to them, when, and by whom. Written in the transaction of each change.

Staff read it to find out why a seat is not free. No sale depends on it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from cinema.accounts.models import User
from cinema.booking.models import Ticket, TicketEvent, TicketEventKind
from cinema.catalog.layouts import as_labeled
from cinema.catalog.models import Seat
from cinema.core.errors import NotFound

# A seat can be held and given back for ever; who asks wants to know what it is now, and why.
MOST_OF_A_SEAT = 200


def record(tickets: Iterable[Ticket], kind: TicketEventKind, *, at: datetime, by: User | None) -> None:
    """Put down that `kind` happened to each of `tickets`. Nobody: the clock did it, or a program."""
    kept = kind in {TicketEventKind.HELD, TicketEventKind.EXTENDED}
    TicketEvent.objects.bulk_create(
        TicketEvent(ticket=ticket, kind=kind, at=at, by=by, until=ticket.expires_at if kept else None)
        for ticket in tickets
    )


def record_expiry(tickets: Iterable[Ticket]) -> None:
    """Put down that these tickets ran out: each when its time was over, not when that was noticed."""
    TicketEvent.objects.bulk_create(
        TicketEvent(ticket=ticket, kind=TicketEventKind.EXPIRED, at=ticket.expires_at)
        for ticket in tickets
        if ticket.expires_at
    )


def of_seat(*, show_id: int, label: str) -> list[TicketEvent]:
    """What happened to the seat of a show with this label, typed in any case: the latest `MOST_OF_A_SEAT`, in order.

    Raises `NotFound` if the show never had such a seat.
    """
    label = as_labeled(label)
    events = _with_details().filter(ticket__show=show_id, ticket__seat__label=label)
    latest = list(events.order_by("-at", "-pk")[:MOST_OF_A_SEAT])
    # Of a screen that the show has left, events may be all that is left of a seat.
    if not latest and not Seat.objects.filter(screen__shows=show_id, label=label).exists():
        raise NotFound("seat of a show")
    return latest[::-1]


def of_bookings(booking_ids: Iterable[int]) -> QuerySet[TicketEvent]:
    """All that happened to the seats of these bookings, the earliest first."""
    return _with_details().filter(ticket__booking__in=booking_ids)


def _with_details() -> QuerySet[TicketEvent]:
    return TicketEvent.objects.select_related("by", "ticket__seat", "ticket__booking")
