"""The events that each call adds to the history of a seat."""

from datetime import datetime

import pytest

from cinema.booking import blocks, bookings, holds
from cinema.catalog import scheduling, theaters
from cinema.core import clock
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.timelines import booking_timeline, event, kinds_and_actors, seat_timeline
from tests.conftest import Api, global_id


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and A2 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


# ---------------------------------------------------------------------- buyers


def test_every_change_of_a_booking_is_recorded(as_staff: Api, show: Show, buyer: User, hold: Booking) -> None:
    first_until = hold.expires_at
    latest = holds.extend(booking_id=hold.pk, by=buyer).expires_at
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)
    cancelled = bookings.cancel(booking_id=hold.pk, by=buyer)

    extended, *_ = [each["at"] for each in seat_timeline(as_staff, show) if each["kind"] == "EXTENDED"]
    assert hold.created_at <= datetime.fromisoformat(extended) <= clock.now()
    assert seat_timeline(as_staff, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=first_until),
        event("EXTENDED", datetime.fromisoformat(extended), by=buyer, booking=hold, until=latest),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold),
        event("CANCELLED", cancelled.cancelled_at, by=buyer, booking=hold),
    ]


def test_a_booking_has_the_history_of_each_seat(as_staff: Api, buyer: User, hold: Booking) -> None:
    until = hold.expires_at
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    events = booking_timeline(as_staff, hold)

    assert events == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until, seat="A2"),
        event("CANCELLED", datetime.fromisoformat(events[2]["at"]), by=buyer, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold, seat="A2"),
    ]


def test_a_booking_without_a_hold_is_recorded_as_confirmed(as_staff: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    assert seat_timeline(as_staff, show) == [event("CONFIRMED", booking.created_at, by=buyer, booking=booking)]


def test_repeated_calls_are_recorded_once(as_staff: Api, show: Show, buyer: User, hold: Booking) -> None:
    for _ in range(2):
        holds.extend(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.confirm(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.cancel(booking_id=hold.pk, by=buyer)

    assert [each["kind"] for each in seat_timeline(as_staff, show)] == ["HELD", "EXTENDED", "CONFIRMED", "CANCELLED"]


def test_an_expiry_is_recorded_without_an_actor(as_staff: Api, show: Show, buyer: User, hold: Booking) -> None:
    situations.expire_hold(hold, seconds_ago=600)
    holds.release_expired(at_most=10)

    assert seat_timeline(as_staff, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
    ]


def test_a_seat_held_after_an_expiry_has_both_holds_in_its_history(
    as_staff: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.expire_hold(hold)
    next_buyer = situations.a_user()
    next_hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=next_buyer)

    assert seat_timeline(as_staff, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
        event("HELD", next_hold.created_at, by=next_buyer, booking=next_hold, until=next_hold.expires_at),
    ]
    assert [each["kind"] for each in seat_timeline(as_staff, show, "A2")] == ["HELD", "EXPIRED"]


def test_a_hold_confirmed_after_its_expiry_has_the_expiry_in_its_history(
    as_staff: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.expire_hold(hold)
    until = hold.expires_at
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    assert seat_timeline(as_staff, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("EXPIRED", until, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold),
    ]


def test_refused_calls_are_not_recorded(as_staff: Api, show: Show, buyer: User, hold: Booking) -> None:
    api = as_staff.logged_in_as(situations.a_user())
    document = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
    refusal = api(document, input={"showId": global_id(show), "seat": "A1"}).data["bookSeat"]

    assert refusal == {"__typename": "SeatsTaken"}
    assert kinds_and_actors(seat_timeline(as_staff, show)) == [("HELD", buyer.username)]


# ---------------------------------------------------------------------- staff


def test_blocking_and_unblocking_is_recorded(as_staff: Api, show: Show, manager: User) -> None:
    before = clock.now()
    blocks.block(show_id=show.pk, labels=["A1"], by=manager)
    blocks.unblock(show_id=show.pk, labels=["A1"], by=manager)
    after = clock.now()

    events = seat_timeline(as_staff, show)

    blocked_at, unblocked_at = (datetime.fromisoformat(each["at"]) for each in events)
    assert before <= blocked_at <= unblocked_at <= after
    assert events == [event("BLOCKED", blocked_at, by=manager), event("UNBLOCKED", unblocked_at, by=manager)]


def test_the_viewer_is_recorded_as_the_actor(as_staff: Api, show: Show) -> None:
    staff = situations.a_staff_member("change_show")
    as_manager = as_staff.logged_in_as(staff)
    for name in ("blockSeats", "unblockSeats"):
        document = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ __typename }} }}"
        as_manager(document, input={"showId": global_id(show), "seats": ["A1"]})

    assert kinds_and_actors(seat_timeline(as_staff, show)) == [
        ("BLOCKED", staff.username),
        ("UNBLOCKED", staff.username),
    ]


def test_cancelling_a_show_is_recorded_for_each_seat(as_staff: Api, show: Show, buyer: User, hold: Booking) -> None:
    booking = situations.a_booking("B1", show=show, by=buyer)
    blocks.block(show_id=show.pk, labels=["B2"])
    staff = situations.a_staff_member("change_show")
    document = "mutation ($input: CancelShowInput!) { cancelShow(input: $input) { __typename } }"
    as_staff.logged_in_as(staff)(document, input={"showId": global_id(show)})

    booking.refresh_from_db()
    assert booking_timeline(as_staff, booking) == [
        event("CONFIRMED", booking.created_at, by=buyer, booking=booking, seat="B1"),
        event("CANCELLED", booking.cancelled_at, by=staff, booking=booking, seat="B1"),
    ]
    assert kinds_and_actors(seat_timeline(as_staff, show, "A1")) == [
        ("HELD", buyer.username),
        ("CANCELLED", staff.username),
    ]
    assert kinds_and_actors(seat_timeline(as_staff, show, "B2")) == [("BLOCKED", None), ("UNBLOCKED", staff.username)]


def test_an_expired_hold_of_a_cancelled_show_is_recorded_as_expired(
    as_staff: Api, show: Show, manager: User, buyer: User, hold: Booking
) -> None:
    situations.expire_hold(hold)
    scheduling.cancel(show_id=show.pk, by=manager)

    assert kinds_and_actors(seat_timeline(as_staff, show)) == [("HELD", buyer.username), ("EXPIRED", None)]


def test_a_removed_seat_is_unblocked(as_staff: Api, manager: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A1", "A2"], by=manager)
    staff = situations.a_staff_member("change_screen")
    document = "mutation ($input: UpdateScreenInput!) { updateScreen(input: $input) { __typename } }"
    as_staff.logged_in_as(staff)(document, input={"screenId": global_id(show.screen), "rows": ["SP"]})

    assert kinds_and_actors(seat_timeline(as_staff, show, "A1")) == [("BLOCKED", manager.username)]
    assert kinds_and_actors(seat_timeline(as_staff, show, "A2")) == [
        ("BLOCKED", manager.username),
        ("UNBLOCKED", staff.username),
    ]


def test_a_replaced_seat_continues_the_history_of_its_label(as_staff: Api, buyer: User, manager: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A2"], by=manager)
    theaters.change_screen(screen_id=show.screen_id, rows=["SP"], by=manager)
    situations.a_booking("A2", show=show, by=buyer)

    assert kinds_and_actors(seat_timeline(as_staff, show, "A2")) == [
        ("BLOCKED", manager.username),
        ("UNBLOCKED", manager.username),
        ("CONFIRMED", buyer.username),
    ]


def test_moving_a_show_to_another_screen_unblocks_its_seats(as_staff: Api, show: Show, manager: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=manager)
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen().pk, by=manager)

    assert kinds_and_actors(seat_timeline(as_staff, show)) == [
        ("BLOCKED", manager.username),
        ("UNBLOCKED", manager.username),
    ]
