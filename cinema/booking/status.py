"""The statuses of a show and of its seats."""

from django.db.models import TextChoices


class ShowStatus(TextChoices):
    ON_SALE = "ON_SALE", "Seats can be booked"
    SOLD_OUT = "SOLD_OUT", "Every seat is taken; one may come free"
    CLOSED = "CLOSED", "Too late to book: the show is about to start, running, or over"
    CANCELLED = "CANCELLED", "The show has been called off"

    def __str__(self) -> str:
        return self.value.lower().replace("_", " ")


class SeatStatus(TextChoices):
    AVAILABLE = "AVAILABLE", "Free"
    HELD = "HELD", "Kept for a buyer for a few minutes"
    BOOKED = "BOOKED", "Sold"
    BLOCKED = "BLOCKED", "Not for sale: kept back by staff"
