"""Who surely had which seat, from when until when, by the answers alone. Pure.

A seat is surely a user's from when an answer told so until the first call that may have given it back began, or the
hold ran out. Coarser than the search for an order, but it needs no search and is seen at a glance.
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
    """Seats that two bookings surely had at once, and users who had more seats of a show than is allowed."""
    owned = _joined(surely_owned(calls, rules=rules))
    yield from _owned_twice(owned, tolerance)
    yield from _above_limit(owned, rules)


def surely_owned(calls: Sequence[Call], *, rules: Rules) -> Iterator[Owned]:
    """What each answer tells; of one seat and booking perhaps several times."""
    logical = list(logical_calls(calls))
    makers = {logical_call.made.id: logical_call for logical_call in logical if logical_call.made}
    given_back = _given_back(logical)
    for logical_call in logical:
        maker = makers.get(logical_call.booking or 0)
        if maker is None or maker.made is None or maker.show is None or logical_call.operation is Operation.CANCEL:
            continue
        for label in maker.made.seats:
            until = min(
                _until(logical_call, maker.made.created_at, rules), given_back.get((maker.made.id, label), NEVER)
            )
            if logical_call.end < until:
                yield Owned((maker.show, label), maker.made.id, logical_call.user, logical_call.end, until)


def _until(logical_call: LogicalCall, created_at: int, rules: Rules) -> int:
    """A confirmed booking may be asked to be extended; that says nothing about how long it is kept at least."""
    if logical_call.operation is Operation.HOLD:
        return created_at + rules.hold
    return created_at + rules.hold_at_most if logical_call.operation is Operation.EXTEND else NEVER


def _given_back(logical: Iterable[LogicalCall]) -> dict[tuple[int, str], int]:
    """By booking and seat, the start of the first call that may have given it back."""
    logical = list(logical)
    seats = {logical_call.made.id: logical_call.made.seats for logical_call in logical if logical_call.made}
    found: dict[tuple[int, str], int] = {}
    for logical_call in logical:
        if logical_call.operation is Operation.CANCEL and logical_call.start < NEVER:
            for label in logical_call.seats if logical_call.seats is not None else seats.get(logical_call.about, ()):
                key = (logical_call.about, label)
                found[key] = min(logical_call.start, found.get(key, NEVER))
    return found


def _joined(owned: Iterable[Owned]) -> list[Owned]:
    """Stretches of one seat and booking that overlap, as one."""
    joined: list[Owned] = []
    for each in sorted(owned, key=lambda each: (each.seat, each.booking, each.since)):
        last = joined[-1] if joined else None
        if last and (last.seat, last.booking) == (each.seat, each.booking) and each.since <= last.until:
            joined[-1] = Owned(last.seat, last.booking, last.user, last.since, max(last.until, each.until))
        else:
            joined.append(each)
    return joined


def _owned_twice(owned: Iterable[Owned], tolerance: int) -> Iterator[Complaint]:
    by_seat: dict[Seat, list[Owned]] = defaultdict(list)
    for each in owned:
        by_seat[each.seat].append(each)
    for (show, label), stretches in by_seat.items():
        for one, other in pairwise(sorted(stretches, key=lambda each: each.since)):
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
