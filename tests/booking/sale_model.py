"""The shows and the sales of the model of the booking engine, and rules about labels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from cinema.booking import groups, picking
from cinema.catalog import layouts
from cinema.catalog.layouts import Layout
from cinema.core.errors import CinemaError
from tests.situations import PRICES

OCCUPYING = {"HELD", "VALID"}


class Refused(Exception):
    """The refusal that the engine must raise: the class of the error, and its attributes."""

    def __init__(self, kind: type[CinemaError], /, **attributes: Any) -> None:
        super().__init__(kind.__name__, attributes)
        self.kind = kind
        self.attributes = attributes


@dataclass(eq=False)
class ShowModel:
    """A show: its seat plan and its blocked seats."""

    rows: list[str]
    cancelled: bool = False
    blocked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        seats = layouts.parse(Layout(self.rows))
        self.positions = [
            picking.SeatPosition(seat.label, seat.row_index, seat.column, seat.category, seat.unit) for seat in seats
        ]
        self.units = [
            {seat.label for seat in seats if seat.unit == unit}
            for unit in sorted({seat.unit for seat in seats})
            if unit
        ]
        self.labels = [position.label for position in self.positions]
        self.price = {position.label: PRICES[position.category] for position in self.positions}


@dataclass(eq=False)
class Sale:
    """A booking. `tickets` has the status of each of its seats, by label."""

    buyer: str
    show: ShowModel
    status: str
    tickets: dict[str, str]
    extended: bool = False
    # Whether an expired hold has been released in the tables.
    released: bool = False

    @property
    def total(self) -> Decimal:
        return sum((self.show.price[label] for label in self.labels("HELD", "VALID", "EXPIRED")), Decimal(0))

    def labels(self, *statuses: str) -> list[str]:
        return [label for label in self.show.labels if self.tickets.get(label) in statuses]

    def set_status(self, labels: Sequence[str], status: str) -> None:
        self.tickets.update(dict.fromkeys(labels, status))


def first_whole(show: ShowModel, labels: Sequence[str], count: int) -> list[str]:
    """At most `count` seats: as many as whole units allow, and of these the first."""
    choices: list[list[str]] = [[]]
    for label in labels:
        unit = next((sorted(unit) for unit in show.units if label in unit), [label])
        choices += [[*choice, *unit] for choice in choices if label not in choice and len(choice) + len(unit) <= count]
    return max(choices, key=lambda choice: (len(choice), [label in choice for label in labels]))


def normalized(typed: Sequence[str]) -> list[str]:
    """The labels as the engine reads them: in upper case, without spaces around them, each once."""
    return list(dict.fromkeys(label.strip().upper() for label in typed))


def alternatives(show: ShowModel, free: Collection[str], labels: Sequence[str]) -> list[str]:
    positions = {position.label: position for position in show.positions}
    available, wanted = [positions[label] for label in free], [positions[label] for label in labels]
    if groups.are_side_by_side(wanted):
        rows = [list(row) for _, row in groupby(show.positions, key=lambda position: position.row)]
        together = groups.nearest_block(rows, free=lambda part: [_only(row, free) for row in part], to=wanted)
        if together:
            return together
    return picking.nearest(available, to=wanted, count=len(labels))


def _only(row: Sequence[picking.SeatPosition], labels: Collection[str]) -> list[picking.SeatPosition]:
    return [position for position in row if position.label in labels]
