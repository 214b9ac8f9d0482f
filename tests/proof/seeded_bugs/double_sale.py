"""No check for conflicts. The database constraint is dropped as well: see `prepare`."""

from typing import Any

from cinema.booking import seats


def install() -> None:
    seats._occupy = _occupy  # noqa: SLF001 - a seeded bug


def _occupy(seats: object, write: Any, *, show: object) -> None:
    write()
