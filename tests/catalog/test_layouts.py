import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cinema.catalog import layouts
from cinema.catalog.layouts import InvalidPlan, Layout, PlannedSeat, SeatCategory, SeatNumbering

ROW = st.text(alphabet="SPWC_", max_size=layouts.MAX_COLUMNS)
PLANS = st.lists(ROW, min_size=1, max_size=layouts.MAX_ROWS).filter(lambda rows: set("".join(rows)) - {"_"})

# Slow machines would exceed a deadline.
each_plan = settings(deadline=None)


def letters_before(seat: PlannedSeat, rows: list[str]) -> str:
    return rows[seat.row_index][: seat.column - 1]


def test_seats_are_numbered_and_categorized() -> None:
    assert layouts.parse(Layout(["S_P", "_WC"])) == [
        PlannedSeat("A1", "A", 0, 1, 1, SeatCategory.STANDARD),
        PlannedSeat("A2", "A", 0, 2, 3, SeatCategory.PREMIUM),
        PlannedSeat("B1", "B", 1, 1, 2, SeatCategory.WHEELCHAIR),
        PlannedSeat("B2", "B", 1, 2, 3, SeatCategory.COMPANION),
    ]


@each_plan
@given(PLANS)
def test_every_letter_except_a_gap_is_a_seat(rows: list[str]) -> None:
    assert len(layouts.parse(Layout(rows))) == len("".join(rows).replace("_", ""))


@each_plan
@given(PLANS)
def test_seat_labels_are_unique(rows: list[str]) -> None:
    labels = [seat.label for seat in layouts.parse(Layout(rows))]

    assert len(set(labels)) == len(labels)


@each_plan
@given(PLANS)
def test_a_label_consists_of_row_and_number(rows: list[str]) -> None:
    for seat in layouts.parse(Layout(rows)):
        assert seat.row == layouts.row_label(seat.row_index)
        assert seat.label == f"{seat.row}{seat.number}"


@each_plan
@given(PLANS)
def test_columns_count_gaps_and_seat_numbers_do_not(rows: list[str]) -> None:
    for seat in layouts.parse(Layout(rows)):
        before = letters_before(seat, rows)
        assert len(before) == seat.column - 1
        assert len(before.replace("_", "")) == seat.number - 1


@each_plan
@given(PLANS)
def test_the_letter_determines_the_category(rows: list[str]) -> None:
    for seat in layouts.parse(Layout(rows)):
        assert seat.category.value[0] == rows[seat.row_index][seat.column - 1]


@each_plan
@given(PLANS)
def test_seats_are_ordered_by_row_and_column(rows: list[str]) -> None:
    positions = [(seat.row_index, seat.column) for seat in layouts.parse(Layout(rows))]

    assert positions == sorted(positions)


@each_plan
@given(PLANS, st.integers(min_value=0, max_value=3))
def test_trailing_gaps_change_nothing(rows: list[str], gaps: int) -> None:
    wider = [f"{row}{'_' * gaps}" for row in rows if len(row) + gaps <= layouts.MAX_COLUMNS]

    if len(wider) == len(rows):
        assert layouts.parse(Layout(wider)) == layouts.parse(Layout(rows))


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
    seats = layouts.parse(Layout(["S" * 100] * 100))

    assert len(seats) == 10_000
    assert seats[-1].label == "CV100"


@pytest.mark.parametrize("rows", [[], [""], ["", ""], ["_"], ["___", "_"]], ids=repr)
def test_a_plan_without_a_seat_is_refused(rows: list[str]) -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan must have at least one seat\.$"):
        layouts.parse(Layout(rows))


@pytest.mark.parametrize("letter", ["s", "X", " ", "1", "-", "\n", "\uff33", "\0"], ids=repr)
def test_an_unknown_letter_is_refused_with_its_position(letter: str) -> None:
    with pytest.raises(InvalidPlan) as refusal:
        layouts.parse(Layout(["SS", f"S_{letter}"]))

    assert str(refusal.value) == f"Row B, column 3: {letter!r} is not one of S P W C _."


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^A plan can have at most 100 rows; this one has 101\.$"):
        layouts.parse(Layout(["S"] * 101))


def test_a_row_with_too_many_columns_is_refused() -> None:
    with pytest.raises(InvalidPlan, match=r"^Row C has 101 columns; at most 100 are allowed\.$"):
        layouts.parse(Layout(["S", "S", "_" * 101]))


# ---------------------------------------------------------------------- row labels and numbering

# Back to front, without I and O, with a cross aisle.
BACK_TO_FRONT = [*reversed("ABCDEFGH"), None, *reversed("JKLMN")]
each_label = st.text(alphabet="ABIOYZabz", min_size=1, max_size=layouts.MAX_ROW_LABEL_LENGTH)


def described(layout: Layout) -> list[tuple[str, int]]:
    return [(seat.label, seat.column) for seat in layouts.parse(layout)]


def refusal_of(layout: Layout) -> tuple[str, str]:
    with pytest.raises(InvalidPlan) as refusal:
        layouts.parse(layout)
    return refusal.value.field, str(refusal.value)


def test_rows_can_have_labels_of_their_own() -> None:
    rows = ["S_S" if label else "___" for label in BACK_TO_FRONT]

    seats = layouts.parse(Layout(rows, BACK_TO_FRONT))

    assert [seat.label for seat in seats] == [
        f"{label}{number}" for label in BACK_TO_FRONT if label for number in (1, 2)
    ]
    assert [seat.row_index for seat in seats if seat.row == "N"] == [9, 9]


def test_more_rows_than_letters_can_have_labels() -> None:
    labels = ["AA", "ZZZZ", *(layouts.row_label(index) for index in range(40) if index != 26)]

    assert [seat.row for seat in layouts.parse(Layout(["S"] * 41, labels))] == labels


def test_seats_are_numbered_from_the_right_without_aisles() -> None:
    layout = Layout(["_S_SW_S_", "P"], numbering=SeatNumbering.RIGHT_TO_LEFT)

    assert described(layout) == [("A4", 2), ("A3", 4), ("A2", 5), ("A1", 7), ("B1", 1)]


@each_plan
@given(PLANS)
def test_a_row_numbered_from_the_right_has_the_same_labels_in_reverse(rows: list[str]) -> None:
    left, right = (layouts.parse(Layout(rows, numbering=numbering)) for numbering in SeatNumbering)

    def of_rows(seats: list[PlannedSeat]) -> list[list[int]]:
        return [[seat.number for seat in seats if seat.row_index == index] for index in range(len(rows))]

    assert [(seat.row, seat.column, seat.category) for seat in left] == [
        (seat.row, seat.column, seat.category) for seat in right
    ]
    assert [numbers[::-1] for numbers in of_rows(left)] == of_rows(right)


@each_plan
@given(rows=PLANS, numbering=st.sampled_from(SeatNumbering), data=st.data())
def test_a_layout_is_the_same_after_it_was_text(rows: list[str], numbering: SeatNumbering, data: st.DataObject) -> None:
    labels = st.lists(each_label, min_size=len(rows), max_size=len(rows), unique_by=str.upper)
    layout = Layout(rows, layouts.normalize_row_labels(data.draw(st.none() | labels)), numbering)

    again = Layout.from_text(layout.text, numbering)

    assert again == layout
    assert layouts.parse(again) == layouts.parse(layout)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["A"], "There must be one label per row: 2, not 1."),
        (["A", "B", None], "There must be one label per row: 2, not 3."),
        ([], "There must be one label per row: 2, not 0."),
        (["A", None], "Row 2 has seats, so it must have a label."),
        ([" ", "A"], "Row 1 has seats, so it must have a label."),
        (["AB", " ab "], "Row 2: another row already has the label AB."),
        (["ABCDE", "B"], "Row 1: the label 'ABCDE' is not 1 to 4 letters from A to Z."),
        (["A", "7"], "Row 2: the label '7' is not 1 to 4 letters from A to Z."),
        (["A", "A1"], "Row 2: the label 'A1' is not 1 to 4 letters from A to Z."),
        (["A", "A B"], "Row 2: the label 'A B' is not 1 to 4 letters from A to Z."),
        (["A", "x" * 5000], "Row 2: the label 'xxxxxxxxxxxxxxxxxxxx' is not 1 to 4 letters from A to Z."),
        *(
            (["A", label], f"Row 2: the label {label!r} is not 1 to 4 letters from A to Z.")
            # Some of them are letters from A to Z in upper case.
            for label in ("\u00df", "\u017f", "\u0131", "\u0410", "\uff21", "A\u0301", "A\0", "A:", "\u202eA", "A\nB")
        ),
    ],
    ids=repr,
)
def test_wrong_row_labels_are_refused(labels: list[str | None], message: str) -> None:
    assert refusal_of(Layout(["S", "S"], layouts.normalize_row_labels(labels))) == ("row_labels", message)


def test_an_error_in_an_unlabeled_row_has_its_position() -> None:
    assert refusal_of(Layout(["S", "_x"], ["K", None])) == ("rows", "Row 2, column 2: 'x' is not one of S P W C _.")


# ---------------------------------------------------------------------- units

UNIT = st.builds(lambda letter, size: f"({letter * size})", st.sampled_from("SP"), st.integers(2, 10))
ROWS_WITH_UNITS = st.lists(
    st.lists(st.sampled_from("SPWC_") | UNIT, max_size=9).map("".join), min_size=1, max_size=30
).filter(lambda rows: set("".join(rows)) - {"_"})


def units_of(*rows: str, numbering: SeatNumbering = SeatNumbering.LEFT_TO_RIGHT) -> dict[str, list[str]]:
    """The labels of the seats of each unit, from the left."""
    found: dict[str, list[str]] = {}
    for seat in layouts.parse(Layout(rows, numbering=numbering)):
        found.setdefault(seat.unit, []).append(seat.label)
    return found


def test_seats_in_parentheses_are_units() -> None:
    assert units_of("S(SS)_(PPP)", "(SS)(SS)") == {
        "": ["A1"],
        "A2-A3": ["A2", "A3"],
        "A4-A6": ["A4", "A5", "A6"],
        "B1-B2": ["B1", "B2"],
        "B3-B4": ["B3", "B4"],
    }
    assert units_of("(SS)S_(PPP)", numbering=SeatNumbering.RIGHT_TO_LEFT) == {
        "A5-A6": ["A6", "A5"],
        "": ["A4"],
        "A1-A3": ["A3", "A2", "A1"],
    }


@each_plan
@given(rows=ROWS_WITH_UNITS, numbering=st.sampled_from(SeatNumbering))
def test_parentheses_change_only_the_units(rows: list[str], numbering: SeatNumbering) -> None:
    without = [row.replace("(", "").replace(")", "") for row in rows]

    seats = layouts.parse(Layout(rows, numbering=numbering))

    assert [dataclasses.replace(seat, unit="") for seat in seats] == layouts.parse(Layout(without, numbering=numbering))
    units = units_of(*rows, numbering=numbering)
    units.pop("", None)
    assert len(units) == "".join(rows).count("(")
    for unit, labels in units.items():
        assert sorted(layouts.labels_of_unit(unit)) == sorted(labels)
        assert len(unit) <= layouts.MAX_UNIT_LENGTH


def test_a_unit_can_have_the_longest_labels() -> None:
    (*_, last) = layouts.parse(Layout(["S" * 98 + "(SS)"], ["ZZZZ"]))

    assert last.unit == "ZZZZ99-ZZZZ100"
    assert layouts.labels_of_unit(last.unit) == ["ZZZZ99", "ZZZZ100"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("S(P)", "Row A: (P) must have 2 to 10 seats."),
        ("()S", "Row A: () must have 2 to 10 seats."),
        ("(SSSSSSSSSSS)", "Row A: (SSSSSSSSSSS) must have 2 to 10 seats."),
        ("(S_S)", "Row A: the seats of (S_S) must be side by side, all S or all P."),
        ("(SP)", "Row A: the seats of (SP) must be side by side, all S or all P."),
        ("(WC)", "Row A: the seats of (WC) must be side by side, all S or all P."),
        ("(WW)", "Row A: the seats of (WW) must be side by side, all S or all P."),
        ("(Sx)", "Row A, column 2: 'x' is not one of S P W C _."),
        ("SS(SS", "Row A, column 3: unexpected '('."),
        ("SS)S(", "Row A, column 3: unexpected ')'."),
        ("((SS))", "Row A, column 1: unexpected '('."),
        ("S" * 99 + "(SS)", "Row A has 101 columns; at most 100 are allowed."),
    ],
)
def test_a_wrong_unit_is_refused(row: str, message: str) -> None:
    assert refusal_of(Layout([row])) == ("rows", message)
