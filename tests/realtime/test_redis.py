"""Several processes, and Redis between them: real servers of one process each, on one database.

Buyers use one of them. Another does not poll, so that its subscribers get updates only through Redis. The third one
polls, as servers normally do.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest

from cinema.realtime.broadcast import SEND_TIMEOUT_SECONDS
from tests import redis_server
from tests.databases import migrated_database
from tests.proof import fixtures
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.realtime.buyers import BOOK, CANCEL
from tests.realtime.copies import Copy
from tests.realtime.viewers import eventually
from tests.redis_server import RedisServer
from tests.serving import Server, new_environment, serving
from tests.waiting import TIMEOUT_SECONDS

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("server"), pytest.mark.once]

ONE_PROCESS = ("manage.py", "serve", "--workers", "1")
BUYERS = 12
ROWS = ["SSSSS_SSSSS"] * BUYERS


@dataclass
class Cinema:
    redis: RedisServer
    # Handles the calls of buyers. The other two servers have subscribers.
    booking: Server
    without_polling: Server
    polling: Server
    data: Fixtures
    seats: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.seats = iter(self.data.shows[0].seats)

    def book(self) -> tuple[str, float]:
        """Book the next seat. Returns its label, and the seconds that the call took."""
        seat = next(self.seats)
        buyer = self.buyer_of(seat)
        arguments = {"showId": self.data.shows[0].global_id, "seat": seat}
        begun = time.monotonic()
        response = self.booking.post(BOOK, buyer.token, input=arguments)
        assert response["data"]["bookSeat"]["__typename"] == "Booking", response
        return seat, time.monotonic() - begun

    def buyer_of(self, seat: str) -> Actor:
        """Each buyer has a row."""
        return self.data.users[ord(seat[0]) - ord("A")]

    @asynccontextmanager
    async def copies(self) -> AsyncIterator[tuple[Copy, Copy]]:
        """A copy on the server without polling and one on the server with polling. No message is on its way to them."""
        copies = Copy(self.without_polling, self.data.shows[0]), Copy(self.polling, self.data.shows[0])
        following = [asyncio.create_task(copy.follow()) for copy in copies]
        try:
            for _ in range(2):
                # The first booking may be in the first read of the copies, and its message may arrive later.
                await self.book_and_see(*copies)
            yield copies
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def book_and_see(self, *copies: Copy, seconds: float = TIMEOUT_SECONDS) -> None:
        """Book a seat, and wait until all copies show it."""
        seat, _ = await asyncio.to_thread(self.book)
        await eventually(lambda: all(seat in copy.seats for copy in copies), what="a booking", seconds=seconds)


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cinema]:
    folder = tmp_path_factory.mktemp("redis")
    with redis_server.running(folder) as redis, migrated_database() as url:
        environment = new_environment(url) | {"REDIS_URL": redis.url}
        data = fixtures.create(environment, users=BUYERS, shows=1, rows=ROWS)
        no_polling = environment | {"DJANGO_SETTINGS_MODULE": "tests.realtime.without_polling"}
        with (
            serving(environment, log=folder / "booking.log", program=ONE_PROCESS) as booking,
            serving(no_polling, log=folder / "without_polling.log", program=ONE_PROCESS) as without_polling,
            serving(environment, log=folder / "polling.log", program=ONE_PROCESS) as polling,
        ):
            yield Cinema(redis, booking, without_polling, polling, data)


async def messages_arrive_again(cinema: Cinema, copy: Copy) -> None:
    """Return when a booking reaches the copy again."""
    for _ in range(20):
        # A booking from before the server reconnects to Redis is never announced, so another one is made.
        with suppress(TimeoutError):
            await cinema.book_and_see(copy, seconds=1)
            return
    raise TimeoutError("timed out waiting for messages to arrive again")


async def bookings_without_messages(cinema: Cinema, without_polling: Copy, polling: Copy) -> list[tuple[str, float]]:
    """Five bookings that reach `polling` but not `without_polling`, which can still read after late messages."""
    for _ in range(10):
        booked = [await asyncio.to_thread(cinema.book) for _ in range(5)]
        seats = {seat for seat, _ in booked}
        await eventually(lambda seats=seats: polling.seats.keys() >= seats, what="a poll")  # type: ignore[misc]
        if without_polling.seats.keys().isdisjoint(seats):
            return booked
    raise TimeoutError("messages are still received")


def median_seconds(booked: list[tuple[str, float]]) -> float:
    return median(seconds for _, seconds in booked)


def test_change_in_one_process_reaches_another_through_redis(cinema: Cinema) -> None:
    async def watched() -> None:
        async with cinema.copies() as (without_polling, _):
            for _ in range(5):
                await cinema.book_and_see(without_polling)

    asyncio.run(watched())


class OwnBookings(Copy):
    """The bookings of the viewer that have changed: the status of each by ID."""

    def __init__(self, server: Server, show: ShowFixture, token: str) -> None:
        super().__init__(server, show, token)
        self.statuses: dict[str, str] = {}

    def _subscription(self) -> dict[str, Any]:
        return {"query": "subscription { seatChanges: bookingChanges { id status } }"}

    def take(self, changes: dict[str, Any]) -> None:
        self.statuses[changes["id"]] = changes["status"]


def test_change_of_a_booking_reaches_its_user_in_another_process_through_redis(cinema: Cinema) -> None:
    async def watched() -> None:
        seat, _ = await asyncio.to_thread(cinema.book)
        token = cinema.buyer_of(seat).token
        own = OwnBookings(cinema.without_polling, cinema.data.shows[0], token)
        following = asyncio.create_task(own.follow())
        try:
            await eventually(lambda: bool(own.statuses), what="the bookings that have changed lately")
            booking_id = list(own.statuses)[-1]
            await asyncio.to_thread(cinema.booking.post, CANCEL, token, input={"bookingId": booking_id})
            await eventually(lambda: own.statuses[booking_id] == "CANCELLED", what="the cancellation")
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    asyncio.run(watched())


@pytest.mark.parametrize("fails", ["gone", "hangs"])
def test_without_redis_buyers_do_not_wait_and_changes_are_found_by_polling(cinema: Cinema, fails: str) -> None:
    async def watched() -> None:
        async with cinema.copies() as (without_polling, polling):
            undisturbed = [await asyncio.to_thread(cinema.book) for _ in range(5)]
            (cinema.redis.stop if fails == "gone" else cinema.redis.pause)()
            booked = await bookings_without_messages(cinema, without_polling, polling)
            # Waiting for Redis would add this timeout to each call.
            assert median_seconds(booked) < median_seconds(undisturbed) + SEND_TIMEOUT_SECONDS

            (cinema.redis.start if fails == "gone" else cinema.redis.resume)()
            await messages_arrive_again(cinema, without_polling)
            # It also gets what it missed.
            assert without_polling.seats.keys() >= {seat for seat, _ in booked}
            log = cinema.booking.log
            await eventually(lambda: "broadcast again" in log.read_text(), what="the end of the outage in the log")
            lines = [line for line in log.read_text().splitlines() if "broadcast" in line]
            assert ["not broadcast" in line for line in lines] == [True, False] * (len(lines) // 2)

    asyncio.run(watched())
