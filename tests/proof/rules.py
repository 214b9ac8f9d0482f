"""What the server of a run is set to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """How long holds are kept, in nanoseconds, and how many seats of a show one user may have."""

    hold: int
    hold_at_most: int
    seats_per_user_and_show: int
