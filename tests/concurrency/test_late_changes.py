"""A change that is written before somebody looks, and committed after: the next look finds it.

Its moment is before the cursor that the first look came back with. The control is that who looks only from that cursor
on never finds it.
"""

from datetime import timedelta

import pytest

from cinema.booking import history, seat_maps
from cinema.booking.seat_maps import ChangedSeats
from cinema.core import clock
from cinema.core.transactions import MAX_TRANSACTION_SECONDS
from cinema.models import Show, User
from tests import situations
from tests.concurrency.acts import booking
from tests.concurrency.racing import after, meet
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def looked_amid(show: Show, by: User, monkeypatch: pytest.MonkeyPatch) -> ChangedSeats:
    """What somebody else is told while A1 has been written, and is not committed yet."""
    since = clock.now()

    def look() -> ChangedSeats:
        # SQLite's clock has milliseconds: a look in the same one would find it without a margin as well.
        written = clock.now()
        wait_until(lambda: clock.now() > written, what="the next millisecond")
        return seat_maps.changes(show.pk, since=since)

    meeting = meet(booking("A1", show=show, by=by), look, after(history, "record"), monkeypatch)
    assert isinstance(meeting.rival, ChangedSeats), meeting.rival
    return meeting.rival


def labels(changes: ChangedSeats) -> list[str]:
    return [seat.label for seat in changes.seats]


def test_control_without_a_margin_it_is_never_found(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_maps, "MARGIN", timedelta(0))
    first = looked_amid(show, buyer, monkeypatch)

    assert labels(first) == []
    assert labels(seat_maps.changes(show.pk, since=first.read_at)) == []


def test_it_is_found_by_the_next_look(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first = looked_amid(show, buyer, monkeypatch)

    assert labels(first) == []
    assert labels(seat_maps.changes(show.pk, since=first.read_at)) == ["A1"]


def test_it_is_still_recent(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_amid(show, buyer, monkeypatch)

    assert {show_id for show_id, *_ in seat_maps.recent_changes([show.pk])} == {show.pk}


def test_no_transaction_lasts_as_long_as_the_margin() -> None:
    assert timedelta(seconds=MAX_TRANSACTION_SECONDS) < seat_maps.MARGIN


def test_a_cursor_of_a_map_is_as_good(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = meet(
        booking("A1", show=show, by=buyer), lambda: seat_maps.of(show), after(history, "record"), monkeypatch
    )
    read_at = meeting.rival.read_at
    situations.a_booking("A2", show=show)

    assert {seat.status.value for row in meeting.rival.rows for seat in row.seats} == {"AVAILABLE"}
    assert labels(seat_maps.changes(show.pk, since=read_at)) == ["A1", "A2"]
