"""The calls of a run, projected onto the seats they are about. Pure.

A call without a response may have had an effect at any moment after its start, or none. The tables narrow this down:
bookings are never deleted, so a call that created none had no effect, and a time that was written in a transaction is
before its end. A hold that no client knows has no effect after its expiry.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.logical_calls import LogicalCall, logical_calls
from tests.proof.model import Part, SeatCall
from tests.proof.possible_ownership import PossibleOwnership, Seat, most_at_once, seats_of_bookings
from tests.proof.rows import BookingRow, Rows, TicketRow
from tests.proof.rules import Rules

Parts = Iterator[tuple[Seat, SeatCall]]

_SEEN = {"AVAILABLE": Part.SEEN_FREE, "HELD": Part.SEEN_HELD, "BOOKED": Part.SEEN_SOLD}


def seat_histories(
    calls: Sequence[Call],
    rows: Rows,
    *,
    attributed: Mapping[int, Call],
    possibly_owned: Iterable[PossibleOwnership],
    rules: Rules,
    ended_at: int,
    tolerance: int,
) -> dict[Seat, list[SeatCall]]:
    """The history of each seat, from the responses and the rows. See `attribution` and `possible_ownership`."""
    logical = list(logical_calls(calls))
    projection = _Projection(
        rules=rules,
        ended_at=ended_at,
        tolerance=tolerance,
        bookings=rows.bookings,
        tickets=rows.tickets_of(),
        created={call: booking for booking, call in attributed.items()},
        seats=seats_of_bookings(logical, rows),
        created_at=_created_at(logical, rows),
        possibly_owned=_by_user_and_show(possibly_owned),
    )
    histories: dict[Seat, list[SeatCall]] = defaultdict(list)
    for logical_call in logical:
        for seat, part in projection.parts(logical_call):
            histories[seat].append(part)
    for seat, part in _stored_owners(rows, histories, ended_at):
        histories[seat].append(part)
    return histories


@dataclass(frozen=True)
class _Projection:
    rules: Rules
    ended_at: int
    tolerance: int
    bookings: Mapping[int, BookingRow]
    tickets: Mapping[int, Sequence[TicketRow]]
    created: Mapping[Call, int]
    seats: Mapping[int, frozenset[Seat]]
    created_at: Mapping[int, int]
    # Keys are user and show.
    possibly_owned: Mapping[tuple[int, int], Sequence[PossibleOwnership]]

    def parts(self, logical_call: LogicalCall) -> Parts:
        match logical_call.operation:
            case Operation.HOLD | Operation.BOOK:
                yield from self._created(logical_call)
            case Operation.CONFIRM:
                yield from self._confirmed(logical_call)
            case Operation.EXTEND:
                yield from self._extended(logical_call)
            case Operation.CANCEL:
                yield from self._cancelled(logical_call)
            case Operation.READ:
                yield from _seen(logical_call)

    def _created(self, logical_call: LogicalCall) -> Parts:
        booking = logical_call.booking if logical_call.acknowledged else self._unacknowledged_booking(logical_call)
        if booking is not None:
            yield from self._took(logical_call, booking)
        for call in logical_call.refusals:
            yield from _refused(call, booking)

    def _unacknowledged_booking(self, logical_call: LogicalCall) -> int | None:
        return next((self.created[call] for call in logical_call.without_response if call in self.created), None)

    def _took(self, logical_call: LogicalCall, booking: int) -> Parts:
        created_at = self.created_at[booking]
        until = created_at + self.rules.hold if logical_call.operation is Operation.HOLD else None
        certain = logical_call.acknowledged or until is None
        end = logical_call.end if logical_call.acknowledged else (until or self.ended_at)
        for seat in self.seats[booking]:
            yield (
                seat,
                SeatCall(
                    Part.TAKE,
                    max(logical_call.start, created_at),
                    end,
                    user=logical_call.user,
                    booking=booking,
                    until=until,
                    certain=certain,
                ),
            )

    def _confirmed(self, logical_call: LogicalCall) -> Parts:
        yield from self._hold_expired(logical_call)
        row = self.bookings.get(logical_call.about)
        if logical_call.acknowledged:
            yield from self._for_all(logical_call, Part.CONFIRM, start=logical_call.start, end=logical_call.end)
        elif logical_call.without_response and row and row.confirmed_at is not None:
            yield from self._for_all(
                logical_call, Part.CONFIRM, start=max(logical_call.start, row.confirmed_at), end=NEVER
            )

    def _extended(self, logical_call: LogicalCall) -> Parts:
        yield from self._hold_expired(logical_call)
        until = self.created_at.get(logical_call.about, 0) + self.rules.hold_at_most
        if logical_call.acknowledged or logical_call.without_response:
            end = logical_call.end if logical_call.acknowledged else until
            yield from self._for_all(logical_call, Part.EXTEND, start=logical_call.start, end=end, until=until)

    def _for_all(
        self, logical_call: LogicalCall, part: Part, *, start: int, end: int, until: int | None = None
    ) -> Parts:
        for seat in self.seats.get(logical_call.about, ()):
            yield (
                seat,
                SeatCall(
                    part,
                    start,
                    end,
                    user=logical_call.user,
                    booking=logical_call.about,
                    until=until,
                    certain=logical_call.acknowledged,
                ),
            )

    def _hold_expired(self, logical_call: LogicalCall) -> Parts:
        """The parts that HoldExpired and BookingCancelled imply for the seats of the hold."""
        for call in logical_call.refusals:
            if call.response and call.response.kind in {"HoldExpired", "BookingCancelled"}:
                for seat in self.seats.get(logical_call.about, ()):
                    if seat[1] in call.response.seats:
                        part = Part.STILL_FREE
                    elif self._is_limited(seat[0], call):
                        continue
                    else:
                        part = Part.LOST
                    yield seat, SeatCall(part, call.start, call.end, user=call.user, booking=logical_call.about)

    def _is_limited(self, show: int, call: Call) -> bool:
        """Whether the response may omit free seats, because it names no more than the user may still take."""
        if call.operation is not Operation.CONFIRM or call.response is None:
            return False
        others = [each for each in self.possibly_owned.get((call.user, show), ()) if each.booking != call.booking]
        owned = most_at_once(others, call, tolerance=self.tolerance)
        return owned + len(call.response.seats) >= self.rules.seats_per_user_and_show

    def _cancelled(self, logical_call: LogicalCall) -> Parts:
        wanted = logical_call.seats
        released = {
            ticket.seat: ticket.released_at for ticket in self.tickets.get(logical_call.about, ()) if ticket.cancelled
        }
        for seat in self.seats.get(logical_call.about, ()):
            if wanted is not None and seat[1] not in wanted:
                continue
            if logical_call.acknowledged:
                start, end = logical_call.start, logical_call.end
            elif logical_call.without_response and (released_at := released.get(seat[1])) is not None:
                start, end = max(logical_call.start, released_at), NEVER
            else:
                continue
            yield (
                seat,
                SeatCall(
                    Part.CANCEL,
                    start,
                    end,
                    user=logical_call.user,
                    booking=logical_call.about,
                    certain=logical_call.acknowledged,
                ),
            )


def _refused(call: Call, booking: int | None) -> Parts:
    """The parts of a refused call. `booking` was created by another attempt of it and does not justify the refusal."""
    if call.response is None or call.response.kind != "SeatsTaken" or call.show is None:
        return
    for label in call.seats or ():
        part = Part.REFUSED if label in call.response.seats else Part.SEEN_FREE
        yield (call.show, label), SeatCall(part, call.start, call.end, user=call.user, booking=booking)


def _seen(logical_call: LogicalCall) -> Parts:
    call = logical_call.first
    if call.response is None or call.show is None:
        return
    for label, seen in call.response.seat_map.items():
        yield (call.show, label), SeatCall(_SEEN[seen.status], call.start, call.end, user=call.user, mine=seen.mine)


def _stored_owners(rows: Rows, seats: Iterable[Seat], ended_at: int) -> Parts:
    """The tables as the last read. A seat with two owners is reported elsewhere."""
    owners: dict[Seat, list[TicketRow]] = defaultdict(list)
    for ticket in rows.tickets:
        if ticket.unreleased and (ticket.expires_at is None or ticket.expires_at > ended_at):
            owners[(ticket.show, ticket.seat)].append(ticket)
    moment = ended_at + 1
    for seat in list(seats):
        match owners.get(seat, []):
            case []:
                yield seat, SeatCall(Part.SEEN_FREE, moment, moment, note="in the tables at the end")
            case [ticket]:
                user = rows.bookings[ticket.booking].user
                yield (
                    seat,
                    SeatCall(
                        Part.STORED_OWNER, moment, moment, user=user, booking=ticket.booking, until=ticket.expires_at
                    ),
                )


def _by_user_and_show(possibly_owned: Iterable[PossibleOwnership]) -> dict[tuple[int, int], list[PossibleOwnership]]:
    found: dict[tuple[int, int], list[PossibleOwnership]] = defaultdict(list)
    for each in possibly_owned:
        found[each.user, each.seat[0]].append(each)
    return found


def _created_at(logical: Iterable[LogicalCall], rows: Rows) -> dict[int, int]:
    found = {booking.id: booking.created_at for booking in rows.bookings.values()}
    return found | {
        logical_call.created.id: logical_call.created.created_at for logical_call in logical if logical_call.created
    }
