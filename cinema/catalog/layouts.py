"""Seat plans as text, and the seats they describe. Pure: text in, dataclasses out.

A plan is one string per row, front row first:

    SSSS_SSSS       S standard    P premium    W wheelchair space    C companion seat    _ gap (an aisle)
    PPPP_PPPP

Rows are labeled A, B, ... Z, AA, AB, ...; the seats of a row are numbered from 1 from the left, without gaps.
A seat's label is its row and number, such as "B3". Its column is its position in the row from 1, including gaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from django.db.models import TextChoices

MAX_ROWS = 100
MAX_COLUMNS = 100
MAX_SEATS = MAX_ROWS * MAX_COLUMNS
MAX_LABEL_LENGTH = 8
GAP = "_"


class SeatCategory(TextChoices):
    STANDARD = "STANDARD", "A standard seat"
    PREMIUM = "PREMIUM", "A better seat at a higher price"
    WHEELCHAIR = "WHEELCHAIR", "A space for a wheelchair, without a seat"
    COMPANION = "COMPANION", "A seat next to a wheelchair space, for a companion"


# The categories that are sold only to buyers who need them.
RESERVED_FOR_NEED = {SeatCategory.WHEELCHAIR, SeatCategory.COMPANION}
CATEGORY_OF_LETTER = {category.value[0]: category for category in SeatCategory}


class InvalidPlan(ValueError):
    """A plan that no screen can have. The message describes the error and its position."""


@dataclass(frozen=True)
class PlannedSeat:
    label: str
    row: str
    row_index: int
    number: int
    column: int
    category: SeatCategory


@dataclass(frozen=True)
class Position:
    """One letter of a row. `seat` is None for a gap, and for a letter that has no meaning."""

    letter: str
    seat: PlannedSeat | None


def parse(rows: Sequence[str]) -> list[PlannedSeat]:
    """The seats of a plan, front row first, from the left. Raises `InvalidPlan`."""
    if len(rows) > MAX_ROWS:
        raise InvalidPlan(f"A plan can have at most {MAX_ROWS} rows; this one has {len(rows)}.")
    seats = [seat for index, row in enumerate(rows) for seat in _parse_row(index, row)]
    if not seats:
        raise InvalidPlan("A plan must have at least one seat.")
    return seats


def positions(row_index: int, row: str) -> list[Position]:
    """The letters of a row from the left, with their seats. Also accepts invalid letters."""
    label = row_label(row_index)
    number = 0
    found = []
    for column, letter in enumerate(row, start=1):
        category = CATEGORY_OF_LETTER.get(letter)
        if category is None:
            found.append(Position(letter, None))
        else:
            number += 1
            found.append(Position(letter, PlannedSeat(f"{label}{number}", label, row_index, number, column, category)))
    return found


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


def _parse_row(index: int, row: str) -> list[PlannedSeat]:
    label = row_label(index)
    if len(row) > MAX_COLUMNS:
        raise InvalidPlan(f"Row {label} has {len(row)} columns; at most {MAX_COLUMNS} are allowed.")
    seats = []
    for column, position in enumerate(positions(index, row), start=1):
        if position.seat is not None:
            seats.append(position.seat)
        elif position.letter != GAP:
            raise InvalidPlan(f"Row {label}, column {column}: {position.letter!r} is not one of S P W C _.")
    return seats
