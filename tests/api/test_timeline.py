"""The history of seats for staff: what each call records."""

from datetime import datetime

import pytest

from cinema.booking import blocks, bookings, holds
from cinema.catalog import scheduling, theaters
from cinema.core import clock
from cinema.models import Booking, Show, User
from tests import situations
from tests.api.timelines import event, of_booking, of_seat, who_did_what
from tests.conftest import Api, global_id


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """A hold of A1 and A2 for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


# ---------------------------------------------------------------------- buyers


def test_a_seat_is_held_extended_sold_and_cancelled(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    first_until = hold.expires_at
    longest = holds.extend(booking_id=hold.pk, by=buyer).expires_at
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)
    cancelled = bookings.cancel(booking_id=hold.pk, by=buyer)

    extended, *_ = [each["at"] for each in of_seat(clerk, show) if each["kind"] == "EXTENDED"]
    assert hold.created_at <= datetime.fromisoformat(extended) <= clock.now()
    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=first_until),
        event("EXTENDED", datetime.fromisoformat(extended), by=buyer, booking=hold, until=longest),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold),
        event("CANCELLED", cancelled.cancelled_at, by=buyer, booking=hold),
    ]


def test_a_booking_has_the_history_of_each_seat(clerk: Api, buyer: User, hold: Booking) -> None:
    until = hold.expires_at
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    events = of_booking(clerk, hold)

    assert events == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until, seat="A2"),
        event("CANCELLED", datetime.fromisoformat(events[2]["at"]), by=buyer, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold, seat="A2"),
    ]


def test_a_seat_that_is_booked_at_once_is_sold_at_once(clerk: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    assert of_seat(clerk, show) == [event("CONFIRMED", booking.created_at, by=buyer, booking=booking)]


def test_repeated_calls_are_recorded_once(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    for _ in range(2):
        holds.extend(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.confirm(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.cancel(booking_id=hold.pk, by=buyer)

    assert [each["kind"] for each in of_seat(clerk, show)] == ["HELD", "EXTENDED", "CONFIRMED", "CANCELLED"]


def test_a_hold_expires_at_its_expiry_time_without_an_actor(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    situations.expire_hold(hold, seconds_ago=600)
    holds.release_expired(at_most=10)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
    ]


def test_a_taken_over_seat_shows_the_old_and_the_new_holder(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    situations.expire_hold(hold)
    next_buyer = situations.a_user()
    taken_over = holds.acquire(show_id=show.pk, wanted=["A1"], by=next_buyer)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
        event("HELD", taken_over.created_at, by=next_buyer, booking=taken_over, until=taken_over.expires_at),
    ]
    assert [each["kind"] for each in of_seat(clerk, show, "A2")] == ["HELD", "EXPIRED"]


def test_a_seat_that_was_taken_again_shows_the_expiry_in_between(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.expire_hold(hold)
    until = hold.expires_at
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("EXPIRED", until, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold),
    ]


def test_refused_calls_are_not_recorded(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    api = clerk.logged_in_as(situations.a_user())
    document = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
    refusal = api(document, input={"showId": global_id(show), "seat": "A1"}).data["bookSeat"]

    assert refusal == {"__typename": "SeatsTaken"}
    assert who_did_what(of_seat(clerk, show)) == [("HELD", buyer.username)]


# ---------------------------------------------------------------------- staff


def test_seats_are_blocked_and_unblocked_by_staff(clerk: Api, show: Show, boss: User) -> None:
    before = clock.now()
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    blocks.unblock(show_id=show.pk, labels=["A1"], by=boss)
    after = clock.now()

    events = of_seat(clerk, show)

    blocked_at, unblocked_at = (datetime.fromisoformat(each["at"]) for each in events)
    assert before <= blocked_at <= unblocked_at <= after
    assert events == [event("BLOCKED", blocked_at, by=boss), event("UNBLOCKED", unblocked_at, by=boss)]


def test_seats_are_blocked_through_the_api_by_the_viewer(clerk: Api, show: Show) -> None:
    staff = situations.a_staff_member("change_show")
    as_staff = clerk.logged_in_as(staff)
    for name in ("blockSeats", "unblockSeats"):
        document = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ __typename }} }}"
        as_staff(document, input={"showId": global_id(show), "seats": ["A1"]})

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", staff.username), ("UNBLOCKED", staff.username)]


def test_a_cancelled_show_cancels_its_seats_on_behalf_of_staff(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    booking = situations.a_booking("B1", show=show, by=buyer)
    blocks.block(show_id=show.pk, labels=["B2"])
    staff = situations.a_staff_member("change_show")
    document = "mutation ($input: CancelShowInput!) { cancelShow(input: $input) { __typename } }"
    clerk.logged_in_as(staff)(document, input={"showId": global_id(show)})

    booking.refresh_from_db()
    assert of_booking(clerk, booking) == [
        event("CONFIRMED", booking.created_at, by=buyer, booking=booking, seat="B1"),
        event("CANCELLED", booking.cancelled_at, by=staff, booking=booking, seat="B1"),
    ]
    assert who_did_what(of_seat(clerk, show, "A1")) == [("HELD", buyer.username), ("CANCELLED", staff.username)]
    assert who_did_what(of_seat(clerk, show, "B2")) == [("BLOCKED", None), ("UNBLOCKED", staff.username)]


def test_a_hold_that_expired_before_its_show_was_cancelled_is_expired(
    clerk: Api, show: Show, boss: User, buyer: User, hold: Booking
) -> None:
    situations.expire_hold(hold)
    scheduling.cancel(show_id=show.pk, by=boss)

    assert who_did_what(of_seat(clerk, show)) == [("HELD", buyer.username), ("EXPIRED", None)]


def test_a_seat_that_leaves_the_plan_is_unblocked(clerk: Api, boss: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A1", "A2"], by=boss)
    staff = situations.a_staff_member("change_screen")
    document = "mutation ($input: UpdateScreenInput!) { updateScreen(input: $input) { __typename } }"
    clerk.logged_in_as(staff)(document, input={"screenId": global_id(show.screen), "rows": ["SP"]})

    assert who_did_what(of_seat(clerk, show, "A1")) == [("BLOCKED", boss.username)]
    assert who_did_what(of_seat(clerk, show, "A2")) == [("BLOCKED", boss.username), ("UNBLOCKED", staff.username)]


def test_the_history_of_a_label_continues_with_the_next_seat_of_that_label(clerk: Api, buyer: User, boss: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A2"], by=boss)
    theaters.change_screen(screen_id=show.screen_id, rows=["SP"], by=boss)
    situations.a_booking("A2", show=show, by=buyer)

    assert who_did_what(of_seat(clerk, show, "A2")) == [
        ("BLOCKED", boss.username),
        ("UNBLOCKED", boss.username),
        ("CONFIRMED", buyer.username),
    ]


def test_a_show_that_moves_to_another_screen_unblocks_its_seats(clerk: Api, show: Show, boss: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen().pk, by=boss)

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", boss.username), ("UNBLOCKED", boss.username)]
