"""The domain's choices as GraphQL enums; each value is described by the label it has in the domain."""

from typing import TypeVar

import strawberry
from django.db.models import TextChoices

from cinema.booking.models import BookingStatus, TicketStatus
from cinema.booking.status import SeatStatus, ShowStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ShowFormat

Choices = TypeVar("Choices", bound=type[TextChoices])


def _described(choices: Choices, description: str) -> Choices:
    enum = strawberry.enum(choices, description=description)
    for value in enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = str(choices[value.name].label)
    return enum


SeatCategory = _described(SeatCategory, "What kind of seat it is. Each kind has its price.")
SeatStatus = _described(SeatStatus, "Whether a seat of a show can be had.")
ShowFormat = _described(ShowFormat, "How the picture is shown.")
ShowStatus = _described(ShowStatus, "Whether seats of a show can be booked.")
BookingStatus = _described(BookingStatus, "How far a booking has got.")
TicketStatus = _described(TicketStatus, "What a ticket is good for.")
