"""A change that is written before a read and committed after it is found by the next read.

Its time is before the cursor of the first read. The control: reading only from that cursor on never finds it.
"""

from datetime import timedelta

import pytest

from cinema.booking import seat_maps, seats
from cinema.booking.seat_maps import ChangedSeats
from cinema.core import clock
from cinema.core.transactions import MAX_TRANSACTION_SECONDS
from cinema.models import Show, User
from tests import situations
from tests.concurrency.calls import booking
from tests.concurrency.racing import after, interleave
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_transactions")]


def read_before_commit(show: Show, by: User, monkeypatch: pytest.MonkeyPatch) -> ChangedSeats:
    """The changes that another connection reads after A1 is written and before it is committed."""
    since = clock.now()

    def read() -> ChangedSeats:
        # SQLite's clock has milliseconds: a read in the same one would find the change without a margin, too.
        written = clock.now()
        wait_until(lambda: clock.now() > written, what="the next millisecond")
        return seat_maps.changes(show.pk, since=since)

    interleaving = interleave(booking("A1", show=show, by=by), read, after(seats, "take"), monkeypatch)
    assert isinstance(interleaving.other, ChangedSeats), interleaving.other
    return interleaving.other


def labels(changes: ChangedSeats) -> list[str]:
    return [seat.label for seat in changes.seats]


def test_without_a_margin_a_late_change_is_never_found(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_maps, "MARGIN", timedelta(0))
    first = read_before_commit(show, buyer, monkeypatch)

    assert labels(first) == []
    assert labels(seat_maps.changes(show.pk, since=first.read_at)) == []


def test_a_late_change_is_found_by_the_next_read(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_before_commit(show, buyer, monkeypatch)

    assert labels(first) == []
    assert labels(seat_maps.changes(show.pk, since=first.read_at)) == ["A1"]


def test_a_late_change_is_still_recent(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    read_before_commit(show, buyer, monkeypatch)

    assert {show_id for show_id, *_ in seat_maps.recent_changes([show.pk])} == {show.pk}


def test_margin_is_longer_than_any_transaction() -> None:
    assert timedelta(seconds=MAX_TRANSACTION_SECONDS) < seat_maps.MARGIN


def test_a_late_change_is_found_from_the_cursor_of_a_seat_map(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    interleaving = interleave(
        booking("A1", show=show, by=buyer), lambda: seat_maps.of(show), after(seats, "take"), monkeypatch
    )
    read_at = interleaving.other.read_at
    situations.a_booking("A2", show=show)

    assert {seat.status.value for row in interleaving.other.rows for seat in row.seats} == {"AVAILABLE"}
    assert labels(seat_maps.changes(show.pk, since=read_at)) == ["A1", "A2"]
