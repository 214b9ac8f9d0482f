"""Test data, created with the use cases of the domain. Times are relative to the current time of the database."""

import itertools
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cinema.accounts import registration, tokens
from cinema.accounts.registration import NewAccount
from cinema.booking import bookings
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEvent
from cinema.catalog import movies, scheduling, theaters, time_zones
from cinema.catalog.layouts import SeatCategory
from cinema.models import Movie, Screen, Seat, Show, Theater, User

PASSWORD = "popcorn-and-a-movie"
PRICES = {
    SeatCategory.STANDARD: Decimal("10.00"),
    SeatCategory.PREMIUM: Decimal("15.50"),
    SeatCategory.WHEELCHAIR: Decimal("8.00"),
    SeatCategory.COMPANION: Decimal("8.00"),
}
ROWS = ["SSSS_SSSS", "PPPP_PPPP", "WC____SSS"]

_numbers = itertools.count(1)


def a_user(username: str | None = None, **fields: Any) -> User:
    name = username or f"user{next(_numbers)}"
    # Without the checks of `registration.check`, which take longer than the rest.
    account = NewAccount(username=name, email=f"{name}@example.com".lower(), password_hash=make_password(PASSWORD))
    with transaction.atomic():
        return registration.create(account, **fields)


def a_staff_member(*permissions: str) -> User:
    """A staff member with these permissions of the cinema app, such as `add_movie`."""
    user = a_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="cinema"))
    return user


def an_access_token(user: User) -> str:
    """The token of a new session of the user, without the checks or throttling of a login."""
    family = uuid.uuid4()
    tokens.issue_refresh_token(user=user, family=family)
    token, _ = tokens.issue_access_token(user=user, family=family, now=timezone.now())
    return token


def a_movie(title: str | None = None, **fields: Any) -> Movie:
    return movies.add(**{"title": title or f"Movie {next(_numbers)}", "duration_minutes": 100, **fields})


def a_theater(time_zone: str = "UTC", **fields: Any) -> Theater:
    return theaters.add_theater(
        **{"name": f"Theater {next(_numbers)}", "city": "Lisbon", "time_zone": time_zone, **fields}
    )


def a_screen(rows: list[str] | None = None, theater: Theater | None = None) -> Screen:
    theater = theater or a_theater()
    return theaters.add_screen(theater_id=theater.pk, name=f"Screen {next(_numbers)}", rows=rows or ROWS)


def in_hours(hours: float) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(hours=hours)


def a_show(
    *,
    starts_at: datetime | None = None,
    rows: list[str] | None = None,
    movie: Movie | None = None,
    screen: Screen | None = None,
    **fields: Any,
) -> Show:
    return scheduling.schedule(
        movie_id=(movie or a_movie()).pk,
        screen_id=(screen or a_screen(rows)).pk,
        starts_at=starts_at or in_hours(24),
        prices=fields.pop("prices", PRICES),
        **fields,
    )


def day_of(show: Show) -> date:
    """The day on which the show is listed. It does not end at midnight."""
    theater = show.screen.theater
    return time_zones.day_of(show.starts_at, theater.time_zone, ends_at=theater.day_ends_at)


def a_started_show(hours_ago: float = 1, **fields: Any) -> Show:
    """A show that was scheduled in the future and has started since."""
    return start_show(a_show(**fields), hours_ago=hours_ago)


def start_show(show: Show, *, hours_ago: float = 1) -> Show:
    """Move the show into the past: it started `hours_ago`."""
    moved = in_hours(-hours_ago) - show.starts_at
    Show.objects.filter(pk=show.pk).update(starts_at=show.starts_at + moved, ends_at=show.ends_at + moved)
    show.refresh_from_db()
    return show


def a_booking(*labels: str, show: Show | None = None, by: User | None = None) -> Booking:
    """A confirmed booking, of seat A1 by default."""
    return bookings.book(
        show_id=(show or a_show()).pk, labels=labels or ["A1"], by=by or a_user(), needs_accessible=True
    )


def a_hold(*labels: str, show: Show, by: User | None = None, minutes_left: float = 5) -> Booking:
    """A hold. With negative `minutes_left`, it has expired and its seats are not yet released."""
    expires_at = timezone.now() + timedelta(minutes=minutes_left)
    booking = Booking.objects.create(
        user=by or a_user(),
        show=show,
        status=BookingStatus.HELD,
        total=PRICES[SeatCategory.STANDARD] * len(labels),
        currency="USD",
        created_at=timezone.now(),
        expires_at=expires_at,
    )
    for seat in Seat.objects.current().filter(screen=show.screen, label__in=labels):
        Ticket.objects.create(
            booking=booking,
            show=show,
            seat=seat,
            price=PRICES[SeatCategory(seat.category)],
            expires_at=expires_at,
        )
    return booking


def expire_hold(hold: Booking, *, seconds_ago: float = 60) -> Booking:
    """Move the hold into the past: it expired `seconds_ago`. Its seats are not yet released."""
    assert hold.expires_at is not None
    return age_booking(hold, by=hold.expires_at - timezone.now() + timedelta(seconds=seconds_ago))


def age_booking(booking: Booking, *, by: timedelta) -> Booking:
    """Move every time of the booking, its tickets and their events into the past."""
    moments = ("created_at", "expires_at", "confirmed_at", "cancelled_at")
    Booking.objects.filter(pk=booking.pk).update(**{moment: F(moment) - by for moment in moments})
    booking.tickets.update(expires_at=F("expires_at") - by, released_at=F("released_at") - by)
    # In one statement, PostgreSQL would compare all events with all tickets if it has no statistics of them yet.
    tickets = list(booking.tickets.values_list("pk", flat=True))
    TicketEvent.objects.filter(ticket__in=tickets).update(at=F("at") - by, held_until=F("held_until") - by)
    booking.refresh_from_db()
    return booking
