"""A short proof holds, and each way to break the server on purpose is found."""

import os

import pytest

from tests.proof import report
from tests.proof.calls import Operation
from tests.proof.complaints import Kind
from tests.proof.run import Options, Outcome, run

# One after the other, in one process of the tests: each starts a server and keeps it busy.
pytestmark = pytest.mark.xdist_group("proof")

DATABASE = "postgresql" if "TEST_DATABASE_URL" in os.environ else "sqlite"
# What each plant has to be convicted of, whatever else is found.
CONVICTED_OF = {
    "double-sale": {Kind.OWNED_TWICE, Kind.NO_ORDER},
    "early-answer": {Kind.NO_ORDER},
    "keys-ignored": {Kind.KEY},
}


def count(outcome: Outcome, operation: Operation, *outcomes: str) -> int:
    return sum(call.operation is operation and call.outcome in outcomes for call in outcome.calls)


def told(outcome: Outcome) -> str:
    return "\n".join(report.lines(outcome))


def test_the_promise_holds() -> None:
    outcome = run(Options(seconds=12, seed=1, database=DATABASE))

    assert report.held(outcome), told(outcome)
    assert report.sales(outcome)
    for operation in Operation:
        if operation is not Operation.READ:
            assert count(outcome, operation, "Booking"), told(outcome)
    assert count(outcome, Operation.HOLD, "SeatsTaken"), told(outcome)
    assert count(outcome, Operation.CONFIRM, "HoldExpired"), told(outcome)
    assert outcome.deeds["sent twice at once"]
    assert outcome.lost["answers"]
    assert len(outcome.faults) > 2
    assert "The promise held." in told(outcome)


@pytest.mark.parametrize("plant", CONVICTED_OF)
def test_finds_a_server_that_is_broken_on_purpose(plant: str) -> None:
    """In one of three short runs at the latest: how much happens in one depends on what else the machine does."""
    for seed in (1, 2, 3):
        outcome = run(Options(seconds=8, seed=seed, database=DATABASE, plant=plant))
        if {complaint.kind for complaint in outcome.checked.complaints} >= CONVICTED_OF[plant]:
            assert not report.held(outcome)
            return
    pytest.fail(told(outcome))
