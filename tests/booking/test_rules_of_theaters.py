"""Each theater has its own currency and deadlines. Lists, shows, bookings and sales follow the same ones."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.booking import bookings, deadlines, holds, listings, queries, seat_maps
from cinema.booking.errors import ShowNotOnSale, TooLateToCancel
from cinema.booking.listings import Showing
from cinema.booking.models import BookingStatus
from cinema.booking.status import ShowStatus
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.queries import MovieCriteria, ShowCriteria
from cinema.core.errors import InvalidInput
from cinema.models import Booking, Show, Theater, User
from tests import situations
from tests.catalog.refusals import problems
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.both]

STANDARD = SeatCategory.STANDARD


def a_show_in(theater: Theater, amount: str = "10", *, starts_in_minutes: float = 24 * 60, **fields: Any) -> Show:
    """A show of 100 minutes, which may have started already."""
    screen = situations.a_screen(["SSSS"], theater=theater)
    prices = {STANDARD: Decimal(amount)}
    show = situations.a_show(screen=screen, prices=prices, **fields)
    return situations.start_show(show, hours_ago=-starts_in_minutes / 60)


def status(show: Show) -> ShowStatus:
    return queries.availability([show])[show.pk].status


def is_listed(show: Show) -> tuple[bool, bool, bool]:
    """Whether the show is listed as bookable, and its movie as on sale, and as showing in its theater."""
    theater_id = show.screen.theater_id
    return (
        show in listings.shows(ShowCriteria(), bookable_only=True),
        show.movie in listings.movies(MovieCriteria(), Showing(on_sale=True)),
        show.movie in listings.movies(MovieCriteria(), Showing(theater_id=theater_id)),
    )


def book(show: Show, *labels: str, by: User) -> Booking:
    return bookings.book(show_id=show.pk, labels=labels, by=by)


# ---------------------------------------------------------------------- deadlines


@pytest.mark.parametrize(
    ("default", "own", "starts_in_minutes", "is_open"),
    [
        # The settings' rule applies to theaters without one of their own.
        (10, None, 12, True),
        (10, None, 8, False),
        (10, 0, 8, True),
        (0, 45, 44, False),
        (0, 45, 46, True),
        # Selling during trailers.
        (-15, None, -14, True),
        (-15, None, -16, False),
        (30, -20, -19, True),
        (30, -20, -21, False),
        (-20, 0, -1, False),
        # Never after the end of the show, which lasts 100 minutes.
        (0, -240, -99, True),
        (0, -240, -101, False),
    ],
)
def test_booking_closes_by_the_rule_of_the_theater(
    buyer: User, change_rules: ChangeRules, default: int, own: int | None, starts_in_minutes: float, *, is_open: bool
) -> None:
    change_rules(booking_closes_before_start=timedelta(minutes=default))
    theater = situations.a_theater("Asia/Tokyo", booking_closes_minutes_before_start=own)
    show = a_show_in(theater, starts_in_minutes=starts_in_minutes)

    assert status(show) is (ShowStatus.ON_SALE if is_open else ShowStatus.CLOSED)
    has_not_started = starts_in_minutes > 0
    assert is_listed(show) == (is_open, is_open, is_open or has_not_started)
    if is_open:
        assert book(show, "A1", by=buyer).status == BookingStatus.CONFIRMED
        assert holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer).status == BookingStatus.HELD
    else:
        assert deadlines.bookable_until(show, theater) <= show.ends_at
        local = deadlines.bookable_until(show, theater) + timedelta(hours=9)
        for sell in (bookings.book, holds.acquire):
            seats: dict[str, Any] = {"labels" if sell is bookings.book else "wanted": ["A1"]}
            with nothing_changes(), pytest.raises(ShowNotOnSale) as refusal:
                sell(show_id=show.pk, by=buyer, **seats)
            assert str(refusal.value) == (
                f"Booking for this show closed on {local:%b} {local.day}, {local:%H:%M} (local time in Lisbon)."
            )


@pytest.mark.parametrize("deadline", ["booking_closes_minutes_before_start", "cancelling_closes_minutes_before_start"])
def test_a_changed_deadline_of_a_theater_is_announced(deadline: str) -> None:
    theater = situations.a_theater()
    show = a_show_in(theater, starts_in_minutes=90)
    changed_at = []

    for minutes in (None, 40):
        changes: dict[str, Any] = {deadline: minutes, "city": "Porto"}
        theaters.change_theater(theater_id=theater.pk, **changes)
        show.refresh_from_db()
        changed_at += [show.changed_at]

    assert (changed_at[0] is None, changed_at[1] is None) == (True, False)


def test_a_changed_rule_of_a_theater_applies_to_its_shows(buyer: User) -> None:
    theater = situations.a_theater()
    show = a_show_in(theater, starts_in_minutes=30)

    theaters.change_theater(theater_id=theater.pk, booking_closes_minutes_before_start=40)

    assert status(show) is ShowStatus.CLOSED
    theaters.change_theater(theater_id=theater.pk, booking_closes_minutes_before_start=None)
    assert status(show) is ShowStatus.ON_SALE


@pytest.mark.parametrize(
    ("default", "own", "starts_in_minutes", "can_cancel"),
    [(60, None, 61, True), (60, None, 59, False), (60, 0, 1, True), (0, 120, 119, False), (60, -30, -29, True)],
)
def test_cancelling_closes_by_the_rule_of_the_theater(
    buyer: User, change_rules: ChangeRules, default: int, own: int | None, starts_in_minutes: float, *, can_cancel: bool
) -> None:
    change_rules(cancelling_closes_before_start=timedelta(minutes=default))
    theater = situations.a_theater("Asia/Kathmandu", cancelling_closes_minutes_before_start=own, city="Patan")
    show = a_show_in(theater)
    booking = book(show, "A1", by=buyer)
    situations.start_show(show, hours_ago=-starts_in_minutes / 60)

    (deadline,) = queries.cancellable_until(Booking.objects.with_details()).values()
    if can_cancel:
        assert deadline == deadlines.cancellable_until(show, theater)
        bookings.cancel(booking_id=booking.pk, by=buyer)
    else:
        assert deadline is None
        with nothing_changes(), pytest.raises(TooLateToCancel) as refusal:
            bookings.cancel(booking_id=booking.pk, by=buyer)
        local = deadlines.cancellable_until(show, theater) + timedelta(hours=5, minutes=45)
        assert str(refusal.value) == (
            f"This booking could be cancelled until {local:%b} {local.day}, {local:%H:%M} (local time in Patan)."
        )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("booking_closes_minutes_before_start", -241),
        ("cancelling_closes_minutes_before_start", 43_201),
        ("currency", "XAU"),
        ("currency", "EURO"),
        ("currency", "DEM"),
    ],
)
def test_invalid_rules_are_refused(field: Any, value: Any) -> None:
    theater = situations.a_theater()

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.change_theater(theater_id=theater.pk, **{field: value})

    assert {field for field, _ in problems(refusal)} == {field}


# ---------------------------------------------------------------------- moved shows


def can_cancel_until_the_start(booking: Booking) -> bool:
    booking = Booking.objects.with_details().get(pk=booking.pk)
    theater = booking.show.screen.theater
    deadline = deadlines.confirmed_cancellable_until(booking, theater)
    assert deadline in {booking.show.starts_at, deadlines.cancellable_until(booking.show, theater)}
    return deadline == booking.show.starts_at


@pytest.mark.parametrize(
    ("moves", "relaxed"),
    [
        # The minutes by which the show is moved, and which of the buyers before each move may cancel until the start.
        ([16], [True]),
        ([15], [False]),
        ([-16], [True]),
        ([10, 10], [True, False]),
        ([-10, -3, -3], [True, False, False]),
        ([60, -60], [True, True]),
        ([60, 5], [True, False]),
        ([5, 60, 5], [True, True, False]),
    ],
)
def test_buyers_before_a_long_move_can_cancel_until_the_start(moves: list[int], relaxed: list[bool]) -> None:
    show = a_show_in(situations.a_theater())
    made = []
    for number, minutes in enumerate(moves, 1):
        made.append(book(show, f"A{number}", by=situations.a_user()))
        scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at + timedelta(minutes=minutes))
        show.refresh_from_db()
    later = book(show, "A4", by=situations.a_user())

    assert [can_cancel_until_the_start(booking) for booking in (*made, later)] == [*relaxed, False]


def test_a_show_moved_to_soon_can_be_cancelled(buyer: User) -> None:
    show = a_show_in(situations.a_theater())
    booking, late = book(show, "A1", by=buyer), situations.a_user()

    scheduling.reschedule(show_id=show.pk, starts_at=situations.in_hours(0.5))
    booked_after = book(show, "A2", by=late)

    with pytest.raises(TooLateToCancel):
        bookings.cancel(booking_id=booked_after.pk, by=late)
    assert bookings.cancel(booking_id=booking.pk, by=buyer).status == BookingStatus.CANCELLED


# ---------------------------------------------------------------------- currencies


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        ("JPY", "1800", "1800 JPY"),
        ("jpy", "1800.00", "1800 JPY"),
        ("KWD", "4.5", "4.500 KWD"),
        ("BHD", "3.375", "3.375 BHD"),
        ("CLF", "0.2155", "0.2155 CLF"),
        ("VND", "1250000", "1250000 VND"),
        ("", "9.5", "9.50 USD"),
    ],
)
def test_amounts_are_exact_in_the_currency_of_the_theater(buyer: User, currency: str, amount: str, text: str) -> None:
    show = a_show_in(situations.a_theater(currency=currency), amount)

    booking = book(show, "A1", by=buyer)
    hold = holds.acquire(show_id=show.pk, wanted=["A2", "A3"], by=buyer)

    booking, hold = Booking.objects.get(pk=booking.pk), Booking.objects.get(pk=hold.pk)
    assert str(booking.price()) == text
    assert hold.total == 2 * Decimal(amount)
    assert [str(ticket.cost()) for ticket in hold.tickets.all()] == [text, text]
    assert {str(seat.price) for row in seat_maps.of(show).rows for seat in row.seats} == {text}


@pytest.mark.parametrize(
    ("currency", "amount", "message"),
    [
        ("JPY", "1800.5", "An amount in JPY has no decimals."),
        ("KWD", "4.5005", "An amount in KWD has at most 3 decimals."),
        ("EUR", "9.999", "An amount in EUR has at most 2 decimals."),
        ("UYW", "1.23456", "An amount in UYW has at most 4 decimals."),
    ],
)
def test_an_amount_with_too_many_decimals_is_refused(currency: str, amount: str, message: str) -> None:
    show = a_show_in(situations.a_theater(currency=currency))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        scheduling.reschedule(show_id=show.pk, prices={STANDARD: Decimal(amount)})

    assert problems(refusal) == [("prices", "max_decimal_places")]
    assert str(refusal.value) == message


def test_the_currency_of_a_theater_with_upcoming_shows_cannot_change() -> None:
    theater = situations.a_theater(currency="DKK")
    show = a_show_in(theater)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.change_theater(theater_id=theater.pk, currency="EUR")
    assert problems(refusal) == [("currency", "has_shows")]

    scheduling.cancel(show_id=show.pk)
    assert theaters.change_theater(theater_id=theater.pk, currency="eur").currency == "EUR"


def test_a_show_that_moves_to_a_theater_with_another_currency_needs_new_prices() -> None:
    show = a_show_in(situations.a_theater(currency="EUR"))
    in_tokyo = situations.a_screen(["SSSS"], theater=situations.a_theater(currency="JPY"))

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        scheduling.reschedule(show_id=show.pk, screen_id=in_tokyo.pk)
    assert problems(refusal) == [("prices", "unpriced_category")]

    scheduling.reschedule(show_id=show.pk, screen_id=in_tokyo.pk, prices={STANDARD: Decimal(1500)})
    assert [price.amount for price in show.prices.all()] == [1500]
