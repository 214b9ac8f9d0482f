from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.booking.picking import SeatPosition, nearest, nearest_free
from cinema.catalog import layouts
from cinema.catalog.layouts import RESERVED_FOR_NEED, Layout, SeatCategory

# No database.
pytestmark = pytest.mark.once

plans = st.lists(st.text("SPWC_", min_size=1, max_size=12), min_size=1, max_size=8).filter(
    lambda rows: any(letter != "_" for row in rows for letter in row)
)


def by_label(rows: list[str]) -> dict[str, SeatPosition]:
    seats = layouts.parse(Layout(rows))
    return {s.label: SeatPosition(s.label, s.row_index, s.column, s.category, s.unit) for s in seats}


def free_except(rows: list[str], *taken: str) -> list[SeatPosition]:
    return [seat for label, seat in by_label(rows).items() if label not in taken]


def test_seat_beside_comes_before_the_one_in_front() -> None:
    rows = ["SSS", "SSS", "SSS"]

    assert nearest(free_except(rows, "B2"), to=[by_label(rows)["B2"]], count=4) == ["B1", "B3", "A2", "C2"]


def test_aisle_counts_as_distance() -> None:
    rows = ["SS_S"]

    assert nearest(free_except(rows, "A2"), to=[by_label(rows)["A2"]], count=1) == ["A1"]


def test_nothing_is_offered_when_nothing_is_free() -> None:
    assert nearest([], to=[SeatPosition("A1", 0, 1, SeatCategory.STANDARD)], count=3) == []


def test_wheelchair_spaces_are_offered_only_instead_of_one() -> None:
    rows = ["WWSS"]
    seats = by_label(rows)

    assert nearest(free_except(rows, "A3"), to=[seats["A3"]], count=3) == ["A4"]
    assert nearest(free_except(rows, "A1"), to=[seats["A1"]], count=3) == ["A2", "A3", "A4"]


def test_units_are_offered_only_whole() -> None:
    rows = ["S(SS)S", "(PPP)S"]
    wanted = [by_label(rows)["A1"]]

    assert nearest(free_except(rows, "A1"), to=wanted, count=1) == ["A4"]
    assert nearest(free_except(rows, "A1"), to=wanted, count=2) == ["A2", "A3"]
    assert nearest(free_except(rows, "A1"), to=wanted, count=4) == ["A2", "A3", "A4", "B4"]
    assert nearest(free_except(rows, "A1", "A4"), to=wanted, count=3) == ["A2", "A3", "B4"]
    assert nearest(free_except(rows, "A1", "A3", "A4", "B4"), to=wanted, count=6) == ["B1", "B2", "B3"]


@given(rows=plans, data=st.data(), count=st.integers(1, 10))
def test_offers_are_free_distinct_and_nearest_first(rows: list[str], data: st.DataObject, count: int) -> None:
    seats = by_label(rows)
    wanted = data.draw(st.lists(st.sampled_from(sorted(seats)), min_size=1, max_size=3, unique=True))
    taken = data.draw(st.sets(st.sampled_from(sorted(seats)))) | set(wanted)
    free = free_except(rows, *taken)
    fitting = [
        p for p in free if p.category not in RESERVED_FOR_NEED or p.category in {seats[w].category for w in wanted}
    ]

    offered = nearest(free, to=[seats[label] for label in wanted], count=count)

    assert len(offered) == min(count, len(fitting))
    assert len(set(offered)) == len(offered)
    assert set(offered) <= {seat.label for seat in fitting}

    def distance(seat: SeatPosition) -> int:
        return min(2 * abs(seat.row - seats[w].row) + abs(seat.column - seats[w].column) for w in wanted)

    distances = [distance(seats[label]) for label in offered]
    assert distances == sorted(distances)
    assert all(distance(seat) >= max(distances, default=0) for seat in fitting if seat.label not in offered)


def rows_of(rows: list[str]) -> list[list[SeatPosition]]:
    return [list(row) for _, row in groupby(by_label(rows).values(), lambda seat: seat.row)]


def test_a_single_seat_does_not_replace_two() -> None:
    rows = ["S(SS)SS"]
    # The single seat is nearest.
    wanted = [by_label(rows)[label] for label in ("A4", "A5")]

    assert nearest(free_except(rows, "A4", "A5"), to=wanted, count=2) == ["A3", "A2"]
    assert nearest(free_except(rows, "A4", "A5"), to=wanted, count=3) == ["A3", "A2", "A1"]
    rows = ["(SS)SSS"]
    wanted = [by_label(rows)[label] for label in ("A4", "A5")]
    assert nearest(free_except(rows, "A4", "A5"), to=wanted, count=2) == ["A2", "A1"]


SOME_ROWS = st.lists(
    st.lists(st.sampled_from(["S", "S", "P", "W", "C", "_", "(SS)", "(SSS)"]), min_size=1, max_size=6).map("".join),
    min_size=1,
    max_size=20,
).filter(lambda rows: any(letter != "_" for row in rows for letter in row))


@given(rows=SOME_ROWS, data=st.data())
def test_the_same_seats_are_found_row_by_row(rows: list[str], data: st.DataObject) -> None:
    seats = by_label(rows)
    wanted = data.draw(st.lists(st.sampled_from(sorted(seats)), min_size=1, max_size=3, unique=True))
    taken = data.draw(st.sets(st.sampled_from(sorted(seats)))) | set(wanted)
    to = [seats[label] for label in wanted]
    count = data.draw(st.integers(1, 8))

    def free(part: Sequence[Sequence[SeatPosition]]) -> list[list[SeatPosition]]:
        return [[seat for seat in row if seat.label not in taken] for row in part]

    has_units = any(seat.unit for seat in seats.values())
    found = nearest_free(rows_of(rows), free=free, to=to, count=count, has_units=has_units)

    assert found == nearest(free_except(rows, *taken), to=to, count=count)


@pytest.mark.parametrize(("sold_rows", "searched"), [(1, [0, 1, 2, 3, 4]), (5, [*range(15)]), (15, [*range(20)])])
def test_distant_rows_are_searched_only_if_necessary(sold_rows: int, searched: list[int]) -> None:
    rows = ["SSSSSSSS"] * 20
    asked: list[int] = []

    def free(part: Sequence[Sequence[SeatPosition]]) -> list[list[SeatPosition]]:
        asked.extend(row[0].row for row in part)
        return [[seat for seat in row if seat.row >= sold_rows] for row in part]

    (found,) = nearest_free(rows_of(rows), free=free, to=[by_label(rows)["A1"]], count=1, has_units=False)

    assert by_label(rows)[found].row == sold_rows
    assert asked == searched
