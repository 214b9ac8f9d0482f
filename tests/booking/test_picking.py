import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.booking.picking import RESERVED_FOR_NEED, SeatPosition, nearest
from cinema.catalog import layouts
from cinema.catalog.layouts import SeatCategory

# No database.
pytestmark = pytest.mark.once

plans = st.lists(st.text("SPWC_", min_size=1, max_size=12), min_size=1, max_size=8).filter(
    lambda rows: any(letter != "_" for row in rows for letter in row)
)


def house(rows: list[str]) -> dict[str, SeatPosition]:
    return {s.label: SeatPosition(s.label, s.row_index, s.column, s.category) for s in layouts.parse(rows)}


def free_but(rows: list[str], *taken: str) -> list[SeatPosition]:
    return [place for label, place in house(rows).items() if label not in taken]


def test_the_seat_beside_comes_before_the_one_in_front() -> None:
    rows = ["SSS", "SSS", "SSS"]

    assert nearest(free_but(rows, "B2"), to=[house(rows)["B2"]], count=4) == ["B1", "B3", "A2", "C2"]


def test_an_aisle_counts_as_distance() -> None:
    rows = ["SS_S"]

    assert nearest(free_but(rows, "A2"), to=[house(rows)["A2"]], count=1) == ["A1"]


def test_nothing_is_offered_when_nothing_is_free() -> None:
    assert nearest([], to=[SeatPosition("A1", 0, 1, SeatCategory.STANDARD)], count=3) == []


def test_places_for_wheelchairs_are_for_who_wanted_one() -> None:
    rows = ["WWSS"]
    seats = house(rows)

    assert nearest(free_but(rows, "A3"), to=[seats["A3"]], count=3) == ["A4"]
    assert nearest(free_but(rows, "A1"), to=[seats["A1"]], count=3) == ["A2", "A3", "A4"]


@given(rows=plans, data=st.data(), count=st.integers(1, 10))
def test_at_most_as_many_as_asked_all_free_none_twice_nearest_first(
    rows: list[str], data: st.DataObject, count: int
) -> None:
    seats = house(rows)
    wanted = data.draw(st.lists(st.sampled_from(sorted(seats)), min_size=1, max_size=3, unique=True))
    taken = data.draw(st.sets(st.sampled_from(sorted(seats)))) | set(wanted)
    free = free_but(rows, *taken)
    fitting = [
        p for p in free if p.category not in RESERVED_FOR_NEED or p.category in {seats[w].category for w in wanted}
    ]

    offered = nearest(free, to=[seats[label] for label in wanted], count=count)

    assert len(offered) == min(count, len(fitting))
    assert len(set(offered)) == len(offered)
    assert set(offered) <= {place.label for place in fitting}

    def distance(place: SeatPosition) -> int:
        return min(2 * abs(place.row - seats[w].row) + abs(place.column - seats[w].column) for w in wanted)

    distances = [distance(seats[label]) for label in offered]
    assert distances == sorted(distances)
    assert all(distance(place) >= max(distances, default=0) for place in fitting if place.label not in offered)
