"""Several processes, and Redis between them: real servers of one process each, on one database.

One of them is asked to book. Another never looks for changes itself, so that what reaches its subscribers came by
Redis; a third one looks, as they do.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from cinema.realtime.broadcast import SEND_TIMEOUT_SECONDS
from tests import redis_server
from tests.databases import migrated_database
from tests.proof import fixtures
from tests.proof.fixtures import Fixtures
from tests.realtime.buyers import BOOK
from tests.realtime.copies import Copy
from tests.realtime.looking_on import eventually
from tests.redis_server import RedisServer
from tests.serving import Server, new_environment, serving
from tests.waiting import TIMEOUT_SECONDS

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.once]

ONE_PROCESS = ("manage.py", "serve", "--workers", "1")
BUYERS = 6
HOUSE = ["SSSSS_SSSSS"] * 6


@dataclass
class Cinema:
    redis: RedisServer
    # Where buyers go; the other two have subscribers.
    booking: Server
    only_told: Server
    looking: Server
    stage: Fixtures
    seats: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.seats = iter(self.stage.shows[0].seats)

    def book(self) -> tuple[str, float]:
        """The seat, and how many seconds the buyer waited."""
        seat = next(self.seats)
        buyer = self.stage.users[int(ord(seat[0]) - ord("A"))]
        given = {"showId": self.stage.shows[0].global_id, "seat": seat}
        begun = time.monotonic()
        answer = self.booking.post(BOOK, buyer.token, input=given)
        assert answer["data"]["bookSeat"]["__typename"] == "Booking", answer
        return seat, time.monotonic() - begun

    @asynccontextmanager
    async def copies(self) -> AsyncIterator[tuple[Copy, Copy]]:
        """Of somebody who looks on where it is only told, and where it looks; no message is on its way to them."""
        copies = Copy(self.only_told, self.stage.shows[0]), Copy(self.looking, self.stage.shows[0])
        following = [asyncio.create_task(copy.follow()) for copy in copies]
        try:
            for _ in range(2):
                # The first may be found when they come, and its message come after them.
                await self.book_and_see(*copies)
            yield copies
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)

    async def book_and_see(self, *copies: Copy, seconds: float = TIMEOUT_SECONDS) -> float:
        """How many seconds it took until all of them were told."""
        seat, _ = await asyncio.to_thread(self.book)
        begun = time.monotonic()
        await eventually(lambda: all(seat in copy.seats for copy in copies), what="a booking", seconds=seconds)
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def cinema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cinema]:
    folder = tmp_path_factory.mktemp("redis")
    with redis_server.running(folder) as redis, migrated_database() as url:
        environment = new_environment(url) | {"REDIS_URL": redis.url}
        staged = fixtures.create(environment, users=BUYERS, shows=1, rows=HOUSE)
        unlooking = environment | {"DJANGO_SETTINGS_MODULE": "tests.realtime.only_told"}
        with (
            serving(environment, log=folder / "booking.log", program=ONE_PROCESS) as booking,
            serving(unlooking, log=folder / "only_told.log", program=ONE_PROCESS) as only_told,
            serving(environment, log=folder / "looking.log", program=ONE_PROCESS) as looking,
        ):
            yield Cinema(redis, booking, only_told, looking, staged)


async def is_told_again(cinema: Cinema, copy: Copy) -> None:
    """Return when a change that is made is told of soon."""
    for _ in range(20):
        with suppress(TimeoutError):
            await cinema.book_and_see(copy, seconds=1)
            return
    raise TimeoutError("waited in vain for messages to come again")


async def no_more_messages(cinema: Cinema, only_told: Copy, looking: Copy) -> None:
    """Return when a booking does not reach `only_told`. A late message from before makes it read once more."""
    for _ in range(10):
        seat = await asyncio.to_thread(cinema.book)
        await eventually(lambda seat=seat[0]: seat in looking.seats, what="a poll")  # type: ignore[misc]
        if seat[0] not in only_told.seats:
            return
    raise TimeoutError("messages are still received")


def test_a_change_in_one_process_is_told_at_once_in_another(cinema: Cinema) -> None:
    async def watched() -> None:
        async with cinema.copies() as (only_told, _):
            waited = [await cinema.book_and_see(only_told) for _ in range(5)]
        assert sorted(waited)[2] < 2, "no sooner than by polling"

    asyncio.run(watched())


@pytest.mark.parametrize("fails", ["gone", "hangs"])
def test_without_redis_nobody_waits_for_it_and_changes_are_found_by_looking(cinema: Cinema, fails: str) -> None:
    async def watched() -> None:
        async with cinema.copies() as (only_told, looking):
            (cinema.redis.stop if fails == "gone" else cinema.redis.hang)()
            await no_more_messages(cinema, only_told, looking)
            booked = [await asyncio.to_thread(cinema.book) for _ in range(5)]
            seats = {seat for seat, _ in booked}
            await eventually(lambda: looking.seats.keys() >= seats, what="a look")
            # The control: who does not look is told nothing.
            assert only_told.seats.keys().isdisjoint(seats)
            # Waiting for Redis would take as long as that.
            assert sorted(seconds for _, seconds in booked)[2] < SEND_TIMEOUT_SECONDS

            (cinema.redis.start if fails == "gone" else cinema.redis.go_on)()
            await is_told_again(cinema, only_told)
            # Of what it missed as well.
            assert only_told.seats.keys() >= seats

    asyncio.run(watched())
