"""People who look on in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from django.db import connection

from cinema.booking.seat_maps import ChangedSeats
from cinema.booking.status import SeatStatus
from cinema.core import clock
from cinema.models import Booking, Show, Ticket
from cinema.realtime import seat_feed
from tests import situations
from tests.waiting import TIMEOUT_SECONDS

T = TypeVar("T")


class Onlooker:
    """Somebody who looks on, and has kept all that they were told."""

    def __init__(self) -> None:
        self.told: list[ChangedSeats] = []

    @property
    def seats(self) -> dict[str, SeatStatus]:
        """What they were told last of each seat."""
        return {seat.label: seat.status for changes in self.told for seat in changes.seats}


@asynccontextmanager
async def looking_on(show: Show, *, since: datetime | None = None) -> AsyncIterator[Onlooker]:
    onlooker = Onlooker()

    async def look() -> None:
        async with aclosing(seat_feed.subscribe(show.pk, since=since)) as feed:
            async for changes in feed:
                onlooker.told.append(changes)

    task = asyncio.create_task(look())
    try:
        yield onlooker
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def done(act: Callable[[], T]) -> T:
    """What somebody else does, in a thread of their own."""

    def act_and_hang_up() -> T:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(act_and_hang_up)


async def eventually(condition: Callable[[], bool], *, what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    """Return when `condition` holds. Raises `TimeoutError` when it does not for long."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + seconds
    while not condition():
        if loop.time() > give_up:
            raise TimeoutError(f"waited in vain for {what}")
        await asyncio.sleep(0.005)


def booking(label: str, *, show: Show) -> Callable[[], Booking]:
    """Somebody books a seat."""
    return partial(situations.a_booking, label, show=show)


def now_that_all_is_long_ago() -> datetime:
    """The cursor of a map that is read now; whatever was written before is older than any margin."""
    Ticket.objects.update(changed_at=datetime(2020, 1, 1, tzinfo=UTC))
    return clock.now()
