"""Any subscription that yields shared events. The one here is not about seats."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from pytest_django import Settings

from schema.engine.subscriptions import execution
from schema.engine.subscriptions.events import SharedEvent
from tests.realtime.viewers import eventually
from tests.sockets.peer import Peer, connected, run


class Tick:
    """The shared event of all subscribers of a clock."""


@dataclass
class Renderings:
    """The limits that the clock was rendered with, and the threads that rendered it."""

    limits: list[int | None] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def of(self, hours: int) -> Callable[[int | None], "Clock"]:
        def render(limit: int | None) -> Clock:
            self.limits.append(limit)
            self.threads.add(threading.get_ident())
            return Clock(hours=list(range(hours))[:limit])

        return render


@strawberry.type
class Clock:
    hours: list[int]

    @strawberry.field
    def chime(self, sound: str) -> str:
        return sound


@strawberry.type
class Query:
    unused: str = ""


SUBSCRIBE = """
subscription ($hours: Int!, $viewer: String, $sound: String = "dong") {
  clock(hours: $hours, viewer: $viewer) { hours chime(sound: $sound) }
}
"""


class ClockSchema:
    """A schema with one subscription. Its events are sent when they are released."""

    def __init__(self) -> None:
        self.renderings = Renderings()
        self.subscribed = 0
        self._released = asyncio.Event()
        self.schema = strawberry.Schema(Query, subscription=self._subscription_type())

    async def release(self, *, subscribers: int) -> None:
        await eventually(lambda: self.subscribed == subscribers, what="all subscribers")
        self._released.set()

    def _subscription_type(self) -> type:
        clock_schema, tick = self, Tick()

        @strawberry.type
        class Subscription:
            @strawberry.subscription(graphql_type=Clock)  # type: ignore[untyped-decorator] # Strawberry's has no type
            async def clock(self, hours: int, viewer: str | None = None) -> AsyncGenerator[SharedEvent, None]:
                clock_schema.subscribed += 1
                await clock_schema._released.wait()
                viewer_key: Hashable = viewer
                yield SharedEvent(tick, viewer_key, clock_schema.renderings.of(hours), weight=hours)

        return Subscription


async def results(clock_schema: ClockSchema, *subscriptions: dict[str, Any]) -> list[Any]:
    """The first message of each subscription. All of them use one connection."""
    async with connected(clock_schema.schema) as peer:
        await peer.initialize()
        for number, variables in enumerate(subscriptions):
            peer.subscribe(SUBSCRIBE, number, **variables)
        await clock_schema.release(subscribers=len(subscriptions))
        found = await _first_messages(peer, len(subscriptions))
    return [found[str(number)] for number in range(len(subscriptions))]


async def _first_messages(peer: Peer, count: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while len(found) < count:
        message = await peer.message()
        if message["type"] != "complete":
            found[message["id"]] = message
    return found


def clock_of(message: Any) -> Any:
    assert message["type"] == "next", message
    return message["payload"]["data"]["clock"]


def test_identical_subscribers_share_one_execution() -> None:
    async def test() -> None:
        clock_schema = ClockSchema()
        found = await results(clock_schema, *[{"hours": 2}] * 10)
        assert [clock_of(message) for message in found] == [{"hours": [0, 1], "chime": "dong"}] * 10
        assert clock_schema.renderings.limits == [None]

    run(test())


def test_viewers_with_different_keys_do_not_share() -> None:
    async def test() -> None:
        clock_schema = ClockSchema()
        await results(clock_schema, *({"hours": 2, "viewer": viewer} for viewer in ("ann", "ben", "ann", None)))
        assert clock_schema.renderings.limits == [None] * 3

    run(test())


def test_a_variable_below_the_field_is_not_ignored() -> None:
    async def test() -> None:
        clock_schema = ClockSchema()
        found = await results(clock_schema, *({"hours": 1, "sound": sound} for sound in ("ding", "dong", "ding")))
        assert [clock_of(message)["chime"] for message in found] == ["ding", "dong", "ding"]
        assert clock_schema.renderings.limits == [None] * 2

    run(test())


def test_a_large_event_is_executed_in_a_thread_after_a_sample() -> None:
    async def test() -> None:
        clock_schema, hours = ClockSchema(), execution.MAX_ITEMS_IN_LOOP + 1
        (message,) = await results(clock_schema, {"hours": hours})
        assert clock_of(message)["hours"] == list(range(hours))
        assert clock_schema.renderings.limits == [execution.SAMPLE_ITEMS, None]
        assert threading.get_ident() not in clock_schema.renderings.threads

    run(test())


def test_a_small_event_is_executed_in_the_event_loop() -> None:
    async def test() -> None:
        clock_schema = ClockSchema()
        await results(clock_schema, {"hours": execution.MAX_ITEMS_IN_LOOP})
        assert clock_schema.renderings.limits == [None]
        assert clock_schema.renderings.threads == {threading.get_ident()}

    run(test())


@pytest.mark.parametrize(
    ("hours", "limits"), [(execution.MAX_ITEMS_IN_LOOP, [None]), (5_000, [execution.SAMPLE_ITEMS])]
)
def test_result_that_is_too_large_is_an_error(settings: Settings, hours: int, limits: list[int | None]) -> None:
    settings.MAX_ANSWER_BYTES = 500

    async def test() -> None:
        clock_schema = ClockSchema()
        (message,) = await results(clock_schema, {"hours": hours})
        assert message["type"] == "error"
        assert [error["extensions"]["code"] for error in message["payload"]] == ["QUERY_TOO_COMPLEX"]
        assert clock_schema.renderings.limits == limits

    run(test())


def test_deeply_nested_variable_is_a_bad_input(caplog: pytest.LogCaptureFixture) -> None:
    deep: Any = []
    for _ in range(900):
        deep = [deep]

    async def test() -> None:
        async with connected(ClockSchema().schema) as peer:
            await peer.initialize()
            peer.subscribe(SUBSCRIBE, hours=1, sound=deep)
            assert [error["extensions"]["code"] for error in await peer.errors()] == ["BAD_USER_INPUT"]

    run(test())
    assert not caplog.records
