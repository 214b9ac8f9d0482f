"""Bookings and tickets.

One constraint prevents a seat of a show from being sold twice: `one_live_ticket_per_seat_of_a_show`. Regardless of
crashes, retries and races, the database refuses a second live ticket for a seat of a show.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from cinema.booking.references import LENGTH, new_reference
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Seat, Show
from cinema.catalog.time_zones import time_of_day, zone_of
from cinema.core.clock import Now
from cinema.core.money import MAX_DECIMALS, Money
from cinema.core.rows import Row

# The constraint that keeps a second live ticket for a seat of a show out.
ONE_REFERENCE = "one_booking_per_reference"
ONE_LIVE_TICKET = "one_live_ticket_per_seat_of_a_show"


class BookingStatus(models.TextChoices):
    HELD = "HELD", "The seats are reserved until the hold is confirmed or expires"
    CONFIRMED = "CONFIRMED", "The seats are booked"
    CANCELLED = "CANCELLED", "Cancelled by the buyer, by staff or with the show"
    EXPIRED = "EXPIRED", "The hold expired before it was confirmed"


class TicketStatus(models.TextChoices):
    HELD = "HELD", "Reserved, not confirmed yet"
    VALID = "VALID", "Valid for the show"
    CANCELLED = "CANCELLED", "Cancelled; the seat was released"
    EXPIRED = "EXPIRED", "The hold expired; the seat was released"


class TicketEventKind(models.TextChoices):
    HELD = "HELD", "The seat was held for a buyer"
    EXTENDED = "EXTENDED", "The hold was extended"
    CONFIRMED = "CONFIRMED", "The booking was confirmed"
    CANCELLED = "CANCELLED", "Cancelled by the buyer, by staff or with the show"
    EXPIRED = "EXPIRED", "The hold expired"
    BLOCKED = "BLOCKED", "Blocked from sale by staff"
    UNBLOCKED = "UNBLOCKED", "Unblocked by staff, or removed from the seat plan"
    MOVED_OUT = "MOVED_OUT", "Released, because staff moved its buyer to another seat"
    MOVED_IN = "MOVED_IN", "Booked, because staff moved its buyer to this seat"


class BookingQuerySet(models.QuerySet["Booking"]):
    def in_status(self, *statuses: str) -> "BookingQuerySet":
        """Bookings with one of these statuses now. A hold expires by the database's clock, released or not."""
        found = Q(status__in=set(statuses) - {BookingStatus.HELD})
        if BookingStatus.HELD in statuses:
            found |= Q(status=BookingStatus.HELD, expires_at__gt=Now())
        if BookingStatus.EXPIRED in statuses:
            found |= Q(status=BookingStatus.HELD, expires_at__lte=Now())
        return self.filter(found)

    def expired_unreleased(self) -> "BookingQuerySet":
        """Holds that have expired but have not been released yet."""
        return self.filter(status=BookingStatus.HELD, expires_at__lte=Now())

    def booked(self) -> "BookingQuerySet":
        """Bookings that are or were confirmed: no holds, and none that ended as holds."""
        return self.filter(confirmed_at__isnull=False)

    def newest_first(self) -> "BookingQuerySet":
        return self.order_by("-created_at", "-pk")

    def with_details(self) -> "BookingQuerySet":
        """Also load each booking's show, with its movie, screen and theater."""
        return self.select_related("show__movie", "show__screen__theater")


class Booking(Row):
    """Seats of one show for one user, under one reference. Changed only by `holds`, `bookings` and `expiry`.

    The stored `status` stays HELD until an expired hold is released. Use `status_at` for the status by the clock.
    """

    user = models.ForeignKey("cinema.User", on_delete=models.PROTECT, related_name="bookings", db_index=False)
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    reference = models.CharField(max_length=LENGTH, default=new_reference, editable=False)
    status = models.CharField(max_length=10, choices=BookingStatus.choices)
    total = models.DecimalField(max_digits=14, decimal_places=MAX_DECIMALS)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    # The tickets of a booking that was just made, in plan order, so that its buyer's response need not read them.
    new_tickets: "Sequence[Ticket] | None" = None

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="bookings_of_a_user"),
            # A user has few bookings of a show, and a popular show has thousands.
            models.Index(fields=["show", "user"], name="bookings_of_a_show_by_user"),
            models.Index("expires_at", condition=Q(status=BookingStatus.HELD), name="holds_by_expiry"),
            models.Index(
                fields=["user", "expires_at"], condition=Q(expires_at__isnull=False), name="holds_of_a_user_by_expiry"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name=ONE_REFERENCE),
            models.CheckConstraint(condition=Q(total__gte=0), name="no_total_below_zero"),
            models.CheckConstraint(
                condition=~Q(status=BookingStatus.CONFIRMED) | Q(confirmed_at__isnull=False, expires_at=None),
                name="a_confirmed_booking_does_not_expire",
            ),
            models.CheckConstraint(
                condition=~Q(status=BookingStatus.CANCELLED) | Q(expires_at=None),
                name="a_cancelled_booking_does_not_expire",
            ),
            models.CheckConstraint(
                condition=~Q(status=BookingStatus.HELD) | Q(expires_at__isnull=False),
                name="a_hold_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def price(self) -> Money:
        """The price of its held or valid tickets; for an expired hold, the price its tickets would have had."""
        return Money(self.total, self.currency)

    def agreed_price(self, tickets: "Iterable[Ticket]") -> Money:
        """The price of all its tickets when they were taken, including cancelled and expired ones."""
        return Money(sum((Decimal(ticket.price or 0) for ticket in tickets), Decimal(0)), self.currency)

    def status_at(self, now: datetime) -> BookingStatus:
        """Its status at `now`, a time by the database's clock."""
        if self.status == BookingStatus.HELD and self.expires_at is not None and self.expires_at <= now:
            return BookingStatus.EXPIRED
        return BookingStatus(self.status)


class HoldOrigin(models.Model):
    """Where a hold came from: a keyed hash of the client's network address. Deleted when no hold can be open."""

    booking = models.OneToOneField(
        Booking, on_delete=models.CASCADE, primary_key=True, related_name="origin", editable=False
    )
    client = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["client"], name="hold_origins_by_client"),
            models.Index(fields=["created_at"], name="hold_origins_by_time"),
        ]

    def __str__(self) -> str:
        return f"origin of {self.booking_id}"


class TicketQuerySet(models.QuerySet["Ticket"]):
    def update(self, **values: Any) -> int:
        """Like Django's `update`, but also sets `changed_at`, so that readers of seat changes find the tickets."""
        return super().update(**{"changed_at": Now(), **values})

    def unreleased(self) -> "TicketQuerySet":
        """Tickets that the constraint counts: live ones, and expired ones that have not been released yet."""
        return self.filter(released_at=None)

    def live(self) -> "TicketQuerySet":
        """Tickets that occupy their seat now, by the database's clock."""
        return self.unreleased().filter(Q(expires_at=None) | Q(expires_at__gt=Now()))

    def expired_unreleased(self) -> "TicketQuerySet":
        """Tickets that have expired but have not been released yet."""
        return self.unreleased().filter(expires_at__lte=Now())

    def expired(self) -> "TicketQuerySet":
        """Tickets that expired before they were confirmed or cancelled, released or not."""
        return self.filter(Q(released_at__gte=F("expires_at")) | Q(released_at=None, expires_at__lte=Now()))

    def sold(self) -> "TicketQuerySet":
        """Tickets of a booking, confirmed or held. The other tickets are blocks."""
        return self.filter(booking__isnull=False)

    def blocks(self) -> "TicketQuerySet":
        """Tickets without a booking, which take a seat off sale."""
        return self.filter(booking=None)


class Ticket(Row):
    """A ticket occupies a seat of a show while it is live. Only `cinema.booking.tickets` writes tickets.

    A ticket without a booking is a block: staff took the seat off sale. Blocks are tickets so that one
    constraint covers blocking and buying a seat. A released ticket is kept; its seat can be sold again immediately.
    `released_at` is when the seat became free: for an expired ticket, the time of its expiry, not of the release.
    `changed_at` is when the ticket was last written, by the database's clock. When staff move a buyer to another seat,
    the price moves to the new ticket, so that the prices of all tickets of a booking are always the amount agreed.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, null=True, related_name="tickets")
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="tickets")
    price = models.DecimalField(max_digits=12, decimal_places=MAX_DECIMALS, null=True)
    expires_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["seat__row_index", "seat__column", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "seat"],
                condition=Q(released_at=None),
                name=ONE_LIVE_TICKET,
            ),
            models.CheckConstraint(
                condition=Q(booking=None, price=None) | Q(booking__isnull=False, price__isnull=False, price__gte=0),
                name="a_sold_ticket_has_a_price_and_a_block_has_none",
            ),
        ]
        indexes = [
            models.Index(fields=["show", "changed_at"], name="tickets_of_a_show_by_change"),
            models.Index(
                fields=["show", "expires_at"], condition=Q(released_at=None), name="tickets_of_a_show_by_expiry"
            ),
        ]

    def __str__(self) -> str:
        return self.seat.label

    def save(self, *args: Any, **options: Any) -> None:
        """Like Django's method, but also sets `changed_at`, as `TicketQuerySet.update` does."""
        is_new = self._state.adding
        super().save(*args, **options)
        if not is_new:
            Ticket.objects.filter(pk=self.pk).update()

    def is_live_at(self, now: datetime) -> bool:
        """Whether it occupies its seat at `now`, a time by the database's clock."""
        return self.released_at is None and (self.expires_at is None or self.expires_at > now)

    def status_at(self, now: datetime) -> TicketStatus:
        """Its status at `now`, a time by the database's clock."""
        if self.is_live_at(now):
            return TicketStatus.HELD if self.expires_at else TicketStatus.VALID
        cancelled = self.released_at is not None and (self.expires_at is None or self.released_at < self.expires_at)
        return TicketStatus.CANCELLED if cancelled else TicketStatus.EXPIRED

    def cost(self) -> Money:
        """The price when the seat was taken, in the booking's currency; later price changes do not affect it."""
        assert self.booking is not None, "a block has no price"
        return Money(Decimal(self.price or 0), self.booking.currency)

    @property
    def category(self) -> SeatCategory:
        return SeatCategory(self.seat.category)


class TicketEvent(Row):
    """Something that happened to a ticket. Written in the transaction of the change, and never updated."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=TicketEventKind.choices)
    at = models.DateTimeField()
    # Null: the hold expired, or the server did it.
    by = models.ForeignKey("cinema.User", on_delete=models.SET_NULL, null=True, related_name="+")
    # When the hold was to expire, as of this event; null for other events.
    held_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at", "id"], name="ticket_events_by_time")]
        verbose_name = "seat event"
        verbose_name_plural = "seat events"

    def __str__(self) -> str:
        local = self.at.astimezone(zone_of(self.ticket.show.screen.theater.time_zone))
        return f"{self.kind} on {local:%Y-%m-%d} at {time_of_day(local)}"
