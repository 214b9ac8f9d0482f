"""A copy of a seat map is the true one in the end, whatever happens to its connection during a storm of bookings.

Many buyers change one show on a real server of two processes. Others keep copies; their connections are cut at random,
and they come back with the last cursor they had. When all is quiet, each copy is compared with the map. Among them are
the controls, whose copies are wrong in the end: some come back without a cursor, some lose messages.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from tests.databases import migrated_database
from tests.proof import fixtures
from tests.proof.fixtures import Fixtures
from tests.realtime.buyers import Buyer
from tests.realtime.copies import Copy
from tests.realtime.hasty import MARGIN_SECONDS
from tests.realtime.looking_on import eventually
from tests.serving import Server, new_environment, serving
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.deep]

BUYERS = 4
# Of each kind.
CONTROLS = 3
HOUSE = ["SSSSS_SSSSS"] * 12
STORM_SECONDS = 12
# Meanwhile everybody is away.
LAST_SECONDS = 1.5
HOLD_MINUTES = 0.03
# Some are cut at once. Others last so long that what was told wrongly in them is not told again afterwards.
SHORT, LONG = (0, 1), (MARGIN_SECONDS + 1, MARGIN_SECONDS + 4)
MAX_PAUSE_SECONDS = 0.7
SECONDS_TO_CATCH_UP = 5


class Forgetful(Copy):
    """A control: comes back without a cursor."""

    def since(self) -> str | None:
        return None


class Careless(Copy):
    """A control: loses three messages of four, and keeps their cursors."""

    def apply(self, seats: list[dict[str, Any]]) -> None:
        if self.messages % 4 == 0:
            super().apply(seats)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with migrated_database() as url:
        yield {
            **new_environment(url),
            "DJANGO_SETTINGS_MODULE": "tests.realtime.hasty.settings",
            "HOLD_MINUTES": str(HOLD_MINUTES),
            "SEATS_PER_USER_AND_SHOW": "120",
        }


@pytest.fixture(scope="module")
def staged(environment: dict[str, str]) -> Fixtures:
    return fixtures.create(environment, users=BUYERS, shows=1, rows=HOUSE)


@pytest.fixture(scope="module")
def server(environment: dict[str, str], staged: Fixtures, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(environment, log=tmp_path_factory.mktemp("log") / "server.log") as started:
        yield started


async def through_the_storm(copy: Copy, ends: float, chance: Random) -> int:
    """How often its connection was cut."""
    await copy.read()
    cuts = 0
    while asyncio.get_running_loop().time() < ends:
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(*chance.choice((SHORT, LONG)))):
                await copy.follow()
        cuts += 1
        await asyncio.sleep(chance.uniform(0, MAX_PAUSE_SECONDS))
    return cuts


def wait_for_quiet(copy: Copy) -> None:
    """Until no hold is left that could run out, and all is longer ago than the server looks back anyway."""
    wait_until(lambda: "HELD" not in {status for status, _ in copy.true_seats().values()}, what="holds to run out")
    now = time.monotonic()
    wait_until(lambda: time.monotonic() > now + MARGIN_SECONDS, what="the margin")


async def catches_up(copy: Copy) -> bool:
    """Whether it becomes the true map."""
    true = await asyncio.to_thread(copy.true_seats)
    following = asyncio.create_task(copy.follow())
    with suppress(TimeoutError):
        await eventually(lambda: copy.seats == true, what="the true map", seconds=SECONDS_TO_CATCH_UP)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    return copy.seats == true


async def all_catch_up(copies: Sequence[Copy]) -> list[bool]:
    return await asyncio.gather(*(catches_up(copy) for copy in copies))


async def stormed(copies: list[Copy], buyers: list[Buyer], chance: Random) -> list[int]:
    """How often each connection was cut, when all is over and quiet."""
    ends = asyncio.get_running_loop().time() + STORM_SECONDS
    for buyer in buyers:
        buyer.start()
    cuts = await asyncio.gather(*(through_the_storm(copy, ends, a_chance(chance)) for copy in copies))
    await asyncio.sleep(LAST_SECONDS)
    for buyer in buyers:
        await asyncio.to_thread(buyer.leave)
    await asyncio.to_thread(wait_for_quiet, copies[0])
    return cuts


def a_chance(chance: Random) -> Random:
    """Another, which goes on alike whatever is done meanwhile."""
    return Random(chance.random())  # noqa: S311 - no secret


def test_every_copy_is_the_true_map_in_the_end(server: Server, staged: Fixtures) -> None:
    seed = random.randrange(2**32)  # noqa: S311 - no secret
    print(f"seed {seed}")  # noqa: T201 - to see what happened again
    chance = Random(seed)  # noqa: S311 - as above
    (show,) = staged.shows
    buyers = [
        Buyer(server, show, actor, seconds=STORM_SECONDS + LAST_SECONDS, random=a_chance(chance))
        for actor in staged.users
    ]
    tokens = [None, *(actor.token for actor in staged.users)]
    faithful = [Copy(server, show, token) for token in tokens]
    forgetful = [Forgetful(server, show, token) for token in tokens[:CONTROLS]]
    careless = [Careless(server, show, token) for token in tokens[:CONTROLS]]

    async def run() -> tuple[list[int], list[list[bool]]]:
        cuts = await stormed([*faithful, *forgetful, *careless], buyers, chance)
        # Each kind for itself: what is read again for one may be told to all who are there.
        return cuts, [await all_catch_up(copies) for copies in (forgetful, careless, faithful)]

    cuts, right = asyncio.run(run())
    print(f"{sum(buyer.done for buyer in buyers)} changes, cuts {cuts}, right {right}")  # noqa: T201 - as above

    of_forgetful, of_careless, of_faithful = right
    assert all(of_faithful)
    assert not all(of_forgetful), "to come back without a cursor is as good"
    assert not all(of_careless), "to lose messages does no harm"
    assert sum(buyer.done for buyer in buyers) > 50
    assert min(cuts) > 1
    assert min(copy.messages for copy in faithful) > 5
