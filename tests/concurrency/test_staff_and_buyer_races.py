"""Concurrent calls of staff and buyers, each in a thread with its own database connection.

The controls come first: without a lock, a call at the critical moment makes the race be lost. So the tests below can
fail.
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
from cinema.models import Booking, Screen, Show, Ticket
from tests import situations
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection
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


def read_shows_not_ended(screen: Screen) -> list[Show]:
    return list(Show.objects.not_cancelled().not_ended().filter(screen=screen))


def read_show_for_buying(pk: int) -> Show:
    return Show.objects.get(pk=pk)


def take_after(interruption: Callable[[], object]) -> Callable[..., list[Ticket]]:
    """`seats.take`, after another call has changed what the buyer read before."""
    take = seats.take

    def interrupt_and_take(*args: Any, **kwargs: Any) -> list[Ticket]:
        run_on_another_connection(interruption)
        return take(*args, **kwargs)

    return interrupt_and_take


@lost_only_in_read_committed
@many_writers
@pytest.mark.usefixtures("only_transactions")
def test_without_the_lock_on_the_shows_a_retired_seat_is_sold(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(rows=["SS"])
    change_plan = partial(theaters.change_screen, screen_id=show.screen_id, rows=["S"])
    monkeypatch.setattr(locks, "shows_not_ended", read_shows_not_ended)
    monkeypatch.setattr(seats, "take", take_after(change_plan))

    bookings.book(show_id=show.pk, labels=["A2"], by=situations.a_user())

    assert [ticket.seat.label for ticket in live_tickets_on_retired_seats()] == ["A2"]


@lost_only_in_read_committed
@many_writers
@pytest.mark.usefixtures("only_transactions")
def test_without_the_buyers_lock_on_the_show_a_seat_of_a_cancelled_show_is_sold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show = situations.a_show(rows=["SS"])
    monkeypatch.setattr(buyers, "show_for_buying", read_show_for_buying)
    monkeypatch.setattr(seats, "take", take_after(partial(scheduling.cancel, show_id=show.pk)))

    booked = bookings.book(show_id=show.pk, labels=["A1"], by=situations.a_user())

    assert confirmed_bookings_of_cancelled_shows() == [booked]


# ---------------------------------------------------------------------- races


def test_seat_is_either_sold_or_retired() -> None:
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


def test_show_is_cancelled_with_all_its_bookings() -> None:
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


def test_show_and_its_booking_are_cancelled_once() -> None:
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


def test_show_is_either_moved_or_booked() -> None:
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


def test_buyer_pays_either_the_old_price_or_the_new_one() -> None:
    for number in range(ROUNDS):
        show = situations.a_show(rows=["S"])
        new = Decimal(20 + number)
        race(moving(show, prices={SeatCategory.STANDARD: new}), booking(show, "A1"))

        ticket = Ticket.objects.get(show=show)
        assert ticket.price in {PRICES[SeatCategory.STANDARD], new}
        assert ticket.booking is not None
        assert ticket.booking.total == ticket.price
