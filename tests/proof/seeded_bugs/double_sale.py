"""No check for conflicts. The database constraint is dropped as well: see `prepare`."""

from cinema.booking import seats


def install() -> None:
    seats.make_way = _ignore_tickets


def _ignore_tickets(seats: object, *, show: object) -> None:
    pass
