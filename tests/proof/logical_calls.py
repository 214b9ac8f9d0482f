"""Calls with the same idempotency key, as one logical call. Pure.

A call that is repeated with its key has no further effect, so the calls with one key are one logical call. It takes
effect between the start of the first call that may have had an effect and the end of the first response that shows it.
Later responses repeat that one. A refusal is not stored under the key, so each refusal is a call on its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.proof.calls import NEVER, BookingSeen, Call, Operation


@dataclass(frozen=True)
class LogicalCall:
    first: Call
    without_response: Sequence[Call]
    refusals: Sequence[Call]
    # The calls with a response that shows an effect, in order of their ends.
    successes: Sequence[Call]

    @property
    def acknowledged(self) -> bool:
        """Whether it certainly had its effect."""
        return bool(self.successes)

    @property
    def start(self) -> int:
        return min((call.start for call in (*self.without_response, *self.successes)), default=NEVER)

    @property
    def end(self) -> int:
        return self.successes[0].end if self.successes else NEVER

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
        """The booking it created, as the first response shows it."""
        return self.successes[0].booked if self.successes and self.first.creates_a_booking else None

    @property
    def booking(self) -> int | None:
        """The booking the responses name."""
        seen = self.successes[0].booked if self.successes else None
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
    successes = [call for call in calls if call.response and (reading or call.booked)]
    return LogicalCall(
        first=calls[0],
        without_response=[call for call in calls if call.response is None],
        refusals=[call for call in calls if call.refused and not reading],
        successes=sorted(successes, key=lambda call: call.end),
    )
