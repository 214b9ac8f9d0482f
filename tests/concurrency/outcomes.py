"""The outcome of two concurrent calls: their order, their results, and the stored state."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cinema.booking import queries
from cinema.catalog.layouts import SeatCategory
from cinema.models import Booking, Show, Ticket, TicketEvent
from tests import situations

PRICE = situations.PRICES[SeatCategory.STANDARD]
FREE = Decimal(0)

# The name of the caller that was first, and the results by the name of the caller.
Outcome = tuple[str, dict[str, Any]]
RunBoth = Callable[..., Outcome]


def owners(show: Show) -> dict[str, str]:
    """The owner of each seat that is not free."""
    live = Ticket.objects.live().filter(show=show).select_related("seat", "booking__user")
    unreleased = Ticket.objects.unreleased().filter(show=show).values_list("seat__label", flat=True)
    assert max(Counter(unreleased).values(), default=0) <= 1, "two tickets of one seat are unreleased"
    return {ticket.seat.label: ticket.booking.user.username if ticket.booking else "staff" for ticket in live}


def state(booking: Booking) -> tuple[str, Decimal]:
    """The status by the clock, and the total."""
    booking.refresh_from_db()
    return queries.booking_states([booking])[booking.pk].status.value, booking.total


def booking_count(show: Show) -> int:
    return Booking.objects.filter(show=show).count()


def events(booking: Booking) -> list[str]:
    return list(TicketEvent.objects.filter(ticket__booking=booking).order_by("pk").values_list("kind", flat=True))


def is_refusal(result: Any, kind: type[Exception], **facts: Any) -> bool:
    return type(result) is kind and {name: getattr(result, name) for name in facts} == facts
