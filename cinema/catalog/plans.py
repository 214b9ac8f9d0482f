"""The current seats of screens, cached in each process.

A plan changes rarely, and reading the seats of a large auditorium takes many times as long as selling one. Each change
of a plan gives the screen another `plan_version` in its transaction. A caller reads that version, under the lock of a
show where it decides about a sale, and passes it on, so that it never gets an earlier plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from threading import Lock

from cachetools import LRUCache
from django.utils.functional import cached_property

from cinema.catalog.grids import Grid
from cinema.catalog.layouts import SeatCategory
from cinema.core import sql

# The maximum number of cached seats, which take about 40 MB. The most recently used plans are kept.
MAX_CACHED_SEATS = 100_000

SEATS = """
SELECT screen.plan_version, seat.id, seat.label, seat."row", seat.row_index, seat.number, seat."column", seat.category,
    seat.unit
FROM cinema_screen AS screen
JOIN cinema_seat AS seat ON seat.screen_id = screen.id AND seat.retired_at IS NULL
WHERE screen.id = %(screen)s
ORDER BY seat.row_index, seat."column", seat.id
"""


@dataclass(frozen=True, slots=True)
class PlanSeat:
    """A seat and its position: its row from the front and its column from the left, including gaps."""

    id: int
    label: str
    row_label: str
    row: int
    number: int
    column: int
    category: SeatCategory
    # See `PlannedSeat.unit`. None for a seat that is sold alone.
    unit: str | None


@dataclass(frozen=True)
class Plan:
    """The seats of a screen, front row first, from the left."""

    seats: Sequence[PlanSeat]

    @cached_property
    def rows(self) -> Sequence[Sequence[PlanSeat]]:
        return [list(row) for _, row in groupby(self.seats, lambda seat: seat.row)]

    @cached_property
    def by_label(self) -> Mapping[str, PlanSeat]:
        return {seat.label: seat for seat in self.seats}

    @cached_property
    def labels(self) -> Mapping[int, str]:
        return {seat.id: seat.label for seat in self.seats}

    @cached_property
    def has_units(self) -> bool:
        return any(seat.unit for seat in self.seats)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.seats)


# By screen and version.
cache: LRUCache[tuple[int, int], Plan] = LRUCache(MAX_CACHED_SEATS, getsizeof=lambda plan: len(plan.seats))
_lock = Lock()


def of_screen(screen_id: int, *, version: int) -> Plan:
    """The plan of a screen, of this version or a later one."""
    with _lock:
        plan = cache.get((screen_id, version))
    if plan is None:
        version, plan = _read(screen_id)
        with _lock:
            cache[screen_id, version] = plan
    return plan


def _read(screen_id: int) -> tuple[int, Plan]:
    """The current version of a plan and its seats. One statement reads both, so that they are consistent."""
    rows = sql.fetch(SEATS, {"screen": screen_id})
    seats = [
        PlanSeat(pk, label, row_label, row, number, column, SeatCategory(category), unit or None)
        for _, pk, label, row_label, row, number, column, category, unit in rows
    ]
    return rows[0][0], Plan(seats)
