"""Why the handler is our own: what Strawberry's consumer does with what a hostile client sends."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import strawberry
from strawberry.channels import GraphQLWSConsumer

from schema.engine.sockets.messages import PROTOCOL
from schema.root import schema

pytestmark = pytest.mark.deep

PINGS = 10_000
SUBSCRIBERS = 50


class Stock:
    def __init__(self, served: strawberry.Schema = schema) -> None:
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.consumer = GraphQLWSConsumer(schema=served)
        self.reads = asyncio.Event()
        self.reads.set()
        scope = {"type": "websocket", "subprotocols": [PROTOCOL], "path": "/graphql", "headers": []}
        self.served = asyncio.create_task(self.consumer(scope, self.to_server.get, self._take))
        self.to_server.put_nowait({"type": "websocket.connect"})

    async def _take(self, event: dict[str, Any]) -> None:
        await self.reads.wait()
        self.from_server.put_nowait(event)

    def send(self, text: str) -> None:
        self.to_server.put_nowait({"type": "websocket.receive", "text": text})


@asynccontextmanager
async def accepted(served: strawberry.Schema = schema) -> AsyncIterator[Stock]:
    stock = Stock(served)
    event = await asyncio.wait_for(stock.from_server.get(), 10)
    assert event["type"] == "websocket.accept"
    try:
        yield stock
    finally:
        stock.served.cancel()
        with suppress(BaseException):
            await stock.served


@pytest.mark.parametrize("message", ["5", "[]", "null", '{"type": "subscribe", "id": [], "payload": 5}'])
def test_it_breaks_at_a_message_that_is_none_and_the_connection_stays_without_an_answer(message: str) -> None:
    async def test() -> None:
        async with accepted() as stock:
            stock.send('{"type": "connection_init"}')
            await asyncio.wait_for(stock.from_server.get(), 10)
            stock.send(message)
            assert stock.consumer.run_task is not None
            await asyncio.wait([stock.consumer.run_task], timeout=10)
            assert isinstance(stock.consumer.run_task.exception(), TypeError)
            assert not stock.served.done()
            assert stock.from_server.empty()

    asyncio.run(test())


def test_it_keeps_what_a_client_sends_that_does_not_read() -> None:
    async def test() -> None:
        async with accepted() as stock:
            stock.reads.clear()
            for _ in range(PINGS):
                stock.send(json.dumps({"type": "ping"}))
            async with asyncio.timeout(10):
                while not stock.to_server.empty():  # noqa: ASYNC110 - there is nothing to wait on
                    await asyncio.sleep(0.01)
            assert stock.consumer.message_queue.qsize() > PINGS * 0.9

    asyncio.run(test())


def test_it_works_out_the_same_answer_for_each_subscriber() -> None:
    worked_out = 0

    @strawberry.type
    class Told:
        @strawberry.field
        def seat(self) -> str:
            nonlocal worked_out
            worked_out += 1
            return "A1"

    event = Told()

    @strawberry.type
    class Query:
        nothing: str = ""

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def told(self) -> AsyncGenerator[Told, None]:
            yield event

    served = strawberry.Schema(Query, subscription=Subscription)

    async def test() -> None:
        async with accepted(served) as stock:
            stock.send('{"type": "connection_init"}')
            for number in range(SUBSCRIBERS):
                message = {
                    "id": str(number),
                    "type": "subscribe",
                    "payload": {"query": "subscription { told { seat } }"},
                }
                stock.send(json.dumps(message))
            kinds: Counter[str] = Counter()
            while kinds["complete"] < SUBSCRIBERS:
                event = await asyncio.wait_for(stock.from_server.get(), 10)
                kinds[json.loads(event["text"])["type"]] += 1
            assert kinds == {"connection_ack": 1, "next": SUBSCRIBERS, "complete": SUBSCRIBERS}

    asyncio.run(test())
    assert worked_out == SUBSCRIBERS
