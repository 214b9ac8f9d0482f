"""Staff against buyers, each in a thread with a database connection of their own.

The controls come first: with a lock patched away, and somebody else let in at the one moment that matters, every
race is lost. So the tests below them can fail.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from cinema.booking import bookings, seats
from cinema.booking import locks as buyers
from cinema.booking.errors import SeatsSold, ShowNotOnSale, UnknownSeats
from cinema.booking.models import BookingStatus
from cinema.catalog import locks, scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.models import Booking, Screen, Show, Ticket
from tests import situations
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, meanwhile, race
from tests.concurrency.staff import ROUNDS, kinds, moving
from tests.situations import PRICES

pytestmark = pytest.mark.django_db(transaction=True)


def booking(show: Show, label: str) -> Callable[[], Booking]:
    return partial(bookings.book, show_id=show.pk, labels=[label], by=situations.a_user())


def live_tickets_on_retired_seats() -> list[Ticket]:
    return list(Ticket.objects.live().filter(seat__retired_at__isnull=False, show__cancelled_at=None))


def confirmed_bookings_of_cancelled_shows() -> list[Booking]:
    return list(Booking.objects.filter(status=BookingStatus.CONFIRMED, show__cancelled_at__isnull=False))


# ---------------------------------------------------------------------- controls


def read_unfinished_shows(screen: Screen) -> list[Show]:
    return list(Show.objects.not_cancelled().not_ended().filter(screen=screen))


def read_show_for_buying(pk: int) -> buyers.LockedShow:
    return buyers.LockedShow(Show.objects.get(pk=pk), clock.now())


def take_after(interruption: Callable[[], object]) -> Callable[..., list[Ticket]]:
    """`seats.take`, but first somebody else gets in: what the buyer has read is true no more."""
    take = seats.take

    def take_too_late(*args: Any, **kwargs: Any) -> list[Ticket]:
        meanwhile(interruption)
        return take(*args, **kwargs)

    return take_too_late


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_on_the_shows_a_seat_is_sold_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(rows=["SS"])
    change_plan = partial(theaters.change_screen, screen_id=show.screen_id, rows=["S"])
    monkeypatch.setattr(locks, "shows_not_ended", read_unfinished_shows)
    monkeypatch.setattr(seats, "take", take_after(change_plan))

    bookings.book(show_id=show.pk, labels=["A2"], by=situations.a_user())

    assert [ticket.seat.label for ticket in live_tickets_on_retired_seats()] == ["A2"]


@lost_only_in_read_committed
@many_writers
def test_without_the_buyers_lock_on_the_show_a_seat_of_a_cancelled_show_is_sold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show = situations.a_show(rows=["SS"])
    monkeypatch.setattr(buyers, "show_for_buying", read_show_for_buying)
    monkeypatch.setattr(seats, "take", take_after(partial(scheduling.cancel, show_id=show.pk)))

    booked = bookings.book(show_id=show.pk, labels=["A1"], by=situations.a_user())

    assert confirmed_bookings_of_cancelled_shows() == [booked]


# ---------------------------------------------------------------------- races


def test_a_seat_is_sold_or_goes() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        booked, changed = race(
            booking(show, "A2"), partial(theaters.change_screen, screen_id=show.screen_id, rows=["S"])
        )

        if isinstance(changed, Screen):
            assert isinstance(booked, UnknownSeats)
        else:
            assert (type(changed), type(booked)) == (SeatsSold, Booking)
        assert live_tickets_on_retired_seats() == []


def test_a_show_is_cancelled_with_every_booking_that_was_in_time() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SSS"])
        cancelled, *booked = race(
            partial(scheduling.cancel, show_id=show.pk), *[booking(show, label) for label in ("A1", "A2", "A3")]
        )

        assert isinstance(cancelled, Show)
        assert set(kinds(booked)) <= {Booking, ShowNotOnSale}
        assert Booking.objects.filter(show=show).count() == kinds(booked).count(Booking)
        assert confirmed_bookings_of_cancelled_shows() == []
        assert not Ticket.objects.unreleased().filter(show=show).exists()


def test_a_show_is_cancelled_once_whoever_gives_back_a_seat_meanwhile() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        buyer = situations.a_user()
        booked = situations.a_booking("A1", "A2", show=show, by=buyer)
        cancel = partial(scheduling.cancel, show_id=show.pk)
        results = race(cancel, cancel, partial(bookings.cancel, booking_id=booked.pk, by=buyer, labels=["A1"]))

        assert kinds(results) == [Booking, Show, Show]
        booked.refresh_from_db()
        assert (booked.status, booked.total) == ("CANCELLED", Decimal(0))
        assert not Ticket.objects.unreleased().filter(show=show).exists()


def test_a_show_gets_another_screen_or_its_first_booking() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        screen = situations.a_screen(["P"])
        moved, booked = race(moving(show, screen_id=screen.pk), booking(show, "A2"))

        show.refresh_from_db()
        if isinstance(booked, Booking):
            assert show.screen_id != screen.pk
        else:
            assert isinstance(moved, Show)
            assert isinstance(booked, UnknownSeats)
        assert not Ticket.objects.live().exclude(seat__screen=show.screen_id).filter(show=show).exists()


def test_a_buyer_pays_the_old_price_or_the_new_one() -> None:
    for number in range(ROUNDS):
        show = situations.a_show(rows=["S"])
        new = Decimal(20 + number)
        race(moving(show, prices={SeatCategory.STANDARD: new}), booking(show, "A1"))

        ticket = Ticket.objects.get(show=show)
        assert ticket.price in {PRICES[SeatCategory.STANDARD], new}
        assert ticket.booking is not None
        assert ticket.booking.total == ticket.price
