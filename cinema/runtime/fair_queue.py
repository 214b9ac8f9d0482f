"""Where requests wait for a thread: in turn, by where they come from.

However many one client sends, it has all places but one, and another's turn is next.
"""

import asyncio
from collections import Counter, OrderedDict, deque

Turn = asyncio.Future[None]


class FairQueue:
    """Of one event loop. At most `places` requests have their turn at a time."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._most_of_one = max(1, places - 1)
        self._served: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()

    def acquire(self, whose: str) -> Turn:
        """It is done when the turn has come; whoever has had it calls `leave`. Cancel it to stop waiting."""
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(whose, deque()).append(turn)
        self._let_in()
        return turn

    def release(self, whose: str) -> None:
        self._free += 1
        self._served[whose] -= 1
        if not self._served[whose]:
            del self._served[whose]
        self._let_in()

    def _let_in(self) -> None:
        """Whose turn it was goes to the end of the line, with the rest of theirs."""
        while self._free and (whose := self._next()) is not None:
            turns = self._waiting.pop(whose)
            turn = turns.popleft()
            if turns:
                self._waiting[whose] = turns
            if not turn.done():
                self._free -= 1
                self._served[whose] += 1
                turn.set_result(None)

    def _next(self) -> str | None:
        return next((whose for whose in self._waiting if self._served[whose] < self._most_of_one), None)
