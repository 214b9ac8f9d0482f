"""Viewers of a show in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from django.db import connection

from cinema.booking.seat_maps import ChangedSeats
from cinema.booking.status import SeatStatus
from cinema.models import Booking, Show
from cinema.realtime import seat_feed
from tests import situations
from tests.waiting import TIMEOUT_SECONDS

T = TypeVar("T")


class Viewer:
    """A viewer of a show, with all updates it has received."""

    def __init__(self) -> None:
        self.received: list[ChangedSeats] = []

    @property
    def seats(self) -> dict[str, SeatStatus]:
        """The last received status of each seat."""
        return {seat.label: seat.status for changes in self.received for seat in changes.seats}


@asynccontextmanager
async def viewing(show: Show, *, since: datetime | None = None) -> AsyncIterator[Viewer]:
    viewer = Viewer()

    async def receive() -> None:
        async with aclosing(seat_feed.subscribe(show.pk, since=since)) as feed:
            async for changes in feed:
                viewer.received.append(changes)

    task = asyncio.create_task(receive())
    try:
        yield viewer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def run_in_thread(act: Callable[[], T]) -> T:
    """Run `act` in another thread with its own database connection."""

    def act_and_close() -> T:
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(act_and_close)


async def eventually(condition: Callable[[], bool], *, what: str, seconds: float = TIMEOUT_SECONDS) -> None:
    """Return when `condition` holds. Raises `TimeoutError` if it does not within `seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        if loop.time() > deadline:
            raise TimeoutError(f"timed out waiting for {what}")
        await asyncio.sleep(0.005)


def booking(label: str, *, show: Show) -> Callable[[], Booking]:
    """A call that books a seat for a new user."""
    return partial(situations.a_booking, label, show=show)
