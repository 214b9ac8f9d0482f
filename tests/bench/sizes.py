"""The sizes of the benchmark's databases."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """The name of a database, and its numbers of rows. Each show has sold 50 seats, and each user has 26 bookings."""

    name: str
    movies: int
    shows: int
    users: int


FULL = Size("full", movies=2_000, shows=20_000, users=20_000)
TENTH = Size("tenth", movies=200, shows=2_000, users=2_000)
SIZES = {size.name: size for size in (FULL, TENTH)}
