"""Is there an order of the calls about a seat that explains every response? Pure.

This is Wing and Gong's search in the form Lowe calls just-in-time linearization: calls are taken into the order only
when one of them returns, by which time it must have had its effect. After each return, the search keeps every possible
configuration once: the state of the seat, and the running calls that have had their effect. There are few of them,
however long the history is. Only the earliest moment of each configuration counts, because an earlier moment meets
every time limit that a later one meets. So the result is exact. If there are more configurations than the budget
allows, the result is `undecided`, which is not a pass.

A call that only reads is placed only when it returns, or just before the seat changes or a hold expires. This keeps the
number of configurations small when many reads are running. A call that may have had no effect stays optional until it
can no longer have one. It may be used several times, since its effect on a booking happens only once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from tests.proof.calls import NEVER
from tests.proof.model import CHANGES, FREE, Part, SeatCall, State, outcomes

DEFAULT_BUDGET = 2_000_000

Configuration = tuple[State, frozenset[SeatCall]]
Configurations = dict[Configuration, int]

# The parts that depend on whether a booking has released the seat.
_NEEDS_RELEASED_BY = {Part.CONFIRM, Part.EXTEND, Part.LOST}


class Verdict(StrEnum):
    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Result:
    """`stuck` is the call that no order explains, and `before` the possible states of the seat when it returned."""

    verdict: Verdict
    steps: int
    stuck: SeatCall | None = None
    before: Sequence[State] = ()


class _OverBudget(Exception):
    pass


def check(calls: Iterable[SeatCall], *, tolerance: int = 0, budget: int = DEFAULT_BUDGET) -> Result:
    """Whether the calls about one seat are linearizable. The seat is free at the start."""
    return _Search(list(calls), tolerance=tolerance, budget=budget).result()


@dataclass
class _Search:
    calls: list[SeatCall]
    tolerance: int
    budget: int
    steps: int = 0
    configurations: Configurations = field(default_factory=lambda: {(FREE, frozenset()): 0})
    pending: list[SeatCall] = field(default_factory=list)
    optional: list[SeatCall] = field(default_factory=list)

    def result(self) -> Result:
        last_need = _last_need(self.calls)
        try:
            for moment, call in _events(self.calls):
                if moment == 0:
                    (self.pending if call.certain else self.optional).append(call)
                    continue
                before = self._states()
                self.configurations = _without_unneeded(self._returned(call), last_need, call.end)
                if not self.configurations:
                    return Result(Verdict.VIOLATED, self.steps, call, before)
                self.pending.remove(call)
                self._drop_past_options()
        except _OverBudget:
            return Result(Verdict.UNDECIDED, self.steps)
        return Result(Verdict.HOLDS, self.steps)

    def _states(self) -> list[State]:
        return list(dict.fromkeys(state for state, _ in self.configurations))

    def _returned(self, call: SeatCall) -> Configurations:
        """The configurations in which `call` has had its effect, without `call`."""
        reached: Configurations = {}
        best = dict(self.configurations)
        work = list(best)
        while work:
            state, done = configuration = work.pop()
            at = best[configuration]
            if call in done:
                _keep_earliest(reached, (state, done - {call}), at)
                continue
            for following, moment in self._following(configuration, at, call):
                self._spend()
                if _keep_earliest(best, following, moment):
                    work.append(following)
        return reached

    def _following(self, configuration: Configuration, at: int, due: SeatCall) -> Iterator[tuple[Configuration, int]]:
        state, done = configuration
        waiting = [call for call in self.pending if call not in done]
        for call in (*waiting, *self.optional):
            for after, moment in self._outcomes(state, call, at):
                if after != state:
                    others = [other for other in waiting if other is not call]
                    placed = done | {call} if call.certain else done
                    latest = call.end + self.tolerance
                    for before, then in self._before(others, state, after, at, moment):
                        if then <= latest:
                            yield (after, placed | before), then
                elif call is due:
                    # A hold may have expired before this end, and other reads may have seen it before.
                    yield (state, done | {call} | self._possible_reads(waiting, state, at, moment)), moment

    def _before(
        self, waiting: Sequence[SeatCall], state: State, after: State, at: int, moment: int
    ) -> Iterator[tuple[frozenset[SeatCall], int]]:
        """The sets of other calls that may come just before the seat changes, each with the earliest moment."""
        idle = [(call, idle_at) for call in waiting if (idle_at := self._idle_at(call, state, at)) is not None]
        readers = sorted((idle_at, index) for index, (call, idle_at) in enumerate(idle) if call.part not in CHANGES)
        # Calls that could change a seat but do not change it now can be placed later, except these.
        last_chance = [
            (call, idle_at)
            for call, idle_at in idle
            if call.part in CHANGES and self._idle_at(call, after, moment) != max(moment, call.start)
        ]
        free = self._possible_reads(waiting, state, at, moment)
        for chosen, then in _subsets(last_chance, moment):
            seen = free | chosen
            yield seen, then
            for idle_at, index in readers:
                if idle_at > moment:
                    seen |= {idle[index][0]}
                    yield seen, max(then, idle_at)

    def _possible_reads(self, waiting: Sequence[SeatCall], state: State, at: int, until: int) -> frozenset[SeatCall]:
        """The calls that may have read the seat until then."""
        readers = [call for call in waiting if call.part not in CHANGES]
        return frozenset(
            call for call in readers if (idle_at := self._idle_at(call, state, at)) is not None and idle_at <= until
        )

    def _idle_at(self, call: SeatCall, state: State, at: int) -> int | None:
        """The earliest moment when the call can leave the seat unchanged, if it can."""
        return min((moment for after, moment in self._outcomes(state, call, at) if after == state), default=None)

    def _outcomes(self, state: State, call: SeatCall, at: int) -> Iterator[tuple[State, int]]:
        latest = call.end + self.tolerance
        for after, moment in outcomes(state, call, max(at, call.start), tolerance=self.tolerance):
            if moment <= latest:
                yield after, moment

    def _drop_past_options(self) -> None:
        """Drop optional calls that can no longer have an effect during any running call."""
        earliest = min((call.start for call in self.pending), default=NEVER)
        if self.pending and any(call.end < earliest for call in self.optional):
            self.optional = [call for call in self.optional if call.end >= earliest]

    def _spend(self) -> None:
        self.steps += 1
        if self.steps > self.budget:
            raise _OverBudget


def _events(calls: Sequence[SeatCall]) -> Iterator[tuple[int, SeatCall]]:
    """The starts (0) and returns (1) in order. Uncertain calls have only a start."""
    events = [(call.start, 0, index) for index, call in enumerate(calls)]
    events += [(call.end, 1, index) for index, call in enumerate(calls) if call.certain]
    for _, which, index in sorted(events):
        yield which, calls[index]


def _subsets(calls: Sequence[tuple[SeatCall, int]], moment: int) -> Iterator[tuple[frozenset[SeatCall], int]]:
    """Every subset of the calls, with the latest of `moment` and the moments of its calls."""
    for size in range(len(calls) + 1):
        for chosen in combinations(calls, size):
            yield frozenset(call for call, _ in chosen), max([moment, *(at for _, at in chosen)])


def _keep_earliest(found: Configurations, configuration: Configuration, at: int) -> bool:
    if at >= found.get(configuration, NEVER + 1):
        return False
    found[configuration] = at
    return True


def _last_need(calls: Iterable[SeatCall]) -> dict[int, int]:
    """The last moment when a call about each booking can depend on whether it has released the seat."""
    needed: dict[int, int] = {}
    for call in calls:
        if call.part in _NEEDS_RELEASED_BY and call.booking is not None:
            until = call.end if call.certain else NEVER
            needed[call.booking] = max(until, needed.get(call.booking, 0))
    return needed


def _without_unneeded(configurations: Configurations, last_need: dict[int, int], now: int) -> Configurations:
    """The configurations without the released bookings that no later call depends on."""
    remaining: Configurations = {}
    for (state, done), at in configurations.items():
        released_by = frozenset(booking for booking in state.released_by if last_need.get(booking, 0) >= now)
        _keep_earliest(remaining, (state._replace(released_by=released_by), done), at)
    return remaining
