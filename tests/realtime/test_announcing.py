"""A change is announced after its commit, and a failed announcement does not affect the call."""

from typing import Any

import pytest
from django.db import transaction

from cinema.booking import bookings, holds, tickets
from cinema.core.transactions import TryAgain, use_case
from cinema.models import Booking, Show, User
from cinema.realtime import seat_feed
from tests import situations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[int]]:
    found: list[frozenset[int]] = []
    monkeypatch.setattr(seat_feed, "_notify", found.append)
    return found


def write(hold: Booking) -> None:
    tickets.confirm(list(hold.tickets.all()))


def test_change_is_announced_after_its_commit(
    show: Show, buyer: User, announced: list[frozenset[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = situations.a_hold("A1", show=show, by=buyer)
    confirm = tickets.confirm
    before_commit: list[list[frozenset[int]]] = []

    def confirm_and_check(held: Any) -> None:
        confirm(held)
        before_commit.append(list(announced))

    monkeypatch.setattr(tickets, "confirm", confirm_and_check)
    bookings.confirm(booking_id=hold.pk, by=buyer)

    assert before_commit == [[]]
    assert announced == [frozenset({show.pk})]


def test_retried_use_case_is_announced_once(show: Show, announced: list[frozenset[int]]) -> None:
    hold = situations.a_hold("A1", show=show)
    tries: list[int] = []

    @use_case
    def act() -> None:
        write(hold)
        tries.append(1)
        if len(tries) < 3:
            raise TryAgain

    act()

    assert len(tries) == 3
    assert announced == [frozenset({show.pk})]


def test_rolled_back_change_is_not_announced(show: Show, announced: list[frozenset[int]]) -> None:
    hold = situations.a_hold("A1", show=show)

    with transaction.atomic():
        write(hold)
        transaction.set_rollback(True)

    assert announced == []


def test_failed_announcement_does_not_fail_the_call(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(show_ids: object) -> None:
        raise LookupError

    monkeypatch.setattr(seat_feed, "_notify", fail)

    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    assert hold.tickets.count() == 1
    assert [record.name for record in caplog.records] == ["django.db.backends.base"]
