"""A sale reads as few rows on a large, popular show as on any other. See `cinema.booking.sql`."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from cinema.booking.models import BookingStatus
from cinema.booking.sql import EARLY_QUOTE, HOLD, HOLD_USAGE, QUOTE, SELL
from cinema.core import clock, sql
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations
from tests.plans import rows_read
from tests.shared import shared

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

SEATS = 10_000
SOLD = 2_000
BUYERS = 400
FEW_ROWS = 50
STATEMENTS = pytest.mark.parametrize(
    "template",
    [QUOTE, EARLY_QUOTE, SELL, HOLD, HOLD_USAGE],
    ids=["quote", "early quote", "sell", "hold", "hold usage"],
)
# The seat limit is zero, so that nothing is sold.
TERMS = {
    "key": "",
    "fingerprint": "",
    "reserved": ["WHEELCHAIR"],
    "picked": False,
    "seat_limit": 0,
    "hold_limit": 5,
    "closing": timedelta(0),
    "held_for": None,
    "status": BookingStatus.CONFIRMED.value,
    "reference": "ABCDEFGH",
    "currency": "USD",
    "client": "c",
    "client_limit": 60,
    "held_limit": 10,
    "release_limit": 2,
    "release_period": timedelta(hours=1),
}


@pytest.fixture(scope="module")
def sold_show(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Show]:
    with shared(create_popular_show, django_db_blocker) as created:
        yield created


@pytest.fixture
def popular_show(sold_show: Show, db: None) -> Show:
    return sold_show


def create_popular_show() -> Show:
    """A show of 10,000 seats. Some seats were sold before `ANALYZE`, and the same number was held after it."""
    show = situations.a_show(rows=["S" * 100] * 100)
    buyers = User.objects.bulk_create(User(username=f"buyer{n}", email=f"{n}@example.com") for n in range(BUYERS))
    seats = list(show.screen.seats.current())
    now = clock.now()
    sell(show, seats[:SOLD], buyers, status=BookingStatus.CONFIRMED, created_at=now, confirmed_at=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    held_until = now + timedelta(minutes=10)
    sell(show, seats[SOLD : 2 * SOLD], buyers, status=BookingStatus.HELD, created_at=now, expires_at=held_until)
    return show


def sell(show: Show, seats: Sequence[Seat], buyers: Sequence[User], **values: Any) -> None:
    """Each seat to the next of the buyers, in a booking with these values."""
    bookings = Booking.objects.bulk_create(
        Booking(user=buyer, show=show, total=Decimal(10), currency="USD", **values)
        for _, buyer in zip(seats, cycle(buyers), strict=False)
    )
    Ticket.objects.bulk_create(
        Ticket(booking=booking, show=show, seat=seat, price=Decimal(10), expires_at=booking.expires_at)
        for booking, seat in zip(bookings, seats, strict=True)
    )


def test_reading_many_rows_is_detected(popular_show: Show) -> None:
    statement = "SELECT label FROM cinema_seat WHERE screen_id = %(screen)s AND category = 'PREMIUM'"

    assert rows_read(statement, {"screen": popular_show.screen_id}, mode="auto") >= SEATS


@STATEMENTS
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_few_rows_are_read(popular_show: Show, buyer: User, template: str, mode: str) -> None:
    parameters = {"show": popular_show.pk, "user": buyer.pk, "labels": ["A1", "A2"], **TERMS}

    assert rows_read(template, parameters, mode=mode) < FEW_ROWS


@STATEMENTS
def test_the_plan_is_reused(popular_show: Show, buyer: User, template: str) -> None:
    parameters = {"show": popular_show.pk, "user": buyer.pk, "labels": ["A1"], **TERMS}
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.connection._prepared.clear()  # noqa: SLF001 - the driver has no public API for it
    for _ in range(30):
        sql.fetch(template, parameters)

    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%cinema_ticket%'")
        ((reused,),) = cursor.fetchall()
    assert reused >= 15
