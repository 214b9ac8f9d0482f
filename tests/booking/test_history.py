from datetime import timedelta

import pytest

from cinema.booking import blocks, bookings, history, holds
from cinema.booking.errors import SeatsTaken
from cinema.booking.models import TicketEvent, TicketEventKind
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling
from cinema.core.errors import NotFound
from cinema.models import Show, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def of_seat(show: Show, label: str) -> list[str]:
    return [event.kind for event in history.of_seat(show_id=show.pk, label=label)]


def test_every_seat_of_a_call_has_its_event(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=BestAvailable(3), by=buyer)

    assert [(event.kind, event.at, event.held_until, event.by) for event in history.of_bookings([hold.pk])] == [
        (TicketEventKind.HELD, hold.created_at, hold.expires_at, buyer)
    ] * 3


def test_events_are_told_with_what_a_reader_asks_next(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    (event,) = history.of_bookings([hold.pk])

    assert (event.by, event.ticket.seat.label, event.ticket.booking) == (buyer, "A1", hold)


def test_of_several_bookings_the_earliest_comes_first(show: Show, buyer: User) -> None:
    later = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    earlier = situations.age_booking(holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer), by=timedelta(minutes=1))
    holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer)

    found = history.of_bookings([later.pk, earlier.pk])

    assert [event.ticket.booking for event in found] == [earlier, later]


def test_of_no_bookings_there_is_nothing_to_tell(show: Show) -> None:
    situations.a_booking("A1", show=show)

    assert list(history.of_bookings([])) == []


def test_a_hold_that_is_over_is_told_of_once_however_often_it_is_noticed(show: Show, buyer: User) -> None:
    hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer))
    situations.a_booking("A1", show=show)
    holds.release_expired(at_most=10)
    with nothing_changes():
        holds.release_expired(at_most=10)

    ran_out = TicketEvent.objects.filter(kind=TicketEventKind.EXPIRED)
    assert [(event.at, event.by, event.held_until) for event in ran_out] == [(hold.expires_at, None, None)] * 2


def test_only_the_seats_that_were_still_kept_run_out(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    situations.expire_hold(hold)
    holds.release_expired(at_most=10)

    assert of_seat(show, "A1") == ["HELD", "CANCELLED"]
    assert of_seat(show, "A2") == ["HELD", "EXPIRED"]


def test_what_fails_halfway_is_not_told(show: Show, buyer: User) -> None:
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer))
    situations.a_booking("A2", show=show)

    with nothing_changes(), pytest.raises(SeatsTaken):
        blocks.block(show_id=show.pk, labels=["A1", "A2"])

    assert of_seat(show, "A1") == ["HELD"]


def test_seats_that_are_blocked_already_are_not_told_of_again(show: Show, buyer: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=buyer)
    blocks.block(show_id=show.pk, labels=["A1", "A2"], by=buyer)
    blocks.unblock(show_id=show.pk, labels=["A1", "A3"], by=buyer)

    assert [of_seat(show, label) for label in ("A1", "A2", "A3")] == [["BLOCKED", "UNBLOCKED"], ["BLOCKED"], []]


def test_by_a_program_is_by_nobody(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])

    assert [(event.kind, event.by) for event in TicketEvent.objects.all()] == [("BLOCKED", None)]


def test_a_seat_that_was_never_there_is_not_found(show: Show) -> None:
    for show_id, label in ((show.pk, "Z9"), (10**9, "A1")):
        with pytest.raises(NotFound):
            history.of_seat(show_id=show_id, label=label)


def test_what_happened_on_a_screen_that_the_show_has_left_is_still_told(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A8"])
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen(["SP", "WC"]).pk)

    assert of_seat(show, "A8") == ["BLOCKED", "UNBLOCKED"]


def test_an_event_says_in_a_line_what_happened(show: Show) -> None:
    booking = situations.a_booking("A1", show=show)

    assert str(TicketEvent.objects.get()) == f"CONFIRMED at {booking.created_at:%Y-%m-%d %H:%M:%S} UTC"


def test_of_a_seat_held_and_given_back_time_and_again_the_latest_is_told(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MAX_EVENTS_PER_SEAT", 3)
    for _ in range(2):
        hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
        bookings.cancel(booking_id=hold.pk, by=buyer)

    assert of_seat(show, "A1") == ["CANCELLED", "HELD", "CANCELLED"]
