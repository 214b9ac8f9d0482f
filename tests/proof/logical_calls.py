"""Calls with the same idempotency key, as one logical call. Pure.

A call that is repeated with its key has no further effect, so the calls with one key are one logical call. It takes
effect between the start of the first call that may have had an effect and the end of the first answer that shows it.
Later answers repeat that one. A refusal is not stored under the key, so each refusal is a call on its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.proof.calls import NEVER, BookingSeen, Call, Operation


@dataclass(frozen=True)
class LogicalCall:
    first: Call
    unanswered: Sequence[Call]
    refusals: Sequence[Call]
    # The calls with an answer that shows an effect, in order of their ends.
    answered: Sequence[Call]

    @property
    def acknowledged(self) -> bool:
        """Whether it certainly had its effect."""
        return bool(self.answered)

    @property
    def start(self) -> int:
        return min((call.start for call in (*self.unanswered, *self.answered)), default=NEVER)

    @property
    def end(self) -> int:
        return self.answered[0].end if self.answered else NEVER

    @property
    def operation(self) -> Operation:
        return self.first.operation

    @property
    def user(self) -> int:
        return self.first.user

    @property
    def show(self) -> int | None:
        return self.first.show

    @property
    def seats(self) -> frozenset[str] | None:
        return self.first.seats

    @property
    def about(self) -> int:
        """The booking to confirm, extend or cancel."""
        return self.first.booking or 0

    @property
    def created(self) -> BookingSeen | None:
        """The booking it created, as the first answer shows it."""
        return self.answered[0].booked if self.answered and self.first.creates_a_booking else None

    @property
    def booking(self) -> int | None:
        """The booking the answers name."""
        seen = self.answered[0].booked if self.answered else None
        return seen.id if seen else None


def logical_calls(calls: Iterable[Call]) -> Iterator[LogicalCall]:
    """The calls, grouped by key. Calls that reuse a key for something else are left out."""
    groups: dict[object, list[Call]] = defaultdict(list)
    for index, call in enumerate(calls):
        if not call.reuses_key:
            groups[(call.user, call.key) if call.key else index].append(call)
    return map(_logical_call, groups.values())


def _logical_call(calls: Sequence[Call]) -> LogicalCall:
    reading = calls[0].operation is Operation.READ
    answered = [call for call in calls if call.answer and (reading or call.booked)]
    return LogicalCall(
        first=calls[0],
        unanswered=[call for call in calls if call.answer is None],
        refusals=[call for call in calls if call.refused and not reading],
        answered=sorted(answered, key=lambda call: call.end),
    )
