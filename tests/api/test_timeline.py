"""What happened to the seats, as staff ask for it: of a booking, and of a seat of a show."""

from datetime import datetime
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks, bookings, holds
from cinema.catalog import scheduling, theaters
from cinema.core import clock
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Answer, Api, global_id

SEAT_TIMELINE = """
query ($showId: ID!, $seat: String!) {
  seatTimeline(showId: $showId, seat: $seat) { kind at until seat by { username } booking { reference } }
}
"""
BOOKING_TIMELINE = """
query ($reference: String!) {
  booking(reference: $reference) { timeline { kind at until seat by { username } booking { reference } } }
}
"""


@pytest.fixture
def clerk(api: Api) -> Api:
    """May look at bookings, and nothing else."""
    return api.signed_in(situations.a_staff_member("view_booking"))


@pytest.fixture
def boss(db: None) -> User:
    return situations.a_user("grace", is_staff=True)


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """Of the seats A1 and A2, for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


def asked(api: Api, show: Show, seat: str) -> Answer:
    return api(SEAT_TIMELINE, showId=global_id(show), seat=seat)


def of_seat(api: Api, show: Show, seat: str = "A1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(api, show, seat).data["seatTimeline"]
    return found


def of_booking(api: Api, booking: Booking) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api(BOOKING_TIMELINE, reference=booking.reference).data["booking"]["timeline"]
    return found


def event(
    kind: str,
    at: datetime | None,
    *,
    by: User | None = None,
    booking: Booking | None = None,
    seat: str = "A1",
    until: datetime | None = None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": at.isoformat() if at else None,
        "until": until.isoformat() if until else None,
        "seat": seat,
        "by": {"username": by.username} if by else None,
        "booking": {"reference": booking.reference} if booking else None,
    }


def who_did_what(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(each["kind"], each["by"] and each["by"]["username"]) for each in events]


# ---------------------------------------------------------------------- a buyer's


def test_a_seat_is_held_kept_longer_sold_and_given_back(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
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


def test_a_booking_tells_of_each_of_its_seats(clerk: Api, buyer: User, hold: Booking) -> None:
    until = hold.expires_at
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    told = of_booking(clerk, hold)

    assert told == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until, seat="A2"),
        event("CANCELLED", datetime.fromisoformat(told[2]["at"]), by=buyer, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold, seat="A2"),
    ]


def test_a_seat_that_is_booked_at_once_is_sold_at_once(clerk: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)

    assert of_seat(clerk, show) == [event("CONFIRMED", booking.created_at, by=buyer, booking=booking)]


def test_what_is_done_twice_is_told_once(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    for _ in range(2):
        holds.extend(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.confirm(booking_id=hold.pk, by=buyer)
    for _ in range(2):
        bookings.cancel(booking_id=hold.pk, by=buyer)

    assert [each["kind"] for each in of_seat(clerk, show)] == ["HELD", "EXTENDED", "CONFIRMED", "CANCELLED"]


def test_a_hold_that_ran_out_did_so_when_its_time_was_over_and_by_nobody(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.let_run_out(hold, seconds_ago=600)
    holds.release_expired(at_most=10)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
    ]


def test_a_seat_that_was_taken_over_tells_who_lost_it_and_who_has_it(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.let_run_out(hold)
    next_buyer = situations.a_user()
    taken_over = holds.acquire(show_id=show.pk, wanted=["A1"], by=next_buyer)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=hold.expires_at),
        event("EXPIRED", hold.expires_at, booking=hold),
        event("HELD", taken_over.created_at, by=next_buyer, booking=taken_over, until=taken_over.expires_at),
    ]
    assert [each["kind"] for each in of_seat(clerk, show, "A2")] == ["HELD", "EXPIRED"]


def test_a_seat_that_was_taken_again_tells_that_it_was_lost_meanwhile(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    situations.let_run_out(hold)
    until = hold.expires_at
    confirmed = bookings.confirm(booking_id=hold.pk, by=buyer)

    assert of_seat(clerk, show) == [
        event("HELD", hold.created_at, by=buyer, booking=hold, until=until),
        event("EXPIRED", until, booking=hold),
        event("CONFIRMED", confirmed.confirmed_at, by=buyer, booking=hold),
    ]


def test_what_was_refused_is_not_told(clerk: Api, show: Show, buyer: User, hold: Booking) -> None:
    api = clerk.signed_in(situations.a_user())
    document = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
    refusal = api(document, input={"showId": global_id(show), "seat": "A1"}).data["bookSeat"]

    assert refusal == {"__typename": "SeatsTaken"}
    assert who_did_what(of_seat(clerk, show)) == [("HELD", buyer.username)]


# ---------------------------------------------------------------------- staff's


def test_seats_are_kept_back_and_put_on_sale_again_by_staff(clerk: Api, show: Show, boss: User) -> None:
    before = clock.now()
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    blocks.unblock(show_id=show.pk, labels=["A1"], by=boss)
    after = clock.now()

    told = of_seat(clerk, show)

    blocked_at, unblocked_at = (datetime.fromisoformat(each["at"]) for each in told)
    assert before <= blocked_at <= unblocked_at <= after
    assert told == [event("BLOCKED", blocked_at, by=boss), event("UNBLOCKED", unblocked_at, by=boss)]


def test_seats_are_kept_back_through_the_api_by_who_is_signed_in(clerk: Api, show: Show) -> None:
    staff = situations.a_staff_member("change_show")
    as_staff = clerk.signed_in(staff)
    for name in ("blockSeats", "unblockSeats"):
        document = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ __typename }} }}"
        as_staff(document, input={"showId": global_id(show), "seats": ["A1"]})

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", staff.username), ("UNBLOCKED", staff.username)]


def test_a_show_that_is_called_off_takes_its_seats_along_by_the_member_of_staff(
    clerk: Api, show: Show, buyer: User, hold: Booking
) -> None:
    booking = situations.a_booking("B1", show=show, by=buyer)
    blocks.block(show_id=show.pk, labels=["B2"])
    staff = situations.a_staff_member("change_show")
    document = "mutation ($input: CancelShowInput!) { cancelShow(input: $input) { __typename } }"
    clerk.signed_in(staff)(document, input={"showId": global_id(show)})

    booking.refresh_from_db()
    assert of_booking(clerk, booking) == [
        event("CONFIRMED", booking.created_at, by=buyer, booking=booking, seat="B1"),
        event("CANCELLED", booking.cancelled_at, by=staff, booking=booking, seat="B1"),
    ]
    assert who_did_what(of_seat(clerk, show, "A1")) == [("HELD", buyer.username), ("CANCELLED", staff.username)]
    assert who_did_what(of_seat(clerk, show, "B2")) == [("BLOCKED", None), ("UNBLOCKED", staff.username)]


def test_a_hold_that_ran_out_before_its_show_was_called_off_ran_out(
    clerk: Api, show: Show, boss: User, buyer: User, hold: Booking
) -> None:
    situations.let_run_out(hold)
    scheduling.cancel(show_id=show.pk, by=boss)

    assert who_did_what(of_seat(clerk, show)) == [("HELD", buyer.username), ("EXPIRED", None)]


def test_a_seat_that_leaves_the_plan_is_no_longer_kept_back(clerk: Api, boss: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A1", "A2"], by=boss)
    staff = situations.a_staff_member("change_screen")
    document = "mutation ($input: UpdateScreenInput!) { updateScreen(input: $input) { __typename } }"
    clerk.signed_in(staff)(document, input={"screenId": global_id(show.screen), "rows": ["SP"]})

    assert who_did_what(of_seat(clerk, show, "A1")) == [("BLOCKED", boss.username)]
    assert who_did_what(of_seat(clerk, show, "A2")) == [("BLOCKED", boss.username), ("UNBLOCKED", staff.username)]


def test_the_history_of_a_label_goes_on_with_the_next_seat_that_bears_it(clerk: Api, buyer: User, boss: User) -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A2"], by=boss)
    theaters.change_screen(screen_id=show.screen_id, rows=["SP"], by=boss)
    situations.a_booking("A2", show=show, by=buyer)

    assert who_did_what(of_seat(clerk, show, "A2")) == [
        ("BLOCKED", boss.username),
        ("UNBLOCKED", boss.username),
        ("CONFIRMED", buyer.username),
    ]


def test_a_show_that_gets_another_screen_leaves_what_was_kept_back(clerk: Api, show: Show, boss: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen().pk, by=boss)

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", boss.username), ("UNBLOCKED", boss.username)]


# ---------------------------------------------------------------------- why is this seat not free?


def test_the_last_word_on_a_seat_tells_why_it_is_not_free(clerk: Api, show: Show, buyer: User, boss: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer)
    blocks.block(show_id=show.pk, labels=["A3"], by=boss)

    last_words = {label: who_did_what(of_seat(clerk, show, label))[-1:] for label in ("A1", "A2", "A3", "A4")}

    assert last_words == {
        "A1": [("CONFIRMED", buyer.username)],
        "A2": [("HELD", buyer.username)],
        "A3": [("BLOCKED", boss.username)],
        "A4": [],
    }


def test_a_seat_is_found_as_people_type_it(clerk: Api, show: Show, hold: Booking) -> None:
    assert len(of_seat(clerk, show, " a 1")) == 1


def test_the_seat_of_another_show_has_a_history_of_its_own(clerk: Api, show: Show, hold: Booking) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))

    assert of_seat(clerk, other) == []


def test_what_was_done_outlives_the_account_of_who_did_it(clerk: Api, show: Show, boss: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=boss)
    boss.delete()

    assert who_did_what(of_seat(clerk, show)) == [("BLOCKED", None)]


@pytest.mark.parametrize("seat", ["Z9", "", "A99"])
def test_a_seat_that_the_house_never_had_is_not_found(clerk: Api, show: Show, seat: str) -> None:
    assert asked(clerk, show, seat).code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("show_id", "code"),
    [(to_base64("Show", 999_999), "NOT_FOUND"), (to_base64("Movie", 1), "BAD_USER_INPUT"), ("", "BAD_USER_INPUT")],
)
def test_a_show_that_is_not_there(clerk: Api, show_id: str, code: str) -> None:
    assert clerk(SEAT_TIMELINE, showId=show_id, seat="A1").code == code


# ---------------------------------------------------------------------- for whom it is


def test_a_buyer_is_not_told_not_even_of_their_own_booking(as_buyer: Api, show: Show, hold: Booking) -> None:
    answer = as_buyer(BOOKING_TIMELINE, reference=hold.reference)

    assert answer.code == "FORBIDDEN"
    assert answer.body["errors"][0]["path"] == ["booking", "timeline"]
    assert answer.body["data"] == {"booking": {"timeline": None}}
    assert asked(as_buyer, show, "A1").code == "FORBIDDEN"


def test_somebody_has_to_be_signed_in(api: Api, show: Show, hold: Booking) -> None:
    assert asked(api, show, "A1").code == "UNAUTHENTICATED"


def test_a_buyer_is_not_told_by_way_of_a_mutation_either(as_buyer: Api, show: Show) -> None:
    document = """
        mutation ($input: BookSeatInput!) { bookSeat(input: $input) { ... on Booking { status timeline { kind } } } }
    """

    answer = as_buyer(document, input={"showId": global_id(show), "seat": "A1"})

    assert answer.code == "FORBIDDEN"
    assert answer.body["data"] == {"bookSeat": {"status": "CONFIRMED", "timeline": None}}
