import pytest

from cinema.booking import blocks
from cinema.booking.errors import SeatsTaken, UnknownSeats
from cinema.booking.seats import MAX_ALTERNATIVES
from cinema.core.errors import NotFound
from cinema.models import Show, Ticket
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def blocked(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().blocks().filter(show=show).values_list("seat__label", flat=True))


def test_seats_are_blocked_and_unblocked(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1", "a2"])
    assert blocked(show) == ["A1", "A2"]

    blocks.unblock(show_id=show.pk, labels=["A1"])
    assert blocked(show) == ["A2"]
    assert situations.a_booking("A1", show=show).tickets.count() == 1


def test_blocking_twice_changes_nothing(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])
    blocks.block(show_id=show.pk, labels=["A1", "A2"])

    assert blocked(show) == ["A1", "A2"]
    assert Ticket.objects.count() == 2


def test_sold_seat_refuses_the_whole_block(show: Show) -> None:
    situations.a_booking("A2", show=show)

    with pytest.raises(SeatsTaken) as refusal:
        blocks.block(show_id=show.pk, labels=["A1", "A2"])

    assert refusal.value.seats == ["A2"]
    assert blocked(show) == []


def test_no_alternative_is_offered_for_a_seat_that_is_already_blocked(show: Show) -> None:
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])
    with pytest.raises(SeatsTaken) as refusal:
        blocks.block(show_id=show.pk, labels=["A1", "A2"])
    assert (refusal.value.seats, refusal.value.alternatives) == (["A1"], ["A3"])


def test_unblocking_a_sold_seat_leaves_it_sold(show: Show) -> None:
    situations.a_booking("A1", show=show)

    blocks.unblock(show_id=show.pk, labels=["A1"])

    assert Ticket.objects.live().sold().filter(show=show).count() == 1


@pytest.mark.parametrize("act", [blocks.block, blocks.unblock])
def test_unknown_seats_are_refused(show: Show, act: type) -> None:
    with pytest.raises(UnknownSeats) as refusal:
        act(show_id=show.pk, labels=["A1", "Q1"])

    assert refusal.value.seats == ["Q1"]
    assert blocked(show) == []


@pytest.mark.parametrize("act", [blocks.block, blocks.unblock])
def test_unknown_show_is_not_found(act: type) -> None:
    with nothing_changes(), pytest.raises(NotFound):
        act(show_id=10**9, labels=["A1"])


def test_number_of_alternatives_is_limited() -> None:
    show = situations.a_show(rows=["S" * 60, "S" * 60])
    situations.a_booking("A1", show=show)

    with pytest.raises(SeatsTaken) as refusal:
        blocks.block(show_id=show.pk, labels=[f"A{number}" for number in range(1, 61)])

    assert refusal.value.seats == ["A1"]
    assert len(refusal.value.alternatives) == MAX_ALTERNATIVES
    assert blocked(show) == []
