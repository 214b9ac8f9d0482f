"""Responses that are wrong regardless of the state of the seats. Pure: takes calls, yields complaints."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tests.proof.calls import BOOKING, BUSY, EXPECTED, KEY_REUSED, Call
from tests.proof.complaints import Complaint, Kind
from tests.proof.logical_calls import LogicalCall, logical_calls
from tests.proof.rules import Rules

# Accepted reasons for a missing response: the connection broke, the client disconnected, or the server was unavailable.
_EXPECTED_FAILURES = {
    "BadStatusLine",
    "BrokenPipeError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "HTTP 503",
    "IncompleteRead",
    "RemoteDisconnected",
    "SERVICE_UNAVAILABLE",
    "disconnected",
}


def complaints(calls: Sequence[Call], *, rules: Rules) -> Iterator[Complaint]:
    yield from _unexpected(calls)
    for logical_call in logical_calls(calls):
        yield from _of_one_key(logical_call)
    yield from _expiries(calls, rules)


def _unexpected(calls: Iterable[Call]) -> Iterator[Complaint]:
    for call in calls:
        if call.response is None:
            if call.outcome not in _EXPECTED_FAILURES:
                yield Complaint(Kind.UNEXPECTED, f"No definite response, but {call.outcome}: {_call_text(call)}")
        elif call.reuses_key:
            if call.response.kind not in {KEY_REUSED, BUSY}:
                text = f"A key was used for two different calls, and returned {call.response.kind}: {_call_text(call)}"
                yield Complaint(Kind.KEY, text)
        elif call.response.kind != BOOKING and call.response.kind not in EXPECTED[call.operation]:
            yield Complaint(Kind.UNEXPECTED, f"Unexpected response {call.response.kind}: {_call_text(call)}")


def _of_one_key(logical_call: LogicalCall) -> Iterator[Complaint]:
    """Calls with one key name one booking, and no call is refused after another was accepted."""
    bookings = {call.booked.id for call in logical_call.successes if call.booked}
    if len(bookings) > 1:
        yield Complaint(Kind.KEY, f"One key, several bookings {sorted(bookings)}: {_call_text(logical_call.first)}")
    if logical_call.first.booking is not None and bookings - {logical_call.first.booking}:
        text = f"The response is about another booking {sorted(bookings)}: {_call_text(logical_call.first)}"
        yield Complaint(Kind.INCONSISTENT, text)
    for call in logical_call.refusals:
        if call.start > logical_call.end and call.response and call.response.kind != BUSY:
            text = f"An accepted key was refused with {call.response.kind}: {_call_text(call)}"
            yield Complaint(Kind.KEY, text)


def _expiries(calls: Iterable[Call], rules: Rules) -> Iterator[Complaint]:
    """All responses show the same seats and creation time of a booking, and a hold has an allowed lifetime."""
    seen: dict[int, set[tuple[int, frozenset[str]]]] = defaultdict(set)
    for call in calls:
        booked = call.booked
        if booked is None:
            continue
        seen[booked.id].add((booked.created_at, booked.seats))
        lifetimes = {booked.created_at + rules.hold, booked.created_at + rules.hold_at_most}
        if booked.expires_at is not None and booked.expires_at not in lifetimes:
            text = f"A hold lasts {(booked.expires_at - booked.created_at) / 1e9} s: {_call_text(call)}"
            yield Complaint(Kind.INCONSISTENT, text)
    for booking, versions in seen.items():
        if len(versions) > 1:
            text = f"Booking {booking} has changed its seats or its creation time: {sorted(map(str, versions))}"
            yield Complaint(Kind.INCONSISTENT, text)


def _call_text(call: Call) -> str:
    seats = ",".join(sorted(call.seats)) if call.seats is not None else f"{call.count or 'all'}"
    about = f"booking {call.booking}" if call.booking is not None else f"show {call.show}"
    return f"{call.operation} of {about}, seats {seats}, by user {call.user}, key {call.key}, at {call.start}"
