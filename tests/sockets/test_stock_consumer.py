"""The reasons not to use Strawberry's consumer: its behavior with hostile clients."""

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
        self.served = asyncio.create_task(self.consumer(scope, self.to_server.get, self._receive))
        self.to_server.put_nowait({"type": "websocket.connect"})

    async def _receive(self, event: dict[str, Any]) -> None:
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
def test_malformed_message_stops_the_consumer_without_closing_the_connection(message: str) -> None:
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


def test_messages_of_a_client_that_does_not_read_accumulate() -> None:
    async def test() -> None:
        async with accepted() as stock:
            stock.reads.clear()
            for _ in range(PINGS):
                stock.send(json.dumps({"type": "ping"}))
            async with asyncio.timeout(10):
                while not stock.to_server.empty():  # noqa: ASYNC110 - the queue has no event to wait for
                    await asyncio.sleep(0.01)
            assert stock.consumer.message_queue.qsize() > PINGS * 0.9

    asyncio.run(test())


def test_the_same_result_is_executed_for_each_subscriber() -> None:
    executions = 0

    @strawberry.type
    class Event:
        @strawberry.field
        def seat(self) -> str:
            nonlocal executions
            executions += 1
            return "A1"

    event = Event()

    @strawberry.type
    class Query:
        unused: str = ""

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def event(self) -> AsyncGenerator[Event, None]:
            yield event

    served = strawberry.Schema(Query, subscription=Subscription)

    async def test() -> None:
        async with accepted(served) as stock:
            stock.send('{"type": "connection_init"}')
            for number in range(SUBSCRIBERS):
                message = {
                    "id": str(number),
                    "type": "subscribe",
                    "payload": {"query": "subscription { event { seat } }"},
                }
                stock.send(json.dumps(message))
            kinds: Counter[str] = Counter()
            while kinds["complete"] < SUBSCRIBERS:
                event = await asyncio.wait_for(stock.from_server.get(), 10)
                kinds[json.loads(event["text"])["type"]] += 1
            assert kinds == {"connection_ack": 1, "next": SUBSCRIBERS, "complete": SUBSCRIBERS}

    asyncio.run(test())
    assert executions == SUBSCRIBERS
