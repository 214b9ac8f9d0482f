"""The checker: histories that it must accept, and histories that it must reject."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.checker import Verdict, check
from tests.proof.generated_histories import ANN, BEN, generate, lose_some_responses, overlapping, uncertain
from tests.proof.model import FREE, Owner, Part, SeatCall, State, outcomes


def took(booking: int, start: int, end: int, *, user: int = ANN, until: int | None = None) -> SeatCall:
    return SeatCall(Part.TAKE, start, end, user=user, booking=booking, until=until)


def confirmed(booking: int, start: int, end: int) -> SeatCall:
    return SeatCall(Part.CONFIRM, start, end, user=ANN, booking=booking)


def cancelled(booking: int, start: int, end: int) -> SeatCall:
    return SeatCall(Part.CANCEL, start, end, user=ANN, booking=booking)


def extended(booking: int, start: int, end: int, *, until: int) -> SeatCall:
    return SeatCall(Part.EXTEND, start, end, user=ANN, booking=booking, until=until)


def read(part: Part, start: int, end: int, *, user: int = ANN, mine: bool = False) -> SeatCall:
    return SeatCall(part, start, end, user=user, mine=mine)


VALID: dict[str, list[SeatCall]] = {
    "nothing": [],
    "sold and read by both users": [
        took(1, 0, 10),
        read(Part.SEEN_SOLD, 20, 30, mine=True),
        read(Part.SEEN_SOLD, 20, 30, user=BEN),
    ],
    "read during a sale": [took(1, 0, 10), read(Part.SEEN_FREE, 5, 15)],
    "cancelled and sold again": [took(1, 0, 10), cancelled(1, 20, 30), took(2, 25, 35, user=BEN)],
    "expired hold is taken": [took(1, 0, 10, until=50), took(2, 40, 51, user=BEN)],
    "expired hold is confirmed while the seat is free": [took(1, 0, 10, until=50), confirmed(1, 60, 70)],
    "expired hold is confirmed after another user cancelled": [
        took(1, 0, 10, until=50),
        took(2, 55, 60, user=BEN, until=100),
        cancelled(2, 61, 62),
        confirmed(1, 63, 70),
        read(Part.SEEN_SOLD, 71, 72, mine=True),
    ],
    "extended hold lasts longer": [
        took(1, 0, 10, until=50),
        extended(1, 20, 30, until=90),
        read(Part.SEEN_HELD, 60, 70, mine=True),
        read(Part.SEEN_FREE, 85, 95),
    ],
    "extended just before expiry and written after it": [
        took(1, 0, 10, until=50),
        extended(1, 49, 60, until=90),
        read(Part.SEEN_FREE, 51, 52),
        read(Part.SEEN_HELD, 61, 62, mine=True),
    ],
    "cancelled twice, and after expiry": [
        took(1, 0, 10, until=50),
        cancelled(1, 60, 61),
        cancelled(1, 62, 63),
        confirmed(1, 64, 65),
        cancelled(1, 66, 67),
        read(Part.SEEN_FREE, 68, 69),
    ],
    "sale without a response but with an effect": [took(1, 0, 10, until=50), uncertain(confirmed(1, 20, 0)),
                                          read(Part.SEEN_SOLD, 60, 61, mine=True)],
    "sale without a response or effect": [took(1, 0, 10, until=50), uncertain(confirmed(1, 20, 0)),
                                    read(Part.SEEN_FREE, 60, 61)],
    "sale without a response but with a late effect": [
        took(1, 0, 10, until=50),
        uncertain(confirmed(1, 20, 0)),
        read(Part.SEEN_FREE, 60, 61),
        read(Part.SEEN_SOLD, 70, 71, mine=True),
    ],
    "cancellation after the sale it overlaps": [
        took(1, 0, 10, until=50),
        took(2, 51, 52, user=BEN, until=60),
        cancelled(1, 53, 90),
        confirmed(1, 65, 80),
        read(Part.SEEN_SOLD, 70, 75, mine=True),
        read(Part.SEEN_FREE, 91, 92),
    ],
}  # fmt: skip

INVALID: dict[str, list[SeatCall]] = {
    "sold twice": [took(1, 0, 10), took(2, 20, 30, user=BEN)],
    "sold twice concurrently": [took(1, 0, 10), took(2, 0, 10, user=BEN)],
    "lost sale": [took(1, 0, 10), read(Part.SEEN_FREE, 20, 30)],
    "stale read": [took(1, 0, 10), cancelled(1, 20, 30), read(Part.SEEN_SOLD, 40, 50, mine=True)],
    "free seat is refused": [took(1, 0, 10), cancelled(1, 20, 30), read(Part.REFUSED, 40, 50, user=BEN)],
    "seat is refused because of an expired hold": [
        took(1, 0, 10, until=50),
        read(Part.REFUSED, 51, 60, user=BEN),
    ],
    "refused because of its own booking": [took(1, 0, 10), replace(read(Part.REFUSED, 0, 20), booking=1)],
    "cancelled hold is confirmed": [
        took(1, 0, 10, until=50),
        cancelled(1, 20, 30),
        confirmed(1, 40, 45),
        read(Part.SEEN_SOLD, 46, 47, mine=True),
    ],
    "taken before expiry": [took(1, 0, 10, until=50), took(2, 30, 49, user=BEN)],
    "confirmed although another user has it": [
        took(1, 0, 10, until=50),
        took(2, 60, 70, user=BEN),
        confirmed(1, 80, 90),
    ],
    "extended after expiry": [took(1, 0, 10, until=50), extended(1, 51, 60, until=90)],
    "seat of another user is shown as mine": [took(1, 0, 10), read(Part.SEEN_SOLD, 20, 30, user=BEN, mine=True)],
    "own seat is shown as another user's": [took(1, 0, 10), read(Part.SEEN_SOLD, 20, 30)],
    "held after expiry": [took(1, 0, 10, until=50), read(Part.SEEN_HELD, 50, 60, mine=True)],
    "two reads in the wrong order": [
        took(1, 0, 100),
        read(Part.SEEN_SOLD, 10, 20, mine=True),
        read(Part.SEEN_FREE, 30, 40),
    ],
    "called available while the hold is alive": [
        took(1, 0, 10, until=50),
        replace(read(Part.STILL_FREE, 20, 30), booking=1),
    ],
    "called unavailable while it is free": [
        took(1, 0, 10, until=50),
        replace(read(Part.LOST, 60, 70), booking=1),
    ],
    "sale without a response but with an effect before its start": [
        took(1, 0, 10, until=50),
        read(Part.SEEN_SOLD, 20, 30, mine=True),
        uncertain(confirmed(1, 40, 0)),
    ],
    "other owner in the tables": [took(1, 0, 10), SeatCall(Part.STORED_OWNER, 20, 20, user=BEN, booking=2)],
}  # fmt: skip


@pytest.mark.parametrize("name", VALID)
def test_accepts_valid_histories(name: str) -> None:
    assert check(VALID[name]).verdict is Verdict.HOLDS


@pytest.mark.parametrize("name", INVALID)
def test_rejects_invalid_histories(name: str) -> None:
    assert check(INVALID[name]).verdict is Verdict.VIOLATED


def test_names_the_call_that_no_order_explains() -> None:
    second = took(2, 20, 30, user=BEN)

    result = check([took(1, 0, 10), second])

    assert result.stuck is second
    assert result.before == [State(Owner(booking=1, user=ANN, until=None))]


def test_times_may_be_imprecise_up_to_the_tolerance() -> None:
    early = [took(1, 0, 10, until=50), took(2, 30, 48, user=BEN)]

    assert check(early, tolerance=2).verdict is Verdict.HOLDS
    assert check(early, tolerance=1).verdict is Verdict.VIOLATED


def test_is_undecided_when_the_budget_is_used_up() -> None:
    assert check(VALID["sold and read by both users"], budget=1).verdict is Verdict.UNDECIDED


def test_many_concurrent_reads_need_few_steps() -> None:
    readers = [read(Part.SEEN_FREE, start, 1000) for start in range(60)]
    writers = [took(1, 500, 510), cancelled(1, 520, 530), took(2, 540, 1001, user=BEN)]

    result = check([*readers, *writers])

    assert result.verdict is Verdict.HOLDS
    assert result.steps < 50_000


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_accepts_generated_histories_with_overlapping_calls(seed: int, by: int) -> None:
    seat = generate(seed)

    assert check(overlapping(seat, by=by)).verdict is Verdict.HOLDS


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_accepts_generated_histories_with_missing_responses(seed: int, by: int) -> None:
    seat = generate(seed)

    assert check(lose_some_responses(seat, overlapping(seat, by=by))).verdict is Verdict.HOLDS


@given(st.integers(0, 2**32), st.data())
def test_rejects_any_changed_response_without_overlaps(seed: int, data: st.DataObject) -> None:
    exact = overlapping(generate(seed), by=0)
    seen = [index for index, call in enumerate(exact) if call.part in {Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD}]
    if not seen:
        return
    index = data.draw(st.sampled_from(seen))
    others = {Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD} - {exact[index].part}
    exact[index] = replace(exact[index], part=data.draw(st.sampled_from(sorted(others))))

    assert check(exact).verdict is Verdict.VIOLATED


@given(st.integers(0, 2**32), st.integers(0, 60))
def test_agrees_with_an_exhaustive_search(seed: int, by: int) -> None:
    seat = generate(seed, calls=7)
    calls = lose_some_responses(seat, overlapping(seat, by=by))
    certain = [index for index, call in enumerate(calls) if call.certain]
    if certain:
        changed = seat.random.choice(certain)
        part = seat.random.choice([Part.SEEN_FREE, Part.SEEN_HELD, Part.SEEN_SOLD, Part.REFUSED, Part.TAKE])
        calls[changed] = replace(calls[changed], part=part, booking=calls[changed].booking or 9)

    found = check(calls).verdict is Verdict.HOLDS

    assert found == some_order_explains(calls)


def some_order_explains(calls: Sequence[SeatCall], state: State = FREE, at: int = 0) -> bool:
    """Wing and Gong's original search: the next call may be any that starts before all others have ended.

    A call without a response may be used at any time: its effect on a booking happens only once.
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
