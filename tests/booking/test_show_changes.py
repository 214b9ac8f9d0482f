"""A change of a show, its prices or its plan is a change of its seats, for every reader with an earlier cursor."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from cinema.booking import blocks, seat_maps
from cinema.booking.seat_maps import ChangesRead
from cinema.booking.status import SeatStatus
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.core.errors import InvalidInput
from cinema.models import Show
from tests import situations
from tests.booking.backdating import backdate_tickets
from tests.rules import ChangeRules

pytestmark = pytest.mark.django_db

AVAILABLE, BOOKED, BLOCKED = SeatStatus.AVAILABLE, SeatStatus.BOOKED, SeatStatus.BLOCKED


@pytest.fixture
def show() -> Show:
    return situations.a_show(rows=["SSP"])


def read(show: Show, since: datetime) -> ChangesRead:
    """The changes. Checks that the whole seat map shows the same, and does not have the seats that were removed."""
    found = seat_maps.read_changes(show.pk, since=since)
    whole = {seat.label: seat for row in seat_maps.of(Show.objects.get(pk=show.pk)).rows for seat in row.seats}
    for seat in found.changes.seats:
        assert whole.get(seat.label, seat) == seat
        assert seat.label in whole or seat.status is BLOCKED
    return found


def statuses(changes: ChangesRead) -> dict[str, SeatStatus]:
    return {seat.label: seat.status for seat in changes.changes.seats}


def test_without_changes_nothing_is_read(show: Show) -> None:
    found = read(show, backdate_tickets())

    assert (found.changes.seats, found.show_changed_at, found.next_change) == ([], None, show.starts_at)
    assert not found.since(None).show_changed


def test_cancelled_show(show: Show) -> None:
    situations.a_booking("A1", show=show)
    since = backdate_tickets()
    scheduling.cancel(show_id=show.pk)

    found = read(show, since)

    assert statuses(found) == {"A1": BLOCKED, "A2": BLOCKED, "A3": BLOCKED}
    assert found.since(since).show_changed
    # A cancelled show does not close.
    assert found.next_change is None


def test_new_prices(show: Show) -> None:
    situations.a_booking("A1", show=show)
    since = backdate_tickets()
    scheduling.reschedule(show_id=show.pk, prices={SeatCategory.PREMIUM: Decimal(20)})

    found = read(show, since)

    assert [(seat.label, seat.status, seat.price.amount) for seat in found.changes.seats] == [
        ("A1", BOOKED, Decimal(10)),
        ("A2", AVAILABLE, Decimal(10)),
        ("A3", AVAILABLE, Decimal(20)),
    ]


def test_changed_plan(show: Show) -> None:
    situations.a_booking("A1", show=show)
    since = backdate_tickets()
    # A2 changes its category, A3 is removed, and B1 is added.
    theaters.change_screen(screen_id=show.screen_id, rows=["SP", "S"])

    found = read(show, since)

    assert [(seat.label, seat.status, seat.category) for seat in found.changes.seats] == [
        ("A1", BOOKED, "STANDARD"),
        ("A2", AVAILABLE, "PREMIUM"),
        ("B1", AVAILABLE, "STANDARD"),
        ("A3", BLOCKED, "PREMIUM"),
    ]
    assert len({seat.key for seat in found.changes.seats}) == 4


def test_another_name_of_the_screen_is_no_change(show: Show) -> None:
    since = backdate_tickets()
    theaters.change_screen(screen_id=show.screen_id, name="Studio", rows=["SSP"])

    assert read(show, since).show_changed_at is None


def test_show_moved_to_other_screens(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])
    since = backdate_tickets()
    for rows in (["SSSSS"], ["PP", "S"]):
        scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen(rows).pk)

    assert statuses(read(show, since)) == {
        "A1": AVAILABLE,
        "A2": AVAILABLE,
        "B1": AVAILABLE,
        "A3": BLOCKED,
        "A4": BLOCKED,
        "A5": BLOCKED,
    }


def test_show_moved_away_and_back_has_its_seats(show: Show) -> None:
    since, here = backdate_tickets(), show.screen_id
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen(["SSSS"]).pk)
    scheduling.reschedule(show_id=show.pk, screen_id=here)

    assert statuses(read(show, since)) == {"A1": AVAILABLE, "A2": AVAILABLE, "A3": AVAILABLE, "A4": BLOCKED}


def test_saving_a_show_without_changes_is_no_change(show: Show) -> None:
    since = backdate_tickets()
    prices = {SeatCategory.STANDARD: Decimal(10)}
    scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at, format="TWO_D", prices=prices)

    assert read(show, since).show_changed_at is None


def test_other_shows_do_not_change(show: Show) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))
    since = backdate_tickets()
    scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at + timedelta(minutes=5))

    assert read(show, since).since(since).show_changed
    assert not read(other, since).since(since).show_changed


@pytest.mark.parametrize(
    "refused",
    [
        lambda show: scheduling.reschedule(show_id=show.pk, starts_at=clock.now() - timedelta(hours=1)),
        lambda show: theaters.change_screen(screen_id=show.screen_id, rows=["X"]),
    ],
    ids=["show", "plan"],
)
def test_refused_change_is_none(show: Show, refused: Callable[[Show], object]) -> None:
    since = backdate_tickets()
    with pytest.raises(InvalidInput):
        refused(show)

    found = read(show, since)

    assert (found.changes.seats, found.show_changed_at) == ([], None)


def test_closing_by_the_clock(show: Show, change_rules: ChangeRules) -> None:
    change_rules(booking_closes_before_start=timedelta(minutes=10))
    closes_at = clock.now() + timedelta(minutes=5)
    Show.objects.update(starts_at=closes_at + timedelta(minutes=10))
    hold = situations.a_hold("A1", show=show, minutes_left=2)
    since = backdate_tickets()
    assert read(show, since).next_change == hold.expires_at
    situations.expire_hold(hold, seconds_ago=300)
    assert read(show, since).next_change == closes_at
    assert not read(show, since).since(since).show_changed

    Show.objects.update(starts_at=since + timedelta(minutes=10))
    found = read(show, since)

    assert (found.show_changed_at, found.next_change) == (since, None)
    assert found.since(since).show_changed
    # Older than the margin.
    Show.objects.update(starts_at=since - seat_maps.MARGIN + timedelta(minutes=9))
    assert not read(show, since).since(since).show_changed


def test_the_state_of_the_show_is_current_and_read_once(show: Show) -> None:
    changes = seat_maps.changes(show.pk, since=backdate_tickets())
    scheduling.reschedule(show_id=show.pk, format="IMAX")

    assert changes.show.format == "IMAX"
    assert changes.show is changes.show
