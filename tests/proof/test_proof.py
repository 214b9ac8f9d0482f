"""A short proof holds, and it finds each seeded bug."""

import os

import pytest

from tests.proof import report
from tests.proof.calls import Operation
from tests.proof.complaints import Kind
from tests.proof.run import Options, Outcome, run

# One after the other in one test process, because each starts a server and keeps it busy.
pytestmark = pytest.mark.xdist_group("proof")

DATABASE = "postgresql" if "TEST_DATABASE_URL" in os.environ else "sqlite"
CHANGES = [operation for operation in Operation if operation is not Operation.READ]
# For each seeded bug, the sets of complaints of which the proof must make one completely.
FOUND = {
    "double-sale": [{Kind.OWNED_TWICE, Kind.NO_ORDER}],
    "early-response": [{Kind.NO_ORDER}, {Kind.LOST}],
    "keys-ignored": [{Kind.KEY}],
}


def count(outcome: Outcome, operation: Operation, *outcomes: str) -> int:
    return sum(call.operation is operation and call.outcome in outcomes for call in outcome.calls)


def report_of(outcome: Outcome) -> str:
    return "\n".join(report.lines(outcome))


def missing(outcome: Outcome) -> list[str]:
    """Events that did not happen in the run, although the proof needs them."""
    happened: dict[str, object] = {
        "a refused hold": count(outcome, Operation.HOLD, "SeatsTaken"),
        "an expired hold": count(outcome, Operation.CONFIRM, "HoldExpired"),
        "a call sent twice": outcome.actions["sent twice at the same time"],
        "a dropped response": outcome.dropped["responses"],
        "three faults": len(outcome.faults) > 2,
        **{f"a successful {operation}": count(outcome, operation, "Booking") for operation in CHANGES},
    }
    return [*report.shortcomings(outcome), *(what for what, number in happened.items() if not number)]


@pytest.mark.parametrize(
    "seconds", [10, pytest.param(30, marks=[pytest.mark.deep, pytest.mark.both])], ids=["short", "long"]
)
def test_no_seat_is_sold_twice_during_faults(seconds: float) -> None:
    """On a busy machine too little may happen in a run. Then a longer run follows."""
    for factor in (1, 3, 9):
        outcome = run(Options(seconds=seconds * factor, seed=1, database=DATABASE))
        assert not outcome.checked.complaints, report_of(outcome)
        if not missing(outcome):
            break

    assert missing(outcome) == [], report_of(outcome)
    assert report.held(outcome), report_of(outcome)
    assert "The promise held." in report_of(outcome)


@pytest.mark.deep
@pytest.mark.both
@pytest.mark.parametrize("seeded_bug", FOUND)
def test_seeded_bug_is_found(seeded_bug: str) -> None:
    """On a busy machine a short run may have too few calls. Then a longer run follows."""
    for seed, seconds in enumerate((12, 36, 108), start=1):
        outcome = run(Options(seconds=seconds, seed=seed, database=DATABASE, seeded_bug=seeded_bug))
        kinds = {complaint.kind for complaint in outcome.checked.complaints}
        if any(kinds >= found for found in FOUND[seeded_bug]):
            break
    else:
        pytest.fail(report_of(outcome))
    assert not report.held(outcome)
