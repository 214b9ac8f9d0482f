"""Calls that are one call. Pure.

Sending a call again with its key does nothing again. So all calls of one key are one story: it has its effect between
the start of the first of them that may have had it and the end of the first that told of it. What came back after
that is a repetition. A refusal is not kept under the key, and stands for itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.proof.calls import NEVER, BookingSeen, Call, Operation


@dataclass(frozen=True)
class Story:
    first: Call
    unanswered: Sequence[Call]
    refusals: Sequence[Call]
    # With an answer that tells of an effect, in order of their ends.
    answered: Sequence[Call]

    @property
    def told(self) -> bool:
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
        """The booking that was to be confirmed, extended or given back."""
        return self.first.booking or 0

    @property
    def made(self) -> BookingSeen | None:
        """The booking it made, as the first answer shows it."""
        return self.answered[0].booked if self.answered and self.first.makes_a_booking else None

    @property
    def booking(self) -> int | None:
        """The booking the answers name."""
        seen = self.answered[0].booked if self.answered else None
        return seen.id if seen else None


def stories(calls: Iterable[Call]) -> Iterator[Story]:
    """What the calls tell, taken together. Tries to use a key for something else tell nothing here."""
    groups: dict[object, list[Call]] = defaultdict(list)
    for index, call in enumerate(calls):
        if not call.reuses_key:
            groups[(call.user, call.key) if call.key else index].append(call)
    return map(_story, groups.values())


def _story(calls: Sequence[Call]) -> Story:
    reading = calls[0].operation is Operation.READ
    answered = [call for call in calls if call.answer and (reading or call.booked)]
    return Story(
        first=calls[0],
        unanswered=[call for call in calls if call.answer is None],
        refusals=[call for call in calls if call.refused and not reading],
        answered=sorted(answered, key=lambda call: call.end),
    )
