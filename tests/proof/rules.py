"""The settings of the server of a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """The lifetimes of holds in nanoseconds, and the maximum number of seats of a show per user."""

    hold: int
    hold_at_most: int
    seats_per_user_and_show: int
