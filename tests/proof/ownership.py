"""The owners of seats, and the times, that are certain from the responses alone. Pure.

A user certainly owns a seat from the response that shows it until the start of the first call that may have cancelled
it, or until the hold expires. This finds fewer problems than the search for an order, but its results are easier to
understand.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.complaints import Complaint, Kind
from tests.proof.logical_calls import LogicalCall, logical_calls
from tests.proof.possible_ownership import Seat
from tests.proof.rules import Rules


@dataclass(frozen=True)
class Owned:
    seat: Seat
    booking: int
    user: int
    since: int
    until: int


def complaints(calls: Sequence[Call], *, rules: Rules, tolerance: int) -> Iterator[Complaint]:
    """Seats that two bookings certainly owned at the same time, and users with more seats of a show than allowed."""
    owned = _merged(certainly_owned(calls, rules=rules))
    yield from _owned_twice(owned, tolerance)
    yield from _above_limit(owned, rules)


def certainly_owned(calls: Sequence[Call], *, rules: Rules) -> Iterator[Owned]:
    """The ownership that each response shows. A seat and a booking may occur several times."""
    logical = list(logical_calls(calls))
    creators = {logical_call.created.id: logical_call for logical_call in logical if logical_call.created}
    cancelled_at = _cancelled_at(logical)
    for logical_call in logical:
        creator = creators.get(logical_call.booking or 0)
        if (
            creator is None
            or creator.created is None
            or creator.show is None
            or logical_call.operation is Operation.CANCEL
        ):
            continue
        for label in creator.created.seats:
            until = min(
                _until(logical_call, creator.created.created_at, rules),
                cancelled_at.get((creator.created.id, label), NEVER),
            )
            if logical_call.end < until:
                yield Owned((creator.show, label), creator.created.id, logical_call.user, logical_call.end, until)


def _until(logical_call: LogicalCall, created_at: int, rules: Rules) -> int:
    """The earliest possible end of the ownership. It does not follow from the extension of a confirmed booking."""
    if logical_call.operation is Operation.HOLD:
        return created_at + rules.hold
    return created_at + rules.hold_at_most if logical_call.operation is Operation.EXTEND else NEVER


def _cancelled_at(logical: Iterable[LogicalCall]) -> dict[tuple[int, str], int]:
    """The start of the first call that may have cancelled the seat, by booking and seat."""
    logical = list(logical)
    seats = {logical_call.created.id: logical_call.created.seats for logical_call in logical if logical_call.created}
    found: dict[tuple[int, str], int] = {}
    for logical_call in logical:
        if logical_call.operation is Operation.CANCEL and logical_call.start < NEVER:
            for label in logical_call.seats if logical_call.seats is not None else seats.get(logical_call.about, ()):
                key = (logical_call.about, label)
                found[key] = min(logical_call.start, found.get(key, NEVER))
    return found


def _merged(owned: Iterable[Owned]) -> list[Owned]:
    """The periods, with overlapping ones of the same seat and booking merged."""
    merged: list[Owned] = []
    for each in sorted(owned, key=lambda each: (each.seat, each.booking, each.since)):
        last = merged[-1] if merged else None
        if last and (last.seat, last.booking) == (each.seat, each.booking) and each.since <= last.until:
            merged[-1] = Owned(last.seat, last.booking, last.user, last.since, max(last.until, each.until))
        else:
            merged.append(each)
    return merged


def _owned_twice(owned: Iterable[Owned], tolerance: int) -> Iterator[Complaint]:
    by_seat: dict[Seat, list[Owned]] = defaultdict(list)
    for each in owned:
        by_seat[each.seat].append(each)
    for (show, label), periods in by_seat.items():
        for one, other in pairwise(sorted(periods, key=lambda each: each.since)):
            overlap = min(one.until, other.until) - other.since
            if overlap > tolerance:
                text = (
                    f"Seat {label} of show {show} was owned twice: by booking {one.booking} of user {one.user} and "
                    f"by booking {other.booking} of user {other.user}, from {other.since} on"
                )
                yield Complaint(Kind.OWNED_TWICE, text)


def _above_limit(owned: Iterable[Owned], rules: Rules) -> Iterator[Complaint]:
    changes: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for each in owned:
        changes[each.user, each.seat[0]] += [(each.since, 1), (each.until, -1)]
    for (user, show), steps in changes.items():
        count = 0
        for moment, step in sorted(steps):
            count += step
            if count > rules.seats_per_user_and_show:
                yield Complaint(Kind.LIMIT, f"User {user} had {count} seats of show {show} at {moment}")
                break
