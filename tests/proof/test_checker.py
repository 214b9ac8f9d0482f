"""The checker itself: what it has to accept, and what it has to find."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.checker import Verdict, check
from tests.proof.generated_histories import ANN, BEN, a_life, blurred, partly_unanswered, perhaps
from tests.proof.model import FREE, Owner, Part, SeatCall, State, outcomes


def took(booking: int, start: int, end: int, *, user: int = ANN, until: int | None = None) -> SeatCall:
    return SeatCall(Part.TAKE, start, end, user=user, booking=booking, until=until)


def confirmed(booking: int, start: int, end: int) -> SeatCall:
    return SeatCall(Part.CONFIRM, start, end, user=ANN, booking=booking)


def gave_back(booking: int, start: int, end: int) -> SeatCall:
    return SeatCall(Part.CANCEL, start, end, user=ANN, booking=booking)


def extended(booking: int, start: int, end: int, *, until: int) -> SeatCall:
    return SeatCall(Part.EXTEND, start, end, user=ANN, booking=booking, until=until)


def saw(part: Part, start: int, end: int, *, user: int = ANN, mine: bool = False) -> SeatCall:
    return SeatCall(part, start, end, user=user, mine=mine)


RIGHT: dict[str, list[SeatCall]] = {
    "nothing": [],
    "a sale that is seen by both": [
        took(1, 0, 10),
        saw(Part.SEEN_SOLD, 20, 30, mine=True),
        saw(Part.SEEN_SOLD, 20, 30, user=BEN),
    ],
    "a read beside a sale sees it or not": [took(1, 0, 10), saw(Part.SEEN_FREE, 5, 15)],
    "given back and sold again": [took(1, 0, 10), gave_back(1, 20, 30), took(2, 25, 35, user=BEN)],
    "a hold is taken over once it ran out": [took(1, 0, 10, until=50), took(2, 40, 51, user=BEN)],
    "a hold that ran out is confirmed while nobody has the seat": [took(1, 0, 10, until=50), confirmed(1, 60, 70)],
    "a hold that ran out is confirmed after somebody else gave the seat back": [
        took(1, 0, 10, until=50),
        took(2, 55, 60, user=BEN, until=100),
        gave_back(2, 61, 62),
        confirmed(1, 63, 70),
        saw(Part.SEEN_SOLD, 71, 72, mine=True),
    ],
    "what is kept longer is held longer": [
        took(1, 0, 10, until=50),
        extended(1, 20, 30, until=90),
        saw(Part.SEEN_HELD, 60, 70, mine=True),
        saw(Part.SEEN_FREE, 85, 95),
    ],
    "kept longer in the last moment, and written a little later": [
        took(1, 0, 10, until=50),
        extended(1, 49, 60, until=90),
        saw(Part.SEEN_FREE, 51, 52),
        saw(Part.SEEN_HELD, 61, 62, mine=True),
    ],
    "giving back twice, and what had run out": [
        took(1, 0, 10, until=50),
        gave_back(1, 60, 61),
        gave_back(1, 62, 63),
        confirmed(1, 64, 65),
        gave_back(1, 66, 67),
        saw(Part.SEEN_FREE, 68, 69),
    ],
    "an unanswered sale had its effect": [took(1, 0, 10, until=50), perhaps(confirmed(1, 20, 0)),
                                          saw(Part.SEEN_SOLD, 60, 61, mine=True)],
    "an unanswered sale had none": [took(1, 0, 10, until=50), perhaps(confirmed(1, 20, 0)),
                                    saw(Part.SEEN_FREE, 60, 61)],
    "an unanswered sale had its effect late": [
        took(1, 0, 10, until=50),
        perhaps(confirmed(1, 20, 0)),
        saw(Part.SEEN_FREE, 60, 61),
        saw(Part.SEEN_SOLD, 70, 71, mine=True),
    ],
    "giving back waits for the sale it is about": [
        took(1, 0, 10, until=50),
        took(2, 51, 52, user=BEN, until=60),
        gave_back(1, 53, 90),
        confirmed(1, 65, 80),
        saw(Part.SEEN_SOLD, 70, 75, mine=True),
        saw(Part.SEEN_FREE, 91, 92),
    ],
}  # fmt: skip

WRONG: dict[str, list[SeatCall]] = {
    "sold twice": [took(1, 0, 10), took(2, 20, 30, user=BEN)],
    "sold twice at once": [took(1, 0, 10), took(2, 0, 10, user=BEN)],
    "an acknowledged sale is lost": [took(1, 0, 10), saw(Part.SEEN_FREE, 20, 30)],
    "a stale read": [took(1, 0, 10), gave_back(1, 20, 30), saw(Part.SEEN_SOLD, 40, 50, mine=True)],
    "a free seat is refused": [took(1, 0, 10), gave_back(1, 20, 30), saw(Part.REFUSED, 40, 50, user=BEN)],
    "a seat that nobody has is refused because of what ran out": [
        took(1, 0, 10, until=50),
        saw(Part.REFUSED, 51, 60, user=BEN),
    ],
    "refused because of itself": [took(1, 0, 10), replace(saw(Part.REFUSED, 0, 20), booking=1)],
    "what was given back comes back": [
        took(1, 0, 10, until=50),
        gave_back(1, 20, 30),
        confirmed(1, 40, 45),
        saw(Part.SEEN_SOLD, 46, 47, mine=True),
    ],
    "taken over too early": [took(1, 0, 10, until=50), took(2, 30, 49, user=BEN)],
    "confirmed over somebody else": [
        took(1, 0, 10, until=50),
        took(2, 60, 70, user=BEN),
        confirmed(1, 80, 90),
    ],
    "kept longer after it ran out": [took(1, 0, 10, until=50), extended(1, 51, 60, until=90)],
    "somebody else's is shown as mine": [took(1, 0, 10), saw(Part.SEEN_SOLD, 20, 30, user=BEN, mine=True)],
    "mine is shown as somebody else's": [took(1, 0, 10), saw(Part.SEEN_SOLD, 20, 30)],
    "held after it ran out": [took(1, 0, 10, until=50), saw(Part.SEEN_HELD, 50, 60, mine=True)],
    "two reads in the wrong order": [
        took(1, 0, 100),
        saw(Part.SEEN_SOLD, 10, 20, mine=True),
        saw(Part.SEEN_FREE, 30, 40),
    ],
    "told that it is free, of a hold that is alive": [
        took(1, 0, 10, until=50),
        replace(saw(Part.CAN_BE_HAD, 20, 30), booking=1),
    ],
    "told that it is lost, when nobody has it": [
        took(1, 0, 10, until=50),
        replace(saw(Part.LOST, 60, 70), booking=1),
    ],
    "an unanswered sale had its effect before it began": [
        took(1, 0, 10, until=50),
        saw(Part.SEEN_SOLD, 20, 30, mine=True),
        perhaps(confirmed(1, 40, 0)),
    ],
    "the tables say otherwise": [took(1, 0, 10), SeatCall(Part.LEFT_WITH, 20, 20, user=BEN, booking=2)],
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_accepts_what_some_order_explains(name: str) -> None:
    assert check(RIGHT[name]).verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", WRONG)
def test_finds_what_no_order_explains(name: str) -> None:
    assert check(WRONG[name]).verdict is Verdict.VIOLATED


def test_names_the_call_that_nothing_explains() -> None:
    second = took(2, 20, 30, user=BEN)

    result = check([took(1, 0, 10), second])

    assert result.stuck is second
    assert result.before == [State(Owner(booking=1, user=ANN, until=None))]


def test_the_clock_may_be_as_coarse_as_is_said_and_no_coarser() -> None:
    early = [took(1, 0, 10, until=50), took(2, 30, 48, user=BEN)]

    assert check(early, tolerance=2).verdict is Verdict.HOLDS
    assert check(early, tolerance=1).verdict is Verdict.VIOLATED


def test_says_undecided_when_the_budget_is_used_up() -> None:
    assert check(RIGHT["a sale that is seen by both"], budget=1).verdict is Verdict.UNDECIDED


def test_many_readers_at_once_cost_little() -> None:
    readers = [saw(Part.SEEN_FREE, start, 1000) for start in range(60)]
    rivals = [took(1, 500, 510), gave_back(1, 520, 530), took(2, 540, 1001, user=BEN)]

    result = check([*readers, *rivals])

    assert result.verdict is Verdict.HOLDS
    assert result.steps < 50_000


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_accepts_whatever_one_after_the_other_did_however_it_overlaps(seed: int, by: int) -> None:
    seat = a_life(seed)

    assert check(blurred(seat, by=by)).verdict is Verdict.HOLDS


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_accepts_it_too_when_answers_are_missing(seed: int, by: int) -> None:
    seat = a_life(seed)

    assert check(partly_unanswered(seat, blurred(seat, by=by))).verdict is Verdict.HOLDS


@given(st.integers(0, 2**32), st.data())
def test_finds_any_answer_that_is_changed_when_nothing_overlaps(seed: int, data: st.DataObject) -> None:
    exact = blurred(a_life(seed), by=0)
    seen = [index for index, call in enumerate(exact) if call.part in {Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD}]
    if not seen:
        return
    index = data.draw(st.sampled_from(seen))
    others = {Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD} - {exact[index].part}
    exact[index] = replace(exact[index], part=data.draw(st.sampled_from(sorted(others))))

    assert check(exact).verdict is Verdict.VIOLATED


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_agrees_with_trying_every_order(seed: int, by: int) -> None:
    seat = a_life(seed, long=7)
    calls = partly_unanswered(seat, blurred(seat, by=by))
    answered = [index for index, call in enumerate(calls) if call.certain]
    if answered:
        spoiled = seat.random.choice(answered)
        part = seat.random.choice([Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD, Part.REFUSED, Part.TAKE])
        calls[spoiled] = replace(calls[spoiled], part=part, booking=calls[spoiled].booking or 9)

    found = check(calls).verdict is Verdict.HOLDS

    assert found == some_order_explains(calls)


def some_order_explains(calls: Sequence[SeatCall], state: State = FREE, at: int = 0) -> bool:
    """Wing and Gong's search as it is written: any call may come next that begins before all others have ended.

    An unanswered call may be made use of at any time: what it does to a booking, it does once at most.
    """
    if all(not call.certain for call in calls):
        return True
    first_end = min(call.end for call in calls)
    return any(
        some_order_explains([other for other in calls if other is not call or not call.certain], after, moment)
        for call in calls
        if call.start <= first_end
        for after, moment in outcomes(state, call, max(at, call.start), tolerance=0)
        if moment <= call.end and (call.certain or after != state)
    )
