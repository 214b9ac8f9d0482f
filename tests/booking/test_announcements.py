"""Every write of a ticket announces that the seats of its show changed, whether or not history is recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from cinema.booking import blocks, bookings, history, holds
from cinema.booking.events import SeatsChanged
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling
from cinema.core import events
from cinema.models import Booking, Show, Ticket, User
from tests import situations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    def record_nothing(*_args: Any, **_kwargs: Any) -> None:
        pass

    monkeypatch.setattr(history, "record", record_nothing)
    monkeypatch.setattr(history, "record_expiry", record_nothing)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The ids of the shows whose seats were announced as changed."""
    show_ids: set[int] = set()
    publish = events.publish

    def recorded(event: object) -> None:
        if isinstance(event, SeatsChanged):
            show_ids.update(event.show_ids)
        publish(event)

    monkeypatch.setattr(events, "publish", recorded)
    return show_ids


def expired_hold(show: Show, buyer: User) -> Booking:
    return situations.a_hold("A1", show=show, by=buyer, minutes_left=-1)


@pytest.mark.parametrize(
    "write",
    [
        lambda show, by: bookings.book(show_id=show.pk, labels=["A1"], by=by),
        lambda show, by: holds.acquire(show_id=show.pk, wanted=["A1"], by=by),
        lambda show, by: holds.acquire(show_id=show.pk, wanted=BestAvailable(2), by=by),
        lambda show, by: blocks.block(show_id=show.pk, labels=["A1"]),
    ],
    ids=["book", "hold", "hold best available", "block"],
)
def test_taking_seats_is_announced(
    show: Show, buyer: User, announced: set[int], write: Callable[[Show, User], object]
) -> None:
    write(show, buyer)

    assert announced == {show.pk}


@pytest.mark.parametrize(
    "write",
    [
        lambda hold: holds.extend(booking_id=hold.pk, by=hold.user),
        lambda hold: bookings.confirm(booking_id=hold.pk, by=hold.user),
        lambda hold: bookings.cancel(booking_id=hold.pk, by=hold.user),
        lambda hold: bookings.cancel(booking_id=hold.pk, by=hold.user, labels=["A1"]),
        lambda hold: scheduling.cancel(show_id=hold.show_id),
    ],
    ids=["extend", "confirm", "cancel", "cancel one seat", "cancel the show"],
)
def test_change_of_a_hold_is_announced(
    show: Show, buyer: User, announced: set[int], write: Callable[[Booking], object]
) -> None:
    write(situations.a_hold("A1", "A2", show=show, by=buyer))

    assert announced == {show.pk}


def test_releasing_an_expired_hold_is_announced(show: Show, buyer: User, announced: set[int]) -> None:
    expired_hold(show, buyer)

    assert holds.release_expired(at_most=10) == 1
    assert announced == {show.pk}


def test_confirming_an_expired_hold_that_is_already_released_is_announced(
    show: Show, buyer: User, announced: set[int]
) -> None:
    hold = expired_hold(show, buyer)
    holds.release_expired(at_most=10)
    announced.clear()

    bookings.confirm(booking_id=hold.pk, by=buyer)

    assert announced == {show.pk}


def test_unblocking_is_announced(show: Show, announced: set[int]) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])
    announced.clear()

    blocks.unblock(show_id=show.pk, labels=["A1"])

    assert announced == {show.pk}


def test_call_that_writes_no_ticket_announces_nothing(show: Show, buyer: User, announced: set[int]) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    blocks.block(show_id=show.pk, labels=["A2"])
    announced.clear()

    bookings.confirm(booking_id=booking.pk, by=buyer)
    blocks.block(show_id=show.pk, labels=["A2"])
    blocks.unblock(show_id=show.pk, labels=["A3"])
    holds.release_expired(at_most=10)

    assert announced == set()
    assert Ticket.objects.count() == 2
