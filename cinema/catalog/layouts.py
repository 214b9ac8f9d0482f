"""Seat plans as people write them, and what they mean. Pure: text in, dataclasses out.

A plan is one string per row, front row first:

    SSSS_SSSS       S standard    P premium    W wheelchair space    C companion seat    _ nothing (an aisle)
    PPPP_PPPP

Rows are A, B, ... Z, AA, AB, ...; seats are numbered from 1 from the left, gaps not counted. A seat's label is
its row and number, "B3"; its column is its place in the row counted from 1, gaps counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from django.db.models import TextChoices

MOST_ROWS = 100
MOST_COLUMNS = 100
MOST_SEATS = MOST_ROWS * MOST_COLUMNS
LONGEST_LABEL = 8
GAP = "_"


class SeatCategory(TextChoices):
    STANDARD = "STANDARD", "An ordinary seat"
    PREMIUM = "PREMIUM", "A better seat at a higher price"
    WHEELCHAIR = "WHEELCHAIR", "A space for a wheelchair, without a seat"
    COMPANION = "COMPANION", "A seat beside a wheelchair space, for whoever comes along"


CATEGORY_OF_LETTER = {category.value[0]: category for category in SeatCategory}


class InvalidPlan(ValueError):
    """A plan that no house can have; the message says where and why."""


@dataclass(frozen=True)
class PlannedSeat:
    label: str
    row: str
    row_index: int
    number: int
    column: int
    category: SeatCategory


def parse(rows: Sequence[str]) -> list[PlannedSeat]:
    """The seats of a plan, front row first, from the left. Raises `InvalidPlan`."""
    if len(rows) > MOST_ROWS:
        raise InvalidPlan(f"A plan has at most {MOST_ROWS} rows; this one has {len(rows)}.")
    seats = [seat for index, row in enumerate(rows) for seat in _parse_row(index, row)]
    if not seats:
        raise InvalidPlan("A plan has at least one seat.")
    return seats


def row_label(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    label = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        label = ascii_uppercase[letter] + label
    return label


def as_labeled(typed: str) -> str:
    """Whoever types " c7" means seat C7."""
    return "".join(typed.split()).upper()


def _parse_row(index: int, row: str) -> list[PlannedSeat]:
    label = row_label(index)
    if len(row) > MOST_COLUMNS:
        raise InvalidPlan(f"Row {label} is {len(row)} wide; at most {MOST_COLUMNS} fit.")
    seats: list[PlannedSeat] = []
    for column, letter in enumerate(row, start=1):
        if letter == GAP:
            continue
        if letter not in CATEGORY_OF_LETTER:
            raise InvalidPlan(f"Row {label}, column {column}: {letter!r} is none of S P W C _.")
        number = len(seats) + 1
        seats.append(PlannedSeat(f"{label}{number}", label, index, number, column, CATEGORY_OF_LETTER[letter]))
    return seats
