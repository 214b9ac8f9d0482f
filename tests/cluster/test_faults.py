"""Which faults are injected, and when the service resumed too late after one."""

from collections import Counter
from itertools import islice
from random import Random

from tests.cluster import faults
from tests.cluster.application_host import haproxy_configuration
from tests.cluster.faults import KINDS, LAG
from tests.cluster.run import SECONDS_TO_RESUME
from tests.proof import report
from tests.proof.calls import BookingSeen, Call, Operation, Response, SeatSeen
from tests.proof.faults import Fault
from tests.proof.rows import Rows
from tests.proof.run import Outcome

SECOND = 1_000_000_000
BOOKED = Response("Booking", BookingSeen(1, "CONFIRMED", frozenset({"A1"}), 0, None))
READ = Response("SeatMap", seat_map={"A1": SeatSeen("AVAILABLE", mine=False)})


def first_kinds(count: int, *, seed: int) -> list[str]:
    return list(islice(faults.in_random_order(Random(seed)), count))  # noqa: S311 - no secret


def call(operation: Operation, at: float, response: Response | None) -> Call:
    start = int(at * SECOND)
    return Call(operation, 1, start, start + SECOND // 2, response, response.kind if response else "lost", show=1)


def outcome(*calls: Call) -> Outcome:
    """A run with one fault, a second after its start. Before, a call is refused, and another gets no response."""
    refused, lost = Response("SeatsTaken", seats=frozenset({"A1"})), None
    return Outcome(
        "command",
        [call(Operation.BOOK, 0, refused), call(Operation.BOOK, 0, lost), *calls],
        [Fault(LAG, SECOND)],
        Counter(),
        Counter(),
        Rows(),
        verification=[],
        is_verified=True,
        seconds_to_resume=SECONDS_TO_RESUME,
    )


def test_every_kind_is_injected_before_any_is_repeated() -> None:
    kinds = first_kinds(2 * len(KINDS), seed=1)

    assert kinds[0] == LAG
    assert set(kinds[: len(KINDS)]) == set(kinds[len(KINDS) :]) == set(KINDS)


def test_a_seed_repeats_the_order() -> None:
    assert first_kinds(30, seed=1) == first_kinds(30, seed=1) != first_kinds(30, seed=2)


def test_only_an_acknowledged_change_ends_the_outage() -> None:
    found = outcome(
        call(Operation.BOOK, 0.9, BOOKED),
        call(Operation.READ, 2, READ),
        call(Operation.BOOK, 3, None),
        call(Operation.BOOK, 5, BOOKED),
    )

    assert report.recovery_seconds(found) == [(LAG, 1.5)]
    assert report.seconds_to_change(found) == [(LAG, 4.5)]
    assert report.held(found)


def test_a_late_change_is_reported_and_the_run_fails() -> None:
    found = outcome(call(Operation.BOOK, 1 + SECONDS_TO_RESUME, BOOKED))

    assert list(report.late(found)) == [f"no change was acknowledged for 30.5 s after: {LAG}"]
    assert not report.held(found)
    assert f"LATE  no change was acknowledged for 30.5 s after: {LAG}" in report.lines(found)


def test_a_cluster_that_does_not_recover_fails_the_run() -> None:
    found = outcome(call(Operation.BOOK, 2, BOOKED))
    found.failure = "TimeoutError: timed out waiting for all database hosts"

    assert f"FAILED  {found.failure}" in report.lines(found)
    assert not report.held(found)


def test_an_outage_that_never_ends_is_reported() -> None:
    found = outcome(call(Operation.READ, 2, READ))

    assert "no call succeeded after one of the faults" in report.shortcomings(found)


def test_haproxy_checks_every_database_host() -> None:
    lines = haproxy_configuration({"db1": "10.77.0.11", "db2": "10.77.0.12"}).splitlines()

    assert lines[-2:] == ["    server db1 10.77.0.11:5432 check", "    server db2 10.77.0.12:5432 check"]
