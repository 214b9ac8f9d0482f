"""Changes in the catalog that higher slices react to, or refuse. See `cinema.handlers`.

`by` is the user who makes the change, None for a background process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cinema.accounts.models import User
from cinema.catalog.models import Screen, Seat, Show


@dataclass(frozen=True)
class SeatsRetiring:
    """`seats` of `screen` are about to be retired. All shows of the screen that have not ended are locked."""

    screen: Screen
    seats: Sequence[Seat]
    by: User | None


@dataclass(frozen=True)
class ShowMoving:
    """The screen or the movie of `show` is about to change. `show` is locked."""

    show: Show
    by: User | None


@dataclass(frozen=True)
class ShowsChanged:
    """These shows, their prices or their seat plans have changed in this transaction."""

    show_ids: frozenset[int]


@dataclass(frozen=True)
class ShowCancelled:
    """`show` has been cancelled. It is locked."""

    show: Show
    by: User | None
