"""What the catalog is about to do and a higher slice may have to follow, or to refuse. See `cinema.handlers`.

Each says who does it, in `by`; nobody: a program.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cinema.accounts.models import User
from cinema.catalog.models import Screen, Seat, Show


@dataclass(frozen=True)
class SeatsRetiring:
    """`seats` of `screen` are about to go. All unfinished shows of the screen are locked."""

    screen: Screen
    seats: Sequence[Seat]
    by: User | None


@dataclass(frozen=True)
class ShowMoving:
    """`show`, locked, is about to get another screen or another movie."""

    show: Show
    by: User | None


@dataclass(frozen=True)
class ShowCancelled:
    """`show`, locked, has just been cancelled."""

    show: Show
    by: User | None
