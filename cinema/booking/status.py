"""What can be said about a show and its seats from the facts. Pure."""

from datetime import datetime, timedelta

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


def of_show(
    *, starts_at: datetime, cancelled: bool, seats_available: int, now: datetime, closes_before: timedelta
) -> ShowStatus:
    if cancelled:
        return ShowStatus.CANCELLED
    if now >= starts_at - closes_before:
        return ShowStatus.CLOSED
    return ShowStatus.ON_SALE if seats_available else ShowStatus.SOLD_OUT
