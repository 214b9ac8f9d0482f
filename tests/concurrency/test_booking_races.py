"""Many concurrent buyers, each in a thread with its own database connection.

The control comes first: without the constraint the race is lost, so the tests below can fail.
"""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from cinema.booking import blocks, bookings, locks, quotes, sales, seats
from cinema.booking.errors import SeatLimitReached, SeatsTaken, ShowNotOnSale, UnknownSeats
from cinema.booking.models import BookingStatus
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.core import transactions
from cinema.core.errors import Busy, CinemaError
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations
from tests.concurrency.buyers import booking, lost, owners, users, without_ticket_constraint, won
from tests.concurrency.racing import lost_only_in_read_committed, race
from tests.proof.seeded_bugs.double_sale import ignoring_tickets
from tests.rules import ChangeRules

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def test_without_the_constraint_the_race_is_lost(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if each buyer had read the tickets before the others took the seat.
    monkeypatch.setattr(quotes, "of_rows", ignoring_tickets(quotes.of_rows))
    buyers = users(4)
    with without_ticket_constraint():
        results = race(*[booking(show, "A1", by=buyer) for buyer in buyers])

        assert len(won(results)) == 4
        assert owners(show)["A1"] >= 4


def test_one_of_many_buyers_gets_a_seat(show: Show) -> None:
    for label in ("A1", "A2", "A3", "B1", "B2")[:ROUNDS]:
        results = race(*[booking(show, label, by=buyer) for buyer in users(8)])

        assert len(won(results)) == 1
        assert lost(results) == {SeatsTaken: 7}
        assert owners(show)[label] == 1
    assert Booking.objects.count() == ROUNDS
    assert set(owners(show).values()) == {1}


def test_overlapping_groups_neither_share_a_seat_nor_deadlock(show: Show) -> None:
    wishes = [
        ("A1", "A2", "A3"),
        ("A3", "A2", "A1"),
        ("A2", "A4"),
        ("A4", "A1"),
        ("A3", "A4"),
        ("A1", "A2", "A3", "A4"),
    ]

    results = race(*[booking(show, *labels, by=buyer) for labels, buyer in zip(wishes, users(6), strict=True)])

    assert set(lost(results)) <= {SeatsTaken}
    assert won(results)
    assert set(owners(show).values()) == {1}
    assert sum(owners(show).values()) == sum(b.tickets.count() for b in won(results))
    for refused in results:
        if isinstance(refused, SeatsTaken):
            assert set(refused.seats) <= set(owners(show))


def test_every_seat_of_a_screen_is_sold_once(show: Show) -> None:
    labels = list(Seat.objects.filter(screen=show.screen).values_list("label", flat=True))
    buyers = users(6)

    def buy_free_seats(buyer: User) -> int:
        bought = 0
        for label in labels:
            try:
                bookings.book(show_id=show.pk, labels=[label], by=buyer, needs_accessible=True)
                bought += 1
            except (SeatsTaken, SeatLimitReached):
                continue
        return bought

    results = race(*[partial(buy_free_seats, buyer) for buyer in buyers])

    assert sum(r for r in results if isinstance(r, int)) == len(labels) == show.screen.seat_count
    assert owners(show) == dict.fromkeys(labels, 1)


def test_cancelled_seat_is_sold_at_most_once_again(show: Show) -> None:
    for _ in range(ROUNDS):
        owner = situations.a_user()
        sold = bookings.book(show_id=show.pk, labels=["A1"], by=owner)
        cancelling = partial(bookings.cancel, booking_id=sold.pk, by=owner)

        results = race(cancelling, *[booking(show, "A1", by=buyer) for buyer in users(4)])

        sold.refresh_from_db()
        assert sold.status == BookingStatus.CANCELLED
        assert len(won(results[1:])) <= 1
        assert set(lost(results)) <= {SeatsTaken}
        assert owners(show)["A1"] == len(won(results[1:]))
        Ticket.objects.all().delete()


def test_concurrent_cancellations_release_once(show: Show, buyer: User) -> None:
    sold = bookings.book(show_id=show.pk, labels=["A1", "A2"], by=buyer)

    results = race(
        partial(bookings.cancel, booking_id=sold.pk, by=buyer),
        partial(bookings.cancel, booking_id=sold.pk, by=buyer),
        partial(bookings.cancel, booking_id=sold.pk, by=buyer, labels=["A1"]),
    )

    assert [type(result) for result in results] == [Booking, Booking, Booking]
    sold.refresh_from_db()
    assert (sold.status, sold.total) == (BookingStatus.CANCELLED, Decimal(0))
    assert owners(show) == {}


def test_concurrent_cancellations_of_different_seats_keep_the_total_right(show: Show, buyer: User) -> None:
    for _ in range(ROUNDS):
        sold = bookings.book(show_id=show.pk, labels=["A1", "A2", "A3"], by=buyer)

        race(*[partial(bookings.cancel, booking_id=sold.pk, by=buyer, labels=[label]) for label in ("A1", "A3")])

        sold.refresh_from_db()
        assert (sold.status, sold.total) == (BookingStatus.CONFIRMED, situations.PRICES[SeatCategory.STANDARD])
        assert owners(show) == {"A2": 1}
        bookings.cancel(booking_id=sold.pk, by=buyer)


def test_seat_is_either_blocked_or_booked(show: Show, buyer: User) -> None:
    for label in ("A1", "A2", "A3", "A4", "A5")[:ROUNDS]:
        results = race(partial(blocks.block, show_id=show.pk, labels=[label]), booking(show, label, by=buyer))

        assert lost(results) == {SeatsTaken: 1}
        assert owners(show)[label] == 1


def test_seat_of_an_expired_hold_is_booked_once(show: Show) -> None:
    for label in ("A1", "A2", "A3", "A4", "A5")[:ROUNDS]:
        hold = situations.a_hold(label, show=show, minutes_left=-1)

        results = race(*[booking(show, label, by=buyer) for buyer in users(4)])

        hold.refresh_from_db()
        assert hold.status == BookingStatus.EXPIRED
        assert len(won(results)) == 1
        assert lost(results) == {SeatsTaken: 3}
        assert owners(show)[label] == 1


class TestLimit:
    """Concurrent calls of one user."""

    def test_without_the_lock_on_the_user_the_limit_is_exceeded(
        self, show: Show, buyer: User, change_rules: ChangeRules
    ) -> None:
        change_rules(seats_per_user_and_show=1)
        # The order of two calls that do not wait for each other: both check the limit before either writes.
        quote = quotes.read(["A2"], show=show, by=buyer)
        sales.check_seats(quote, is_hold=False, needs_accessible=False)
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

        with transaction.atomic():
            sales.sell(quote)

        assert Ticket.objects.live().filter(show=show, booking__user=buyer).count() == 2

    def test_concurrent_calls_do_not_exceed_the_limit(self, show: Show, change_rules: ChangeRules) -> None:
        change_rules(seats_per_user_and_show=2)
        labels = ["A1", "A2", "A3", "A4", "A5", "A6"]
        for buyer in users(ROUNDS):
            results = race(*[booking(show, label, by=buyer) for label in labels])

            assert len(won(results)) == 2
            assert lost(results) == {SeatLimitReached: 4}
            assert Ticket.objects.live().filter(show=show, booking__user=buyer).count() == 2
            Ticket.objects.all().delete()


class TestCancelledShow:
    """A show is cancelled while users buy."""

    @lost_only_in_read_committed
    @pytest.mark.usefixtures("only_transactions")
    def test_without_the_lock_a_cancelled_show_has_a_booking(
        self, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if connection.vendor == "sqlite":
            # SQLite has one writer at a time, so the other call cannot run within the buyer's transaction. A show that
            # was read before that transaction has the same effect.
            stale = locks.show_for_buying(show.pk)
            scheduling.cancel(show_id=show.pk)
            monkeypatch.setattr(locks, "show_for_buying", lambda pk: stale)
            bookings.book(show_id=show.pk, labels=["A1"], by=buyer)
        else:
            read = locks.show_for_buying

            def read_without_lock(pk: int) -> Show:
                read(show_elsewhere.pk)
                found = Show.objects.get(pk=pk)
                race(partial(scheduling.cancel, show_id=pk))
                return found

            show_elsewhere = situations.a_show()
            monkeypatch.setattr(locks, "show_for_buying", read_without_lock)
            bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

        show.refresh_from_db()
        assert show.cancelled_at is not None
        assert owners(show) == {"A1": 1}

    def test_cancelled_show_has_no_bookings(self) -> None:
        for _ in range(ROUNDS):
            show = situations.a_show()

            results = race(
                partial(scheduling.cancel, show_id=show.pk),
                *[booking(show, f"A{n}", by=buyer) for n, buyer in enumerate(users(4), start=1)],
            )

            assert isinstance(results[0], Show)
            assert set(lost(results)) <= {ShowNotOnSale}
            assert owners(show) == {}
            assert not Booking.objects.filter(show=show, status=BookingStatus.CONFIRMED).exists()

    def test_cancelling_bookings_and_their_show_does_not_deadlock(self, show: Show) -> None:
        sold = [
            (buyer, situations.a_booking(f"A{n}", show=show, by=buyer)) for n, buyer in enumerate(users(4), start=1)
        ]

        results = race(
            partial(scheduling.cancel, show_id=show.pk),
            *[partial(bookings.cancel, booking_id=each.pk, by=buyer) for buyer, each in sold],
        )

        assert lost(results) == {}
        assert {b.status for b in Booking.objects.filter(show=show)} == {BookingStatus.CANCELLED}
        assert owners(show) == {}


@pytest.mark.usefixtures("only_transactions")
def test_buyers_of_different_seats_do_not_wait_for_each_other(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open transaction of a buyer does not block the other seats.

    SQLite has one writer at a time: there the other call is refused as busy, and does not hang.
    """
    monkeypatch.setattr(transactions, "ATTEMPTS", 2)
    one_writer = connection.vendor == "sqlite"
    if one_writer:
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    first, second = users(2)
    others: list[Any] = []
    take = seats.take

    def take_while_another_buys(*args: Any, **kwargs: Any) -> list[Ticket]:
        tickets = take(*args, **kwargs)
        # Once: with SERIALIZABLE the first call may be retried.
        if kwargs["booking"].user_id == first.pk and not others:
            others.extend(race(partial(bookings.book, show_id=show.pk, labels=["A2"], by=second)))
        return tickets

    monkeypatch.setattr(seats, "take", take_while_another_buys)
    bookings.book(show_id=show.pk, labels=["A1"], by=first)

    assert [type(other) for other in others] == [Busy if one_writer else Booking]
    assert owners(show) == ({"A1": 1} if one_writer else {"A1": 1, "A2": 1})


def test_concurrent_calls_of_all_kinds_raise_only_domain_errors(show: Show) -> None:
    buyers = users(5)
    sold = [situations.a_booking(f"A{n}", show=show, by=buyer) for n, buyer in enumerate(buyers, start=1)]

    results = race(
        *[partial(bookings.cancel, booking_id=each.pk, by=buyer) for each, buyer in zip(sold, buyers, strict=True)],
        *[booking(show, "A1", "A2", "Z1" if n % 2 else "A3", by=buyer) for n, buyer in enumerate(buyers)],
        partial(blocks.block, show_id=show.pk, labels=["A4", "A5"]),
    )

    assert all(isinstance(result, Booking | Show | CinemaError) for result in results), results
    assert set(lost(results)) <= {SeatsTaken, UnknownSeats}
    assert set(owners(show).values()) <= {1}
