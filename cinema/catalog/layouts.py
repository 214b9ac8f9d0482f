"""Seat plans as text, and the seats they describe. Pure: text in, dataclasses out.

A plan is one string per row, front row first:

    SSSS_SSSS       S standard    P premium    W wheelchair space    C companion seat    _ gap (an aisle)
    PPPP_PPPP

Rows are labeled A, B, ... Z, AA, AB, ..., unless the plan has labels of its own. Then a row without seats needs no
label: it is a cross aisle. The seats of a row are numbered from 1, from the left or from the right, without gaps.
Seats in parentheses, such as (SS), are a unit: a love seat or a table, whose seats are sold only together. They are
side by side, and all standard or all premium. Parentheses are not columns.

A seat's label is its row and number, such as "B3". Its column is its position in the row from 1 from the left,
including gaps.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from string import ascii_uppercase, digits

from django.db.models import TextChoices

MAX_ROWS = 100
MAX_COLUMNS = 100
MAX_SEATS = MAX_ROWS * MAX_COLUMNS
MAX_ROW_LABEL_LENGTH = 4
MAX_LABEL_LENGTH = 8
MIN_UNIT_SEATS = 2
MAX_UNIT_SEATS = 10
# The name of a unit has the labels of its first and its last seat.
MAX_UNIT_LENGTH = 2 * MAX_LABEL_LENGTH + 1
GAP = "_"
# Between the label of a row and its letters.
SEPARATOR = ":"
_UNIT_OF_ROW = re.compile(r"\(([^()]*)\)")
_ROW_LABEL = re.compile(f"[A-Za-z]{{1,{MAX_ROW_LABEL_LENGTH}}}")
# A message repeats at most this many characters of a wrong label.
_MAX_QUOTED = 20


class SeatCategory(TextChoices):
    STANDARD = "STANDARD", "A standard seat"
    PREMIUM = "PREMIUM", "A better seat at a higher price"
    WHEELCHAIR = "WHEELCHAIR", "A space for a wheelchair, without a seat"
    COMPANION = "COMPANION", "A seat next to a wheelchair space, for a companion"


class SeatNumbering(TextChoices):
    LEFT_TO_RIGHT = "LEFT_TO_RIGHT", "Seat 1 is on the left, for a guest who faces the screen"
    RIGHT_TO_LEFT = "RIGHT_TO_LEFT", "Seat 1 is on the right, for a guest who faces the screen"


# The categories that are sold only to buyers who need them.
RESERVED_FOR_NEED = {SeatCategory.WHEELCHAIR, SeatCategory.COMPANION}
CATEGORY_OF_LETTER = {category.value[0]: category for category in SeatCategory}


class InvalidPlan(ValueError):
    """A plan that no screen can have. The message describes the error and its position; `field` is where it is."""

    def __init__(self, message: str, *, field: str = "rows") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Layout:
    """What a plan is made of. Without `row_labels`, the rows are labeled by `row_label`."""

    rows: Sequence[str]
    row_labels: Sequence[str | None] | None = None
    numbering: SeatNumbering = SeatNumbering.LEFT_TO_RIGHT

    @classmethod
    def from_text(cls, text: str, numbering: SeatNumbering = SeatNumbering.LEFT_TO_RIGHT) -> "Layout":
        """The layout with this `text`: a line per row, such as "SS_SS", or "K: SS_SS" with a label."""
        lines = text.split("\n")
        if SEPARATOR not in text:
            return cls(lines, None, numbering)
        parts = [line.rpartition(SEPARATOR) for line in lines]
        labels = normalize_row_labels([label for label, _, _ in parts])
        return cls([letters.strip() for _, _, letters in parts], labels, numbering)

    @property
    def text(self) -> str:
        if self.row_labels is None:
            return "\n".join(self.rows)
        rows = zip(self.row_labels, self.rows, strict=True)
        return "\n".join(f"{label}{SEPARATOR} {row}" if label else row for label, row in rows)

    def label(self, index: int) -> str | None:
        """The label of a row. None for a row without a label of its own in a plan with labels."""
        if self.row_labels is None:
            return row_label(index)
        return self.row_labels[index] if index < len(self.row_labels) else None


@dataclass(frozen=True)
class PlannedSeat:
    label: str
    row: str
    row_index: int
    number: int
    column: int
    category: SeatCategory
    # The labels of the first and the last seat of its unit, such as "B3-B4", or an empty string.
    unit: str = ""


@dataclass(frozen=True)
class Position:
    """One letter of a row. `seat` is None for a gap, and for a letter that has no meaning.

    `unit` is the number of its unit in the row.
    """

    letter: str
    seat: PlannedSeat | None
    unit: int | None = None


@lru_cache(maxsize=500)
def categories_of(text: str) -> Sequence[SeatCategory]:
    """The seat categories in a layout with this `text`. Cached, because it is needed for each show of a list."""
    letters = set().union(*Layout.from_text(text).rows)
    return tuple(category for letter, category in CATEGORY_OF_LETTER.items() if letter in letters)


def parse(layout: Layout) -> list[PlannedSeat]:
    """The seats of a plan, front row first, from the left. Raises `InvalidPlan`."""
    if len(layout.rows) > MAX_ROWS:
        raise InvalidPlan(f"A plan can have at most {MAX_ROWS} rows; this one has {len(layout.rows)}.")
    _check_labels(layout)
    seats = [seat for index in range(len(layout.rows)) for seat in _parse_row(layout, index)]
    if not seats:
        raise InvalidPlan("A plan must have at least one seat.")
    return seats


def normalize_row_labels(row_labels: Sequence[str | None] | None) -> list[str | None] | None:
    """The labels in their stored form: "C" for " c", and None for an empty one. Wrong labels stay as they are."""
    if row_labels is None:
        return None
    typed = [(label or "").strip() for label in row_labels]
    # Upper case turns some other letters into letters from A to Z.
    return [(label.upper() if _ROW_LABEL.fullmatch(label) else label) or None for label in typed]


def positions(layout: Layout, row_index: int) -> list[Position]:
    """The letters of a row from the left, with their seats. Also accepts invalid letters."""
    letters, label = _letters(layout.rows[row_index]), layout.label(row_index) or ""
    numbers = _numbers([letter for letter, _ in letters], layout.numbering)
    names = _unit_names(label, letters, numbers)
    found = []
    for column, ((letter, unit), number) in enumerate(zip(letters, numbers, strict=True), start=1):
        category = CATEGORY_OF_LETTER.get(letter)
        seat = None
        if category is not None:
            name = names[unit] if unit is not None else ""
            seat = PlannedSeat(f"{label}{number}", label, row_index, number, column, category, name)
        found.append(Position(letter, seat, unit))
    return found


def labels_of_unit(unit: str) -> list[str]:
    """The labels of the seats of a unit: ["B3", "B4", "B5"] for "B3-B5"."""
    first, last = unit.split("-")
    row = first.rstrip(digits)
    return [f"{row}{number}" for number in range(int(first[len(row) :]), int(last[len(row) :]) + 1)]


def row_label(index: int) -> str:
    """The letters of a row: A for 0, Z for 25, AA for 26."""
    label = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        label = ascii_uppercase[letter] + label
    return label


def normalize_label(typed: str) -> str:
    """The seat label in its stored form: "C7" for " c7"."""
    return "".join(typed.split()).upper()


def _letters(row: str) -> list[tuple[str, int | None]]:
    """The letters of a row, each with the number of its unit. Wrong parentheses are letters."""
    found: list[tuple[str, int | None]] = []
    for unit, part in enumerate(_UNIT_OF_ROW.split(row)):
        # Every second part is the inside of a pair of parentheses.
        found += [(letter, unit if unit % 2 else None) for letter in part]
    return found


def _numbers(letters: Sequence[str], numbering: SeatNumbering) -> Sequence[int]:
    """The number of the seat at each letter of a row. It has no meaning for a letter that is not a seat."""
    counts = list(accumulate(int(letter in CATEGORY_OF_LETTER) for letter in letters))
    return counts if numbering == SeatNumbering.LEFT_TO_RIGHT else [counts[-1] + 1 - count for count in counts]


def _unit_names(label: str, letters: Sequence[tuple[str, int | None]], numbers: Sequence[int]) -> dict[int, str]:
    """The name of each unit of a row."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for (letter, unit), number in zip(letters, numbers, strict=True):
        if unit is not None and letter in CATEGORY_OF_LETTER:
            members[unit].append(number)
    return {unit: f"{label}{min(seats)}-{label}{max(seats)}" for unit, seats in members.items()}


def _check_labels(layout: Layout) -> None:
    if layout.row_labels is None:
        return
    if len(layout.row_labels) != len(layout.rows):
        message = f"There must be one label per row: {len(layout.rows)}, not {len(layout.row_labels)}."
        raise InvalidPlan(message, field="row_labels")
    for message in _wrong_labels(layout.row_labels):
        raise InvalidPlan(message, field="row_labels")


def _wrong_labels(labels: Sequence[str | None]) -> Iterator[str]:
    seen = set()
    for number, label in enumerate(labels, start=1):
        if label is None:
            continue
        if not _ROW_LABEL.fullmatch(label):
            yield (
                f"Row {number}: the label {label[:_MAX_QUOTED]!r} is not 1 to {MAX_ROW_LABEL_LENGTH} letters "
                "from A to Z."
            )
        if label in seen:
            yield f"Row {number}: another row already has the label {label}."
        seen.add(label)


def _parse_row(layout: Layout, index: int) -> list[PlannedSeat]:
    label, found = layout.label(index), positions(layout, index)
    name = label or str(index + 1)
    if len(found) > MAX_COLUMNS:
        raise InvalidPlan(f"Row {name} has {len(found)} columns; at most {MAX_COLUMNS} are allowed.")
    seats = []
    for column, position in enumerate(found, start=1):
        if position.seat is not None:
            seats.append(position.seat)
        elif position.letter in {"(", ")"}:
            raise InvalidPlan(f"Row {name}, column {column}: unexpected {position.letter!r}.")
        elif position.letter != GAP:
            raise InvalidPlan(f"Row {name}, column {column}: {position.letter!r} is not one of S P W C _.")
    for unit in _UNIT_OF_ROW.findall(layout.rows[index]):
        if not MIN_UNIT_SEATS <= len(unit) <= MAX_UNIT_SEATS:
            raise InvalidPlan(f"Row {name}: ({unit}) must have {MIN_UNIT_SEATS} to {MAX_UNIT_SEATS} seats.")
        if set(unit) not in ({"S"}, {"P"}):
            raise InvalidPlan(f"Row {name}: the seats of ({unit}) must be side by side, all S or all P.")
    if seats and label is None:
        raise InvalidPlan(f"Row {name} has seats, so it must have a label.", field="row_labels")
    return seats
