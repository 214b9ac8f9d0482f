"""Events that booking publishes for the slices above it. See `cinema.handlers`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SeatsChanged:
    """Tickets of these shows were written in this transaction. `user_ids` are the users to whom they belong."""

    show_ids: frozenset[int]
    user_ids: frozenset[int]


@dataclass(frozen=True)
class TicketsRecorded:
    """Events of this kind (see `TicketEventKind`) were recorded in this transaction."""

    kind: str
    seats: int
    bookings: int
