"""The calls of a run, projected onto the seats they are about. Pure.

A call without an answer may have had an effect or not, at any moment from its start on. The tables narrow that down
where they cannot be wrong: bookings are never deleted, so a call that made none had no effect; and a time that was
written in the transaction is before its end. A hold that nobody got to know of has no effect once it ran out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.proof.calls import NEVER, Call, Operation
from tests.proof.logical_calls import Story, stories
from tests.proof.model import Part, SeatCall
from tests.proof.possible_ownership import Kept, Seat, most_at_once, seats_of_bookings
from tests.proof.rows import BookingRow, Rows, TicketRow
from tests.proof.rules import Rules

Parts = Iterator[tuple[Seat, SeatCall]]

_SEEN = {"AVAILABLE": Part.SEEN_FREE, "HELD": Part.SEEN_HELD, "BOOKED": Part.SEEN_SOLD}


def seat_histories(
    calls: Sequence[Call],
    rows: Rows,
    *,
    makers: Mapping[int, Call],
    perhaps_kept: Iterable[Kept],
    rules: Rules,
    ended_at: int,
    tolerance: int,
) -> dict[Seat, list[SeatCall]]:
    """What happened to each seat, as far as it is told. See `makers.found` and `kept.perhaps`."""
    told = list(stories(calls))
    projection = _Projection(
        rules=rules,
        ended_at=ended_at,
        tolerance=tolerance,
        bookings=rows.bookings,
        tickets=rows.tickets_of(),
        made={call: booking for booking, call in makers.items()},
        seats=seats_of_bookings(told, rows),
        created_at=_created_at(told, rows),
        perhaps_had=_by_user_and_show(perhaps_kept),
    )
    histories: dict[Seat, list[SeatCall]] = defaultdict(list)
    for story in told:
        for seat, part in projection.parts(story):
            histories[seat].append(part)
    for seat, part in _ends(rows, histories, ended_at):
        histories[seat].append(part)
    return histories


@dataclass(frozen=True)
class _Projection:
    rules: Rules
    ended_at: int
    tolerance: int
    bookings: Mapping[int, BookingRow]
    tickets: Mapping[int, Sequence[TicketRow]]
    made: Mapping[Call, int]
    seats: Mapping[int, frozenset[Seat]]
    created_at: Mapping[int, int]
    # By user and show.
    perhaps_had: Mapping[tuple[int, int], Sequence[Kept]]

    def parts(self, story: Story) -> Parts:
        match story.operation:
            case Operation.HOLD | Operation.BOOK:
                yield from self._made(story)
            case Operation.CONFIRM:
                yield from self._confirmed(story)
            case Operation.EXTEND:
                yield from self._extended(story)
            case Operation.CANCEL:
                yield from self._given_back(story)
            case Operation.READ:
                yield from _seen(story)

    def _made(self, story: Story) -> Parts:
        booking = story.booking if story.told else self._untold_booking(story)
        if booking is not None:
            yield from self._taken(story, booking)
        for call in story.refusals:
            yield from _refused(call, booking)

    def _untold_booking(self, story: Story) -> int | None:
        return next((self.made[call] for call in story.unanswered if call in self.made), None)

    def _taken(self, story: Story, booking: int) -> Parts:
        created_at = self.created_at[booking]
        until = created_at + self.rules.hold if story.operation is Operation.HOLD else None
        certain = story.told or until is None
        end = story.end if story.told else (until or self.ended_at)
        for seat in self.seats[booking]:
            yield (
                seat,
                SeatCall(
                    Part.TAKE,
                    max(story.start, created_at),
                    end,
                    user=story.user,
                    booking=booking,
                    until=until,
                    certain=certain,
                ),
            )

    def _confirmed(self, story: Story) -> Parts:
        yield from self._about_hold(story)
        row = self.bookings.get(story.about)
        if story.told:
            yield from self._for_all(story, Part.CONFIRM, start=story.start, end=story.end)
        elif story.unanswered and row and row.confirmed_at is not None:
            yield from self._for_all(story, Part.CONFIRM, start=max(story.start, row.confirmed_at), end=NEVER)

    def _extended(self, story: Story) -> Parts:
        yield from self._about_hold(story)
        until = self.created_at.get(story.about, 0) + self.rules.hold_at_most
        if story.told or story.unanswered:
            end = story.end if story.told else until
            yield from self._for_all(story, Part.EXTEND, start=story.start, end=end, until=until)

    def _for_all(self, story: Story, part: Part, *, start: int, end: int, until: int | None = None) -> Parts:
        for seat in self.seats.get(story.about, ()):
            yield (
                seat,
                SeatCall(part, start, end, user=story.user, booking=story.about, until=until, certain=story.told),
            )

    def _about_hold(self, story: Story) -> Parts:
        """What those who were told that their hold ran out learned about its seats."""
        for call in story.refusals:
            if call.answer and call.answer.kind == "HoldExpired":
                for seat in self.seats.get(story.about, ()):
                    if seat[1] in call.answer.seats:
                        part = Part.CAN_BE_HAD
                    elif self._all_the_user_may_have(seat[0], call):
                        continue
                    else:
                        part = Part.LOST
                    yield seat, SeatCall(part, call.start, call.end, user=call.user, booking=story.about)

    def _all_the_user_may_have(self, show: int, call: Call) -> bool:
        """Whether more seats than it names may be free: who confirms is told of no more than may still be had."""
        if call.operation is not Operation.CONFIRM or call.answer is None:
            return False
        others = [each for each in self.perhaps_had.get((call.user, show), ()) if each.booking != call.booking]
        had = most_at_once(others, call, tolerance=self.tolerance)
        return had + len(call.answer.seats) >= self.rules.seats_per_user_and_show

    def _given_back(self, story: Story) -> Parts:
        wanted = story.seats
        released = {ticket.seat: ticket.released_at for ticket in self.tickets.get(story.about, ()) if ticket.given_up}
        for seat in self.seats.get(story.about, ()):
            if wanted is not None and seat[1] not in wanted:
                continue
            if story.told:
                start, end = story.start, story.end
            elif story.unanswered and (released_at := released.get(seat[1])) is not None:
                start, end = max(story.start, released_at), NEVER
            else:
                continue
            yield seat, SeatCall(Part.CANCEL, start, end, user=story.user, booking=story.about, certain=story.told)


def _refused(call: Call, booking: int | None) -> Parts:
    """`booking` is what the same call, sent again, got: it is not refused because of itself."""
    if call.answer is None or call.answer.kind != "SeatsTaken" or call.show is None:
        return
    for label in call.seats or ():
        part = Part.REFUSED if label in call.answer.seats else Part.SEEN_FREE
        yield (call.show, label), SeatCall(part, call.start, call.end, user=call.user, booking=booking)


def _seen(story: Story) -> Parts:
    call = story.first
    if call.answer is None or call.show is None:
        return
    for label, seen in call.answer.seat_map.items():
        yield (call.show, label), SeatCall(_SEEN[seen.status], call.start, call.end, user=call.user, mine=seen.mine)


def _ends(rows: Rows, seats: Iterable[Seat], ended_at: int) -> Parts:
    """The tables as the last to look. A seat with two owners is reported elsewhere."""
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
                        Part.LEFT_WITH, moment, moment, user=user, booking=ticket.booking, until=ticket.expires_at
                    ),
                )


def _by_user_and_show(perhaps_kept: Iterable[Kept]) -> dict[tuple[int, int], list[Kept]]:
    found: dict[tuple[int, int], list[Kept]] = defaultdict(list)
    for each in perhaps_kept:
        found[each.user, each.seat[0]].append(each)
    return found


def _created_at(told: Iterable[Story], rows: Rows) -> dict[int, int]:
    found = {booking.id: booking.created_at for booking in rows.bookings.values()}
    return found | {story.made.id: story.made.created_at for story in told if story.made}
