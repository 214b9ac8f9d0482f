import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinema.catalog import layouts
from cinema.catalog.layouts import InvalidPlan, PlannedSeat, SeatCategory

ROW = st.text(alphabet="SPWC_", max_size=layouts.MAX_COLUMNS)
PLANS = st.lists(ROW, min_size=1, max_size=layouts.MAX_ROWS).filter(lambda rows: set("".join(rows)) - {"_"})

# A slow machine is no reason for a test to fail.
each_plan = settings(deadline=None)


def letters_before(seat: PlannedSeat, rows: list[str]) -> str:
    return rows[seat.row_index][: seat.column - 1]


def test_a_plan_is_read_as_people_mean_it() -> None:
    assert layouts.parse(["S_P", "_WC"]) == [
        PlannedSeat("A1", "A", 0, 1, 1, SeatCategory.STANDARD),
        PlannedSeat("A2", "A", 0, 2, 3, SeatCategory.PREMIUM),
        PlannedSeat("B1", "B", 1, 1, 2, SeatCategory.WHEELCHAIR),
        PlannedSeat("B2", "B", 1, 2, 3, SeatCategory.COMPANION),
    ]


@each_plan
@given(PLANS)
def test_every_letter_that_is_no_gap_is_a_seat(rows: list[str]) -> None:
    assert len(layouts.parse(rows)) == len("".join(rows).replace("_", ""))


@each_plan
@given(PLANS)
def test_no_two_seats_have_a_label_in_common(rows: list[str]) -> None:
    labels = [seat.label for seat in layouts.parse(rows)]

    assert len(set(labels)) == len(labels)


@each_plan
@given(PLANS)
def test_a_label_is_the_row_and_the_number(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        assert seat.row == layouts.row_label(seat.row_index)
        assert seat.label == f"{seat.row}{seat.number}"


@each_plan
@given(PLANS)
def test_a_column_counts_gaps_and_a_number_does_not(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        before = letters_before(seat, rows)
        assert len(before) == seat.column - 1
        assert len(before.replace("_", "")) == seat.number - 1


@each_plan
@given(PLANS)
def test_the_letter_tells_the_category(rows: list[str]) -> None:
    for seat in layouts.parse(rows):
        assert seat.category.value[0] == rows[seat.row_index][seat.column - 1]


@each_plan
@given(PLANS)
def test_seats_come_front_row_first_from_the_left(rows: list[str]) -> None:
    places = [(seat.row_index, seat.column) for seat in layouts.parse(rows)]

    assert places == sorted(places)


@each_plan
@given(PLANS, st.integers(min_value=0, max_value=3))
def test_gaps_at_the_end_of_a_row_change_nothing(rows: list[str], gaps: int) -> None:
    wider = [f"{row}{'_' * gaps}" for row in rows if len(row) + gaps <= layouts.MAX_COLUMNS]

    if len(wider) == len(rows):
        assert layouts.parse(wider) == layouts.parse(rows)


@pytest.mark.parametrize(
    ("index", "label"),
    [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_rows_are_lettered_as_columns_of_a_spreadsheet(index: int, label: str) -> None:
    assert layouts.row_label(index) == label


def test_row_letters_grow_with_the_row() -> None:
    labels = [layouts.row_label(index) for index in range(1000)]

    assert labels == sorted(set(labels), key=lambda label: (len(label), label))


def test_the_largest_house_fits() -> None:
    seats = layouts.parse(["S" * 100] * 100)

    assert len(seats) == 10_000
    assert seats[-1].label == "CV100"


@pytest.mark.parametrize("rows", [[], [""], ["", ""], ["_"], ["___", "_"]], ids=repr)
def test_a_plan_without_a_seat_is_refused(rows: list[str]) -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan has at least one seat\.$"):
        layouts.parse(rows)


@pytest.mark.parametrize("letter", ["s", "X", " ", "1", "-", "\n", "\uff33", "\0"], ids=repr)
def test_a_letter_that_means_nothing_is_refused_with_its_place(letter: str) -> None:
    with pytest.raises(InvalidPlan) as refusal:
        layouts.parse(["SS", f"S_{letter}"])

    assert str(refusal.value) == f"Row B, column 3: {letter!r} is not one of S P W C _."


def test_one_row_too_many_is_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan has at most 100 rows; this one has 101\.$"):
        layouts.parse(["S"] * 101)


def test_a_row_that_is_too_wide_is_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^Row C has 101 columns; at most 100 are allowed\.$"):
        layouts.parse(["S", "S", "_" * 101])
