"""Every change of a seat is among the changes since a moment before it, and nothing else is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import blocks, bookings, holds, seat_maps
from cinema.booking.seats import BestAvailable
from cinema.booking.status import SeatStatus
from cinema.catalog import scheduling
from cinema.core.errors import NotFound
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations
from tests.booking.backdating import LONG_AGO, backdate_tickets

pytestmark = pytest.mark.django_db

AVAILABLE, HELD, BOOKED, BLOCKED = SeatStatus.AVAILABLE, SeatStatus.HELD, SeatStatus.BOOKED, SeatStatus.BLOCKED

Changes = dict[str, tuple[SeatStatus, int | None]]


def changed_seats(show: Show, since: datetime) -> Changes:
    """The status and owner of each changed seat. Checks that the whole seat map shows the same."""
    seats = seat_maps.changes(show.pk, since=since).seats
    whole = {seat.label: seat for row in seat_maps.of(Show.objects.get(pk=show.pk)).rows for seat in row.seats}
    assert [whole[seat.label] for seat in seats] == seats
    return {seat.label: (seat.status, seat.owner_id) for seat in seats}


def changed_by(act: Callable[[], object], *, show: Show) -> Changes:
    since = backdate_tickets()
    act()
    return changed_seats(show, since)


# ---------------------------------------------------------------------- changes by calls


def test_hold_is_a_change(show: Show, buyer: User) -> None:
    situations.a_booking("A8", show=show)

    found = changed_by(lambda: holds.acquire(show_id=show.pk, wanted=["A2", "A1"], by=buyer), show=show)

    assert found == {"A1": (HELD, buyer.pk), "A2": (HELD, buyer.pk)}


def test_best_available_hold_is_a_change(show: Show, buyer: User) -> None:
    created: list[Booking] = []

    found = changed_by(
        lambda: created.append(holds.acquire(show_id=show.pk, wanted=BestAvailable(3), by=buyer)), show=show
    )

    assert found == {ticket.seat.label: (HELD, buyer.pk) for ticket in created[0].tickets.all()}


def test_booking_is_a_change(show: Show, buyer: User) -> None:
    assert changed_by(lambda: bookings.book(show_id=show.pk, labels=["A1"], by=buyer), show=show) == {
        "A1": (BOOKED, buyer.pk)
    }


def test_confirmation_is_a_change(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)

    assert changed_by(lambda: bookings.confirm(booking_id=hold.pk, by=buyer), show=show) == {
        "A1": (BOOKED, buyer.pk),
        "A2": (BOOKED, buyer.pk),
    }


def test_confirmation_of_an_expired_hold_is_a_change(show: Show, buyer: User) -> None:
    hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer))

    assert changed_by(lambda: bookings.confirm(booking_id=hold.pk, by=buyer), show=show) == {"A1": (BOOKED, buyer.pk)}


def test_extension_is_a_change(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    assert changed_by(lambda: holds.extend(booking_id=hold.pk, by=buyer), show=show) == {"A1": (HELD, buyer.pk)}


def test_cancellation_of_a_hold_is_a_change(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)

    assert changed_by(lambda: bookings.cancel(booking_id=hold.pk, by=buyer), show=show) == {
        "A1": (AVAILABLE, None),
        "A2": (AVAILABLE, None),
    }


def test_cancellation_of_some_seats_changes_only_these(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)

    found = changed_by(lambda: bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"]), show=show)

    assert found == {"A2": (AVAILABLE, None)}


def test_blocking_and_unblocking_are_changes(show: Show) -> None:
    assert changed_by(lambda: blocks.block(show_id=show.pk, labels=["A1", "A2"]), show=show) == {
        "A1": (BLOCKED, None),
        "A2": (BLOCKED, None),
    }
    assert changed_by(lambda: blocks.unblock(show_id=show.pk, labels=["A1"]), show=show) == {"A1": (AVAILABLE, None)}


def test_booking_a_seat_of_an_expired_hold_changes_all_its_seats(show: Show, buyer: User) -> None:
    situations.a_hold("A1", "A2", show=show, minutes_left=-5)

    found = changed_by(lambda: bookings.book(show_id=show.pk, labels=["A1"], by=buyer), show=show)

    assert found == {"A1": (BOOKED, buyer.pk), "A2": (AVAILABLE, None)}


def test_release_of_an_expired_hold_is_a_change(show: Show) -> None:
    situations.a_hold("A1", show=show, minutes_left=-5)

    assert changed_by(lambda: holds.release_expired(at_most=10), show=show) == {"A1": (AVAILABLE, None)}


def test_seat_with_several_changes_is_included_once(show: Show, buyer: User) -> None:
    def act() -> None:
        for _ in range(3):
            booking = situations.a_booking("A1", show=show)
            bookings.cancel(booking_id=booking.pk, by=booking.user)
        holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    assert changed_by(act, show=show) == {"A1": (HELD, buyer.pk)}


# ---------------------------------------------------------------------- the clock


def test_hold_that_expires_is_a_change_before_it_is_released(show: Show) -> None:
    hold = situations.a_hold("A1", show=show)
    since = backdate_tickets()
    assert changed_seats(show, since) == {}

    situations.expire_hold(hold, seconds_ago=0)
    backdate_tickets()

    assert changed_seats(show, since) == {"A1": (AVAILABLE, None)}


def test_hold_that_expired_long_before_is_not_a_change(show: Show) -> None:
    situations.a_hold("A1", show=show, minutes_left=-5)

    assert changed_by(lambda: None, show=show) == {}


def test_read_has_the_time_of_each_change_and_of_the_next_expiry(show: Show, buyer: User) -> None:
    expired = situations.a_hold("A1", show=show)
    held = situations.a_hold("A2", show=show, minutes_left=3)
    situations.a_hold("A3", show=show, minutes_left=4)
    since = backdate_tickets()
    situations.expire_hold(expired, seconds_ago=0)
    Ticket.objects.filter(booking=expired).update(changed_at=LONG_AGO)
    booking = situations.a_booking("A4", show=show)

    read = seat_maps.read_changes(show.pk, since=since)

    assert read.next_change == held.expires_at
    assert read.changed_at == {"A1": expired.expires_at, "A4": booking.tickets.get().changed_at}


def test_later_change_of_two_tickets_for_a_seat_counts(show: Show) -> None:
    since = backdate_tickets()
    first = situations.a_booking("A1", show=show)
    bookings.cancel(booking_id=first.pk, by=first.user)
    second = situations.a_booking("A1", show=show)
    tickets = Ticket.objects.filter(show=show)
    tickets.filter(booking=first).update(changed_at=since + timedelta(seconds=2))
    tickets.filter(booking=second).update(changed_at=since + timedelta(seconds=1))

    assert seat_maps.read_changes(show.pk, since=since).changed_at == {"A1": since + timedelta(seconds=2)}


@pytest.mark.parametrize("is_older", [True, False])
def test_seat_with_the_same_label_on_a_former_screen_does_not_count(*, is_older: bool) -> None:
    there, here = situations.a_screen(), situations.a_screen()
    there, here = (there, here) if is_older else (here, there)
    show = situations.a_show(screen=here)
    since = backdate_tickets()
    blocks.block(show_id=show.pk, labels=["A1"])
    scheduling.reschedule(show_id=show.pk, screen_id=there.pk)
    blocks.block(show_id=show.pk, labels=["A1"])
    of_the_new_seat = Ticket.objects.get(show=show, seat__screen=there)
    Ticket.objects.exclude(pk=of_the_new_seat.pk).update(changed_at=since + timedelta(seconds=9))
    of_the_new_seat.refresh_from_db()

    Show.objects.update(changed_at=LONG_AGO)
    assert seat_maps.read_changes(show.pk, since=since).changed_at == {"A1": of_the_new_seat.changed_at}


def test_reading_again_with_the_last_cursor_misses_nothing(show: Show, buyer: User) -> None:
    since = backdate_tickets()
    situations.a_booking("A1", show=show)
    first = seat_maps.changes(show.pk, since=since)
    situations.a_booking("A2", show=show)
    second = seat_maps.changes(show.pk, since=first.read_at)

    assert since <= first.read_at <= second.read_at
    assert [seat.label for seat in first.seats] == ["A1"]
    # Changes from just before a cursor are included again.
    assert [seat.label for seat in second.seats] == ["A1", "A2"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=300_000)])
def test_cursor_in_the_future_counts_as_now(show: Show, ahead: timedelta) -> None:
    since = backdate_tickets() + ahead
    situations.a_booking("A1", show=show)

    assert list(changed_seats(show, since)) == ["A1"]


def test_old_cursor_includes_everything_that_ever_changed(show: Show) -> None:
    booking = situations.a_booking("A1", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user)
    situations.a_hold("A2", show=show, minutes_left=-10_000)
    situations.a_booking("A3", show=show)
    backdate_tickets()

    assert {label: status for label, (status, _) in changed_seats(show, LONG_AGO - timedelta(days=7_000)).items()} == {
        "A1": AVAILABLE,
        "A2": AVAILABLE,
        "A3": BOOKED,
    }


def test_other_show_on_the_same_screen_is_not_included(show: Show) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))

    assert changed_by(lambda: situations.a_booking("A1", show=other), show=show) == {}


def test_unknown_show_is_not_found() -> None:
    with pytest.raises(NotFound):
        seat_maps.changes(10**9, since=LONG_AGO)


# ---------------------------------------------------------------------- cost


@pytest.mark.parametrize(("changed", "queries"), [(0, 4), (1, 5), (17, 5)])
def test_number_of_queries_does_not_depend_on_the_number_of_changes(
    show: Show, django_assert_num_queries: DjangoAssertNumQueries, changed: int, queries: int
) -> None:
    since = backdate_tickets()
    for seat in list(Seat.objects.filter(screen=show.screen))[:changed]:
        situations.a_booking(seat.label, show=show)

    # prices, plan (which is then cached), tickets that changed, next expiry; tickets
    with django_assert_num_queries(queries):
        assert len(seat_maps.changes(show.pk, since=since).seats) == changed
