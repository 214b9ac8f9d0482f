"""The specification of a seat of a show: it is free, held until a moment, or sold.

`outcomes` has the possible effects of a call on a seat in a given state, each with its earliest moment. A call has its
effect at one moment between its start and its end, and it reads the clock between its start and its effect. So the seat
of an expired hold is taken at the expiry at the earliest, and a call that requires that a hold has *not* expired must
have started before the expiry.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.proof.calls import NEVER


class Part(StrEnum):
    """The effect of a call on a seat, or the state that it read."""

    TAKE = "took it"
    CONFIRM = "confirmed it"
    EXTEND = "extended its hold"
    CANCEL = "cancelled it"
    SEEN_FREE = "saw it free"
    SEEN_HELD = "saw it held"
    SEEN_SOLD = "saw it sold"
    REFUSED = "was refused it as taken"
    STILL_FREE = "was refused an expired hold, with the seat free"
    LOST = "was refused an expired hold, with the seat not free"
    STORED_OWNER = "is its owner in the tables at the end"


# The other parts only read.
CHANGES = frozenset({Part.TAKE, Part.CONFIRM, Part.EXTEND, Part.CANCEL})


class Owner(NamedTuple):
    booking: int
    user: int
    # None: sold.
    until: int | None


class State(NamedTuple):
    owner: Owner | None = None
    # Bookings that have released the seat: they can no longer confirm it.
    released_by: frozenset[int] = frozenset()

    @property
    def free_from(self) -> int:
        """The moment from which another booking can have the seat."""
        if self.owner is None:
            return 0
        return NEVER if self.owner.until is None else self.owner.until


FREE = State()


@dataclass(frozen=True, eq=False)
class SeatCall:
    """The part of a call that is about one seat.

    It has its effect between `start` and `end`. `certain`: it did have its effect; otherwise it may have had none.
    """

    part: Part
    start: int
    end: int
    user: int = 0
    # The hold or booking that the call is about. For a refusal: a booking that cannot be its reason.
    booking: int | None = None
    # The expiry of the hold after this call.
    until: int | None = None
    mine: bool = False
    certain: bool = True
    note: str = ""


def outcomes(state: State, call: SeatCall, at: int, *, tolerance: int) -> list[tuple[State, int]]:
    """The possible states after the call, each with its earliest moment. Empty if the call cannot be next.

    `at` is the earliest moment of the call. `tolerance` is how imprecise times are.
    """
    return [(after, moment) for after, moment in _RULES[call.part](state, call, at, tolerance) if moment < NEVER]


Outcomes = list[tuple[State, int]]


def _take(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    return [(state._replace(owner=Owner(call.booking, call.user, call.until)), max(at, state.free_from))]


def _confirm(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    if call.booking in state.released_by:
        return [(state, at)]
    if _is_owner(state, call):
        return [(_with_expiry(state, None), at)]
    return [(state._replace(owner=Owner(call.booking, call.user, None)), max(at, state.free_from))]


def _extend(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    if call.booking in state.released_by:
        return [(state, at)]
    if not _is_owner(state, call):
        return []
    assert state.owner is not None
    if state.owner.until is None:
        return [(state, at)]
    return [(_with_expiry(state, call.until), at)] if call.start < state.owner.until + tolerance else []


def _cancel(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    """Cancelling an expired hold has no effect: it can still be confirmed while its seats are free."""
    if not _is_owner(state, call):
        return [(state, at)]
    assert state.owner is not None
    assert call.booking is not None
    until = state.owner.until
    cancelled = (State(None, state.released_by | {call.booking}), at)
    if until is None:
        return [cancelled]
    expired = (state, max(at, until))
    return [cancelled, expired] if call.start < until + tolerance else [expired]


def _seen_free(state: State, _: SeatCall, at: int, __: int) -> Outcomes:
    return [(state, max(at, state.free_from))]


def _seen_held(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    owner = state.owner
    held = owner is not None and owner.until is not None and at < owner.until + tolerance
    return [(state, at)] if held and _mine(state, call) == call.mine else []


def _seen_sold(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    sold = state.owner is not None and state.owner.until is None
    return [(state, at)] if sold and _mine(state, call) == call.mine else []


def _refused(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    """A call is not refused because of its own booking: a repeated call returns that booking."""
    occupied = state.owner is not None and at < state.free_from + tolerance
    return [(state, at)] if occupied and not _is_owner(state, call) else []


def _lost(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    return [(state, at)] if call.booking in state.released_by else _refused(state, call, at, tolerance)


def _stored_owner(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    return [(state, at)] if state.owner == Owner(call.booking, call.user, call.until) else []


def _is_owner(state: State, call: SeatCall) -> bool:
    return state.owner is not None and state.owner.booking == call.booking


def _mine(state: State, call: SeatCall) -> bool:
    return state.owner is not None and state.owner.user == call.user


def _with_expiry(state: State, until: int | None) -> State:
    assert state.owner is not None
    return state._replace(owner=state.owner._replace(until=until))


_RULES = {
    Part.TAKE: _take,
    Part.CONFIRM: _confirm,
    Part.EXTEND: _extend,
    Part.CANCEL: _cancel,
    Part.SEEN_FREE: _seen_free,
    Part.SEEN_HELD: _seen_held,
    Part.SEEN_SOLD: _seen_sold,
    Part.REFUSED: _refused,
    Part.STILL_FREE: _seen_free,
    Part.LOST: _lost,
    Part.STORED_OWNER: _stored_owner,
}
