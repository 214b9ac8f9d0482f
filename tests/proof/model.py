"""A seat of a show, as the cinema promises it to be: free, held until a moment, or sold.

`outcomes` tells how a seat in some state may take part in a call, and no earlier than when. A call has its effect
at one moment between its start and its end; it reads the clock at a moment between its start and its effect. So a
hold that ran out is taken over at its expiry at the earliest, and what demands that a hold has *not* run out must
at least have started before.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.proof.calls import NEVER


class Part(StrEnum):
    """What a call did to a seat, or saw of it."""

    TAKE = "took it"
    CONFIRM = "confirmed it"
    EXTEND = "extended its hold"
    CANCEL = "gave it back"
    SEEN_FREE = "saw it free"
    SEEN_HELD = "saw it held"
    SEEN_SOLD = "saw it sold"
    REFUSED = "was refused it as taken"
    CAN_BE_HAD = "was refused an expired hold, with the seat free"
    LOST = "was refused an expired hold, with the seat not free"
    LEFT_WITH = "is whose it is in the tables at the end"


# The other parts only look.
CHANGES = frozenset({Part.TAKE, Part.CONFIRM, Part.EXTEND, Part.CANCEL})


class Owner(NamedTuple):
    booking: int
    user: int
    # None: for good.
    until: int | None


class State(NamedTuple):
    owner: Owner | None = None
    # Bookings that gave the seat back: they cannot confirm it any more.
    given_up: frozenset[int] = frozenset()

    @property
    def free_from(self) -> int:
        """From when on somebody else can have the seat."""
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
    # Whose hold or booking it is about; of a refusal, the booking it is not about.
    booking: int | None = None
    # Of a hold, until when it is kept by this call.
    until: int | None = None
    mine: bool = False
    certain: bool = True
    note: str = ""


def outcomes(state: State, call: SeatCall, at: int, *, tolerance: int) -> list[tuple[State, int]]:
    """The states the call may leave behind, each with the earliest moment; none, if it cannot come now.

    `at` is the earliest moment it may come. `tolerance` is by how much clocks may be coarse.
    """
    return [(after, moment) for after, moment in _RULES[call.part](state, call, at, tolerance) if moment < NEVER]


Outcomes = list[tuple[State, int]]


def _take(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    return [(state._replace(owner=Owner(call.booking, call.user, call.until)), max(at, state.free_from))]


def _confirm(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    if call.booking in state.given_up:
        return [(state, at)]
    if _is_owner(state, call):
        return [(_kept(state, None), at)]
    return [(state._replace(owner=Owner(call.booking, call.user, None)), max(at, state.free_from))]


def _extend(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    if call.booking in state.given_up:
        return [(state, at)]
    if not _is_owner(state, call):
        return []
    assert state.owner is not None
    if state.owner.until is None:
        return [(state, at)]
    return [(_kept(state, call.until), at)] if call.start < state.owner.until + tolerance else []


def _cancel(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    """A hold that ran out is not given back: it is over, and may still be confirmed if nobody took the seat."""
    if not _is_owner(state, call):
        return [(state, at)]
    assert state.owner is not None
    assert call.booking is not None
    until = state.owner.until
    given_back = (State(None, state.given_up | {call.booking}), at)
    if until is None:
        return [given_back]
    ran_out = (state, max(at, until))
    return [given_back, ran_out] if call.start < until + tolerance else [ran_out]


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
    """Not because of itself: a call sent again is answered with its booking, or comes before that is made."""
    occupied = state.owner is not None and at < state.free_from + tolerance
    return [(state, at)] if occupied and not _is_owner(state, call) else []


def _lost(state: State, call: SeatCall, at: int, tolerance: int) -> Outcomes:
    return [(state, at)] if call.booking in state.given_up else _refused(state, call, at, tolerance)


def _left_with(state: State, call: SeatCall, at: int, _: int) -> Outcomes:
    assert call.booking is not None
    return [(state, at)] if state.owner == Owner(call.booking, call.user, call.until) else []


def _is_owner(state: State, call: SeatCall) -> bool:
    return state.owner is not None and state.owner.booking == call.booking


def _mine(state: State, call: SeatCall) -> bool:
    return state.owner is not None and state.owner.user == call.user


def _kept(state: State, until: int | None) -> State:
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
    Part.CAN_BE_HAD: _seen_free,
    Part.LOST: _lost,
    Part.LEFT_WITH: _left_with,
}
