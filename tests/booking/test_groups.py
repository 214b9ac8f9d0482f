from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.booking.groups import are_side_by_side, nearest_block
from cinema.booking.picking import SeatPosition
from cinema.catalog import layouts
from cinema.catalog.layouts import Layout, SeatCategory

# No database.
pytestmark = pytest.mark.once


def by_label(rows: list[str]) -> dict[str, SeatPosition]:
    seats = layouts.parse(Layout(rows))
    return {s.label: SeatPosition(s.label, s.row_index, s.column, s.category, s.unit) for s in seats}


def block_for(rows: list[str], *wanted: str, taken: Sequence[str] = ()) -> list[str]:
    """The seats that replace `wanted`, of which the first is taken."""
    seats, occupied = by_label(rows), {wanted[0], *taken}
    in_rows = [list(row) for _, row in groupby(seats.values(), key=lambda seat: seat.row)]

    def free(part: Sequence[Sequence[SeatPosition]]) -> list[list[SeatPosition]]:
        return [[seat for seat in row if seat.label not in occupied] for row in part]

    return nearest_block(in_rows, free=free, to=[seats[label] for label in wanted])


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("A1 A2", True),
        ("A3 A2 A1", True),
        ("A1", False),
        ("A1 A3", False),
        ("A3 A4", False),
        ("A1 B1", False),
        ("", False),
    ],
)
def test_whether_seats_are_side_by_side(labels: str, *, expected: bool) -> None:
    seats = by_label(["SSS_S", "SSS_S"])
    assert are_side_by_side([seats[label] for label in labels.split()]) is expected


@pytest.mark.parametrize(
    ("rows", "wanted", "taken", "expected"),
    [
        # The seat that is left may be part of the block.
        (["SSSS"], "A2 A3", "", "A3 A4"),
        # The pair in the next row is farther away than the seat beyond the aisle.
        (["SS_S", "SS_S"], "A2 A1", "", "B1 B2"),
        (["SS_S", "S_SS"], "A1 A2", "", "B2 B3"),
        # Nearer than premium seats is not better.
        (["SS", "PP", "SS"], "A1 A2", "", "C1 C2"),
        (["SS", "PP"], "A1 A2", "", "B1 B2"),
        # Accessible seats are only for those that wanted them.
        (["SS", "WC"], "A1 A2", "", ""),
        (["WC", "SS", "CW"], "A1 A2", "", "C1 C2"),
        (["WC", "SS", "WW"], "A1 A2", "", ""),
        (["SSSS"], "A1 A2", "A3", ""),
        (["SSS", *["S_S"] * 20, "SSS"], "A1 A2 A3", "", "V1 V2 V3"),
    ],
)
def test_nearest_block(rows: list[str], wanted: str, taken: str, expected: str) -> None:
    assert block_for(rows, *wanted.split(), taken=taken.split()) == expected.split()


@given(
    rows=st.lists(st.text("SP_", min_size=3, max_size=8), min_size=7, max_size=9).map(lambda rows: ["SSS", *rows]),
    data=st.data(),
)
def test_the_block_is_free_and_no_other_is_nearer(rows: list[str], data: st.DataObject) -> None:
    seats = by_label(rows)
    taken = data.draw(st.sets(st.sampled_from(sorted(seats))))
    found = block_for(rows, "A2", "A3", taken=sorted(taken))

    at = {(seat.row, seat.column): seat for seat in seats.values() if seat.label not in {*taken, "A2"}}
    pairs = [(seat, at[row, column + 1]) for (row, column), seat in at.items() if (row, column + 1) in at]
    costs = {
        (one.label, other.label): (
            sum(seat.category is not SeatCategory.STANDARD for seat in (one, other)),
            2 * one.row + abs(one.column - seats["A2"].column),
        )
        for one, other in pairs
    }
    assert bool(found) == bool(pairs)
    if found:
        assert costs[found[0], found[1]] == min(costs.values())


@pytest.mark.parametrize(
    ("rows", "wanted", "taken", "expected"),
    [
        # No part of a unit.
        (["SSS(SS)", "SSSSS"], "A1 A2", "A2", "B1 B2"),
        (["SS(SS)", "SS"], "A1 A2", "A2", "A3 A4"),
        (["SS(SSS)", "SS_SS"], "A1 A2", "A2 B1", "B3 B4"),
        (["SSS(SSS)S"], "A1 A2", "A2 A3", ""),
        # Another love seat, if there is one, even if it is farther away.
        (["(SS)SS", "SSSS", "(SS)SS"], "A1 A2", "A2", "C1 C2"),
        (["(SS)S(SS)", "SSSSS"], "A1 A2", "A2 A4 A5", "B1 B2"),
    ],
)
def test_a_block_contains_only_whole_units(rows: list[str], wanted: str, taken: str, expected: str) -> None:
    assert block_for(rows, *wanted.split(), taken=taken.split()) == expected.split()
