"""Nobody looks who is in the way. The constraint has to go as well: see `prepare`."""

from typing import Any

from cinema.booking import seats


def plant() -> None:
    seats._occupy = _occupy  # noqa: SLF001 - it is broken on purpose


def _occupy(seats: object, write: Any, *, show: object) -> None:
    write()
