import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinema.catalog import layouts
from cinema.catalog.layouts import InvalidPlan, PlannedSeat, SeatCategory

ROW = st.text(alphabet="SPWC_", max_size=layouts.MAX_COLUMNS)
PLANS = st.lists(ROW, min_size=1, max_size=layouts.MAX_ROWS).filter(lambda rows: set("".join(rows)) - {"_"})

# Slow machines would exceed a deadline.
each_plan = settings(deadline=None)


def letters_before(seat: PlannedSeat, rows: list[str]) -> str:
    return rows[seat.row_index][: seat.column - 1]


def test_seats_are_numbered_and_categorized() -> None:
    assert layouts.parse(["S_P", "_WC"]) == [
        PlannedSeat("A1", "A", 0, 1, 1, SeatCategory.STANDARD),
        PlannedSeat("A2", "A", 0, 2, 3, SeatCategory.PREMIUM),
        PlannedSeat("B1", "B", 1, 1, 2, SeatCategory.WHEELCHAIR),
        PlannedSeat("B2", "B", 1, 2, 3, SeatCategory.COMPANION),
    ]


@each_plan
@given(PLANS)
def test_every_letter_except_a_gap_is_a_seat(rows: list[str]) -> None:
    assert len(layouts.parse(rows)) == len("".join(rows).replace("_", ""))


@each_plan
@given(PLANS)
def test_seat_labels_are_unique(rows: list[str]) -> None:
    labels = [seat.label for seat in layouts.parse(rows)]

    assert len(set(labels)) == len(labels)


@each_plan
@given(PLANS)
def test_a_label_consists_of_row_and_number(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        assert seat.row == layouts.row_label(seat.row_index)
        assert seat.label == f"{seat.row}{seat.number}"


@each_plan
@given(PLANS)
def test_columns_count_gaps_and_seat_numbers_do_not(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        before = letters_before(seat, rows)
        assert len(before) == seat.column - 1
        assert len(before.replace("_", "")) == seat.number - 1


@each_plan
@given(PLANS)
def test_the_letter_determines_the_category(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        assert seat.category.value[0] == rows[seat.row_index][seat.column - 1]


@each_plan
@given(PLANS)
def test_seats_are_ordered_by_row_and_column(rows: list[str]) -> None:
    positions = [(seat.row_index, seat.column) for seat in layouts.parse(rows)]

    assert positions == sorted(positions)


@each_plan
@given(PLANS, st.integers(min_value=0, max_value=3))
def test_trailing_gaps_change_nothing(rows: list[str], gaps: int) -> None:
    wider = [f"{row}{'_' * gaps}" for row in rows if len(row) + gaps <= layouts.MAX_COLUMNS]

    if len(wider) == len(rows):
        assert layouts.parse(wider) == layouts.parse(rows)


@pytest.mark.parametrize(
    ("index", "label"),
    [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_rows_are_lettered_like_spreadsheet_columns(index: int, label: str) -> None:
    assert layouts.row_label(index) == label


def test_row_labels_are_unique_and_sorted() -> None:
    labels = [layouts.row_label(index) for index in range(1000)]

    assert labels == sorted(set(labels), key=lambda label: (len(label), label))


def test_a_plan_of_maximum_size_is_accepted() -> None:
    seats = layouts.parse(["S" * 100] * 100)

    assert len(seats) == 10_000
    assert seats[-1].label == "CV100"


@pytest.mark.parametrize("rows", [[], [""], ["", ""], ["_"], ["___", "_"]], ids=repr)
def test_a_plan_without_a_seat_is_refused(rows: list[str]) -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan must have at least one seat\.$"):
        layouts.parse(rows)


@pytest.mark.parametrize("letter", ["s", "X", " ", "1", "-", "\n", "\uff33", "\0"], ids=repr)
def test_an_unknown_letter_is_refused_with_its_position(letter: str) -> None:
    with pytest.raises(InvalidPlan) as refusal:
        layouts.parse(["SS", f"S_{letter}"])

    assert str(refusal.value) == f"Row B, column 3: {letter!r} is not one of S P W C _."


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan can have at most 100 rows; this one has 101\.$"):
        layouts.parse(["S"] * 101)


def test_a_row_with_too_many_columns_is_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^Row C has 101 columns; at most 100 are allowed\.$"):
        layouts.parse(["S", "S", "_" * 101])
