from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from cinema.booking import blocks, bookings, history, holds
from cinema.booking.errors import SeatsTaken
from cinema.booking.models import TicketEvent, TicketEventKind
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling
from cinema.core.errors import NotFound
from cinema.models import Show, Theater, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def kinds_of(show: Show, label: str) -> list[str]:
    return [event.kind for event in history.of_seat(show_id=show.pk, label=label)]


def test_every_seat_of_a_call_has_an_event(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=BestAvailable(3), by=buyer)

    assert [(event.kind, event.at, event.held_until, event.by) for event in history.of_bookings([hold.pk])] == [
        (TicketEventKind.HELD, hold.created_at, hold.expires_at, buyer)
    ] * 3


def test_events_are_read_with_user_seat_and_booking(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    (event,) = history.of_bookings([hold.pk])

    assert (event.by, event.ticket.seat.label, event.ticket.booking) == (buyer, "A1", hold)


def test_events_of_several_bookings_are_in_order_of_time(show: Show, buyer: User) -> None:
    later = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    earlier = situations.age_booking(holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer), by=timedelta(minutes=1))
    holds.acquire(show_id=show.pk, wanted=["A3"], by=buyer)

    found = history.of_bookings([later.pk, earlier.pk])

    assert [event.ticket.booking for event in found] == [earlier, later]


def test_no_bookings_have_no_events(show: Show) -> None:
    situations.a_booking("A1", show=show)

    assert list(history.of_bookings([])) == []


def test_expired_hold_has_one_event_per_seat_however_often_it_is_released(show: Show, buyer: User) -> None:
    hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer))
    situations.a_booking("A1", show=show)
    holds.release_expired(at_most=10)
    with nothing_changes():
        holds.release_expired(at_most=10)

    expired = TicketEvent.objects.filter(kind=TicketEventKind.EXPIRED)
    assert [(event.at, event.by, event.held_until) for event in expired] == [(hold.expires_at, None, None)] * 2


def test_only_held_seats_expire(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A1"])
    situations.expire_hold(hold)
    holds.release_expired(at_most=10)

    assert kinds_of(show, "A1") == ["HELD", "CANCELLED"]
    assert kinds_of(show, "A2") == ["HELD", "EXPIRED"]


def test_refused_call_leaves_no_event(show: Show, buyer: User) -> None:
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer))
    situations.a_booking("A2", show=show)

    with nothing_changes(), pytest.raises(SeatsTaken):
        blocks.block(show_id=show.pk, labels=["A1", "A2"])

    assert kinds_of(show, "A1") == ["HELD"]


def test_seat_that_is_already_blocked_gets_no_second_event(show: Show, buyer: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"], by=buyer)
    blocks.block(show_id=show.pk, labels=["A1", "A2"], by=buyer)
    blocks.unblock(show_id=show.pk, labels=["A1", "A3"], by=buyer)

    assert [kinds_of(show, label) for label in ("A1", "A2", "A3")] == [["BLOCKED", "UNBLOCKED"], ["BLOCKED"], []]


def test_event_of_a_call_without_a_user_has_no_user(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])

    assert [(event.kind, event.by) for event in TicketEvent.objects.all()] == [("BLOCKED", None)]


def test_unknown_seat_is_not_found(show: Show) -> None:
    for show_id, label in ((show.pk, "Z9"), (10**9, "A1")):
        with pytest.raises(NotFound):
            history.of_seat(show_id=show_id, label=label)


def test_events_on_a_former_screen_of_the_show_remain(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A8"])
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen(["SP", "WC"]).pk)

    assert kinds_of(show, "A8") == ["BLOCKED", "UNBLOCKED"]


def test_event_as_text_has_kind_and_local_time(show: Show) -> None:
    Theater.objects.update(time_zone="Asia/Tokyo")
    booking = situations.a_booking("A1", show=show)

    local = booking.created_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert str(TicketEvent.objects.get()) == f"CONFIRMED on {local:%Y-%m-%d} at {local:%H:%M}"


def test_only_the_latest_events_of_a_seat_are_read(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_EVENTS_PER_SEAT", 3)
    for _ in range(2):
        hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
        bookings.cancel(booking_id=hold.pk, by=buyer)

    assert kinds_of(show, "A1") == ["CANCELLED", "HELD", "CANCELLED"]
