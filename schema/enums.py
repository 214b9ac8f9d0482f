"""The domain's choices as GraphQL enums; each value is described by the label it has in the domain."""

import strawberry
from django.db.models import TextChoices

from cinema.booking.models import BookingStatus, TicketEventKind, TicketStatus
from cinema.booking.status import SeatStatus, ShowStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ShowFormat

__all__ = ["BookingStatus", "SeatCategory", "SeatStatus", "ShowFormat", "ShowStatus", "TicketEventKind", "TicketStatus"]


def _described(choices: type[TextChoices], description: str) -> None:
    """Make an enum of the schema of `choices`, in place."""
    strawberry.enum(choices, description=description)
    for value in choices.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = str(choices[value.name].label)


_described(SeatCategory, "What kind of seat it is. Each kind has its price.")
_described(SeatStatus, "Whether a seat of a show can be had.")
_described(ShowFormat, "How the picture is shown.")
_described(ShowStatus, "Whether seats of a show can be booked.")
_described(BookingStatus, "How far a booking has got.")
_described(TicketEventKind, "What can happen to a seat of a show.")
_described(TicketStatus, "What a ticket is good for.")
