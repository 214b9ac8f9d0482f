"""The seats of a screen, for comparison, and changes of its plan."""

from collections.abc import Sequence

from cinema.catalog import theaters
from cinema.models import Screen, Seat


def seats_of(screen: Screen) -> dict[str, Seat]:
    return {seat.label: seat for seat in Seat.objects.current().filter(screen=screen).in_plan_order()}


def described(seats: Sequence[Seat]) -> list[tuple[str, str, int, int, int, str]]:
    return [(seat.label, seat.row, seat.row_index, seat.number, seat.column, seat.category) for seat in seats]


def change_plan(screen: Screen, *rows: str) -> Screen:
    return theaters.change_screen(screen_id=screen.pk, rows=rows)
