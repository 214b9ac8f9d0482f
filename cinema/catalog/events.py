"""What the catalog is about to do and a higher slice may have to follow, or to refuse. See `cinema.handlers`."""

from collections.abc import Sequence
from dataclasses import dataclass

from cinema.catalog.models import Screen, Seat, Show


@dataclass(frozen=True)
class SeatsRetiring:
    """`seats` of `screen` are about to go. All unfinished shows of the screen are locked."""

    screen: Screen
    seats: Sequence[Seat]


@dataclass(frozen=True)
class ShowMoving:
    """`show`, locked, is about to get another screen or another movie."""

    show: Show


@dataclass(frozen=True)
class ShowCancelled:
    """`show`, locked, has just been cancelled."""

    show: Show
