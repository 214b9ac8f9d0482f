"""What happened to seats, for higher slices that want to know. See `cinema.handlers`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatsChanged:
    """Seats of these shows were taken, kept for longer, sold, freed or blocked, in this transaction."""

    show_ids: frozenset[int]
