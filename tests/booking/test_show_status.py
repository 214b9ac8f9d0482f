"""The status of a show and the list of bookable shows follow one rule, by the database clock."""

from datetime import datetime, timedelta

import pytest
from django.db.models import DateTimeField, Value
from django.utils import timezone

from cinema.booking import bookings, listings, queries, show_status
from cinema.booking.errors import ShowNotOnSale
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.booking.status import ShowStatus
from cinema.catalog.queries import ShowCriteria
from cinema.core import clock, sql
from cinema.models import Show, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

CLOSES_BEFORE_START = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)


def status(show: Show) -> ShowStatus:
    return queries.availability([show])[show.pk].status


def is_bookable(show: Show) -> bool:
    bookable = listings.shows(ShowCriteria(), bookable_only=True).filter(pk=show.pk).exists()
    not_bookable = listings.shows(ShowCriteria(), bookable_only=False).filter(pk=show.pk).exists()
    assert bookable != not_bookable
    return bookable


def move(show: Show, starts_at: datetime) -> Show:
    Show.objects.filter(pk=show.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    show.refresh_from_db()
    return show


@pytest.fixture(autouse=True)
def _closing_time(change_rules: ChangeRules) -> None:
    change_rules(booking_closes_before_start=CLOSES_BEFORE_START)


@pytest.fixture(params=[-MINUTE, MINUTE], ids=["behind", "ahead"])
def process_clock_offset(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> timedelta:
    """The offset of the process clock from the database clock."""
    offset: timedelta = request.param
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + offset)
    return offset


def test_wrong_process_clock_does_not_close_or_open_a_show(show: Show, process_clock_offset: timedelta) -> None:
    move(show, clock.now() + CLOSES_BEFORE_START + process_clock_offset / 2)

    still_open = process_clock_offset > timedelta(0)
    assert status(show) is (ShowStatus.ON_SALE if still_open else ShowStatus.CLOSED)
    assert is_bookable(show) == still_open


@pytest.mark.usefixtures("process_clock_offset")
@pytest.mark.parametrize("minutes_left", [0.5, -0.5])
def test_wrong_process_clock_does_not_expire_or_renew_a_hold(show: Show, minutes_left: float) -> None:
    hold = situations.a_hold("A1", show=show)
    expires_at = clock.now() + minutes_left * MINUTE
    type(hold).objects.filter(pk=hold.pk).update(expires_at=expires_at)
    hold.tickets.update(expires_at=expires_at)
    hold.refresh_from_db()
    ticket = hold.tickets.get()

    is_held = minutes_left > 0
    assert queries.booking_states([hold])[hold.pk].status is (BookingStatus.HELD if is_held else BookingStatus.EXPIRED)
    assert queries.ticket_statuses([ticket])[ticket.pk] is (TicketStatus.HELD if is_held else TicketStatus.EXPIRED)


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("seats", ["free", "sold", "held", "expired", "more than the screen has"])
@pytest.mark.parametrize(
    "until_closing",
    [-MINUTE, -MICROSECOND, timedelta(0), MICROSECOND, MINUTE],
    ids=["long closed", "just closed", "closing", "closing next", "open"],
)
def test_show_is_bookable_exactly_when_its_status_is_on_sale(
    until_closing: timedelta, seats: str, *, cancelled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = situations.a_show(rows=["SS"])
    if seats in {"sold", "more than the screen has"}:
        situations.a_booking("A1", "A2", show=show)
    elif seats != "free":
        situations.a_hold("A1", "A2", show=show, minutes_left=5 if seats == "held" else -5)
    if seats == "more than the screen has":
        type(show.screen).objects.filter(pk=show.screen_id).update(seat_count=1)
    now = datetime.fromisoformat("2030-01-01T12:00:00.250000+00:00")
    stopped_clock = Value(now, DateTimeField())
    monkeypatch.setattr(show_status, "Now", lambda: stopped_clock)
    fetch = sql.fetch
    # The time is the last column of AVAILABILITY.
    monkeypatch.setattr(sql, "fetch", lambda *statement: [[*row[:-1], now] for row in fetch(*statement)])
    move(show, now + CLOSES_BEFORE_START + until_closing)
    if cancelled:
        Show.objects.filter(pk=show.pk).update(cancelled_at=now)

    if cancelled:
        expected = ShowStatus.CANCELLED
    elif until_closing <= timedelta(0):
        expected = ShowStatus.CLOSED
    else:
        expected = ShowStatus.ON_SALE if seats in {"free", "expired"} else ShowStatus.SOLD_OUT
    assert status(show) is expected
    assert is_bookable(show) == (expected is ShowStatus.ON_SALE)


@pytest.mark.usefixtures("process_clock_offset")
@pytest.mark.parametrize("seconds_left", [-30, 30])
def test_seat_is_sold_exactly_while_the_show_is_on_sale(show: Show, buyer: User, seconds_left: int) -> None:
    move(show, clock.now() + CLOSES_BEFORE_START + timedelta(seconds=seconds_left))

    if status(show) is ShowStatus.ON_SALE:
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)
        assert seconds_left > 0
    else:
        with nothing_changes(), pytest.raises(ShowNotOnSale) as refused:
            bookings.book(show_id=show.pk, labels=["A1"], by=buyer)
        assert refused.value.show_status is status(show) is ShowStatus.CLOSED
