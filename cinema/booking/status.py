"""The statuses of a show and of its seats."""

from django.db.models import TextChoices


class ShowStatus(TextChoices):
    ON_SALE = "ON_SALE", "Seats can be booked"
    SOLD_OUT = "SOLD_OUT", "Every seat is taken; a seat may become free"
    CLOSED = "CLOSED", "Booking has closed: the show is about to start, has started or has ended"
    CANCELLED = "CANCELLED", "The show was cancelled"

    def __str__(self) -> str:
        return self.value.lower().replace("_", " ")


class SeatStatus(TextChoices):
    AVAILABLE = "AVAILABLE", "Free"
    HELD = "HELD", "Held for a buyer for a few minutes"
    BOOKED = "BOOKED", "Booked"
    BLOCKED = "BLOCKED", "Not for sale: blocked by staff, or the show was cancelled"
