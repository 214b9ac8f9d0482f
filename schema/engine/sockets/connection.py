"""A WebSocket connection with the protocol graphql-transport-ws.

Messages are not queued for a slow client. If a message cannot be sent in time, the connection is closed. The client can
reconnect with its last cursor and gets the changes that it missed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import strawberry
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from cinema.accounts.errors import InvalidToken, TokenExpired
from schema.engine.context import SocketContext, bearer_token
from schema.engine.errors import error_json
from schema.engine.http.requests import GraphQLRequest
from schema.engine.sockets import messages
from schema.engine.sockets.messages import Close, Complete, Init, Message, Ping, Subscribe
from schema.engine.subscriptions import lifetime, operations

INIT_TIMEOUT_SECONDS = 10
SEND_TIMEOUT_SECONDS = 10
# A connection is closed if no message is received between two pings.
PING_INTERVAL_SECONDS = 25
# The maximum rate of messages. Clients do not need more.
MAX_MESSAGES = 100
MAX_MESSAGES_SECONDS = 10

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class Disconnected(Exception):
    """The client has disconnected."""


class Connection:
    """A connection after its handshake. `client_key` identifies the client in fair queues."""

    def __init__(self, schema: strawberry.Schema, receive: Receive, send: Send, *, client_key: str) -> None:
        self._schema = schema
        self._receive = receive
        self._send_event = send
        self._client_key = client_key
        self._sending = asyncio.Lock()
        self._result_lock = asyncio.Lock()
        self._tasks = asyncio.TaskGroup()
        self._context: SocketContext | None = None
        self._init_received = False
        self._received_since_ping = True
        self._received_at: deque[float] = deque(maxlen=MAX_MESSAGES)
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Serve the connection until it ends. Raises `Close`, `Disconnected`, or an unexpected error."""
        try:
            async with self._tasks:
                self._tasks.create_task(self._enforce_init())
                self._tasks.create_task(self._enforce_max_age())
                self._tasks.create_task(self._keep_alive())
                while True:
                    await self._handle(await self._next_message())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _next_message(self) -> Message:
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            raise Disconnected
        self._received_since_ping = True
        now = asyncio.get_running_loop().time()
        if len(self._received_at) == MAX_MESSAGES and now - self._received_at[0] < MAX_MESSAGES_SECONDS:
            raise Close(1008, f"More than {MAX_MESSAGES} messages in {MAX_MESSAGES_SECONDS} seconds.")
        self._received_at.append(now)
        return messages.read(event.get("text"))

    async def _handle(self, message: Message) -> None:
        match message:
            case Init(authorization):
                await self._init(authorization)
            case Ping():
                await self._send(messages.PONG)
            case Subscribe(id, request):
                await self._subscribe(id, request)
            case Complete(id) if id in self._operations:
                self._operations.pop(id).cancel()

    async def _init(self, authorization: str) -> None:
        if self._init_received:
            raise Close(4429, "connection_init was already received.")
        self._init_received = True
        token = bearer_token(authorization)
        try:
            self._context = await _authenticate(token)
        except (DatabaseError, InterfaceError) as error:
            raise Close(1013, "The service is unavailable. Try again later.") from error
        if token:
            self._tasks.create_task(self._check_session(token))
        await self._send(messages.ACKNOWLEDGED)

    async def _subscribe(self, id: str, request: GraphQLRequest) -> None:
        if self._context is None:
            raise Close(4401, "Send connection_init first.")
        if id in self._operations:
            raise Close(4409, f"Subscription {id} already exists.")
        if len(self._operations) >= settings.SUBSCRIPTIONS_PER_SOCKET:
            await self._send(messages.error(id, [_too_many_subscriptions()]))
            return
        self._operations[id] = self._tasks.create_task(self._run_operation(id, request, self._context))

    async def _run_operation(self, id: str, request: GraphQLRequest, context: SocketContext) -> None:
        stream = operations.stream(
            self._schema, request, context, client_key=self._client_key, result_lock=self._result_lock
        )
        try:
            async with aclosing(stream) as results:
                async for result in results:
                    await self._send(messages.next_(id, result))
                    # Frees the result, because the next one may never arrive.
                    del result
            last = messages.complete(id)
        except operations.SubscriptionFailed as failure:
            last = messages.error(id, failure.errors)
        del self._operations[id]
        await self._send(last)

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS), self._sending:
                await self._send_event({"type": "websocket.send", "text": text})
        except TimeoutError as error:
            raise Close(1013, "The client reads too slowly. Reconnect with the last cursor.") from error

    async def _enforce_init(self) -> None:
        await asyncio.sleep(INIT_TIMEOUT_SECONDS)
        if not self._init_received:
            raise Close(4408, f"No connection_init within {INIT_TIMEOUT_SECONDS} seconds.")

    async def _enforce_max_age(self) -> None:
        await lifetime.wait_for_max_age()
        raise Close(1012, "The connection has reached its maximum age. Reconnect.")

    async def _keep_alive(self) -> None:
        await asyncio.sleep(PING_INTERVAL_SECONDS)
        while self._received_since_ping:
            self._received_since_ping = False
            await self._send(messages.PING)
            await asyncio.sleep(PING_INTERVAL_SECONDS)
        raise Close(1013, f"No message within {PING_INTERVAL_SECONDS} seconds of a ping.")

    async def _check_session(self, token: str) -> None:
        try:
            await lifetime.wait_for_end_of_session(token)
        except (TokenExpired, InvalidToken) as error:
            raise Close(4403, str(error)) from error


async def _authenticate(token: str | None) -> SocketContext:
    """The context for this token. Raises `Close` if the token is not valid or its session has ended."""
    if not token:
        return SocketContext(None)
    try:
        return SocketContext(await lifetime.user_of(token))
    except (TokenExpired, InvalidToken) as error:
        raise Close(4403, str(error)) from error


def _too_many_subscriptions() -> dict[str, Any]:
    message = f"A connection can have at most {settings.SUBSCRIPTIONS_PER_SOCKET} subscriptions."
    return error_json(message, code="BAD_USER_INPUT")
