"""Where requests wait for a thread: in turn, by where they come from.

However many one client sends, another's is next but one. What a turn is worth is up to the work behind it.
"""

import asyncio
from collections import OrderedDict, deque

Turn = asyncio.Future[None]


class Line:
    """Of one event loop. At most `places` requests have their turn at a time."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()

    def enter(self, whose: str) -> Turn:
        """It is done when the turn has come; whoever has had it calls `leave`. Cancel it to stop waiting."""
        turn: Turn = asyncio.get_running_loop().create_future()
        if self._free:
            self._free -= 1
            turn.set_result(None)
        else:
            self._waiting.setdefault(whose, deque()).append(turn)
        return turn

    def leave(self) -> None:
        """The next one's turn, and whose it is goes to the end of the line with the rest of theirs."""
        while self._waiting:
            whose, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[whose] = turns
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
