"""One connection that speaks graphql-transport-ws, from its first message to its last.

Nothing is kept for a client that does not read: whoever takes too long to take a message is sent away, and finds out
what it missed when it comes back.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from cinema.accounts import tokens
from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.runtime import database_threads
from schema.engine.context import SocketContext, bearer_token
from schema.engine.errors import error_json
from schema.engine.http.requests import GraphQLRequest
from schema.engine.sockets import messages, operations
from schema.engine.sockets.messages import Close, Complete, Init, Message, Ping, Subscribe

SECONDS_TO_INIT = 10
SECONDS_TO_TAKE_A_MESSAGE = 10
# Who has said nothing from one ping to the next is gone.
SECONDS_BETWEEN_PINGS = 25
# A session may have ended.
SECONDS_BETWEEN_LOOKS_AT_THE_TOKEN = 60
# So many in so many seconds are more than any client of good will sends.
MOST_MESSAGES = 100
MESSAGE_SECONDS = 10

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class Gone(Exception):
    """The client has gone."""


class Connection:
    """After the handshake. `whose`: whom its work counts for."""

    def __init__(self, receive: Receive, send: Send, *, whose: str) -> None:
        self._receive = receive
        self._send_event = send
        self._whose = whose
        self._sending = asyncio.Lock()
        self._answering = asyncio.Lock()
        self._tasks = asyncio.TaskGroup()
        self._context: SocketContext | None = None
        self._has_begun = False
        self._heard = True
        self._arrivals: deque[float] = deque(maxlen=MOST_MESSAGES)
        self._operations: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until it ends. Raises `Close`, `Gone`, or what went wrong on our side."""
        try:
            async with self._tasks:
                self._tasks.create_task(self._expect_to_begin())
                self._tasks.create_task(self._grow_old())
                self._tasks.create_task(self._ask_for_signs_of_life())
                while True:
                    await self._do(await self._next_message())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _next_message(self) -> Message:
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            raise Gone
        self._heard = True
        now = asyncio.get_running_loop().time()
        if len(self._arrivals) == MOST_MESSAGES and now - self._arrivals[0] < MESSAGE_SECONDS:
            raise Close(1008, f"More than {MOST_MESSAGES} messages in {MESSAGE_SECONDS} seconds.")
        self._arrivals.append(now)
        return messages.read(event.get("text"))

    async def _do(self, message: Message) -> None:
        match message:
            case Init(authorization):
                await self._begin(authorization)
            case Ping():
                await self._send(messages.PONG)
            case Subscribe(id, request):
                await self._subscribe(id, request)
            case Complete(id) if id in self._operations:
                self._operations.pop(id).cancel()

    async def _begin(self, authorization: str) -> None:
        if self._has_begun:
            raise Close(4429, "connection_init was sent before.")
        self._has_begun = True
        token = bearer_token(authorization)
        try:
            self._context = await _socket_context(token)
        except (DatabaseError, InterfaceError) as error:
            raise Close(1013, "The service is not available at this moment.") from error
        if token:
            self._tasks.create_task(self._stay_signed_in(token))
        await self._send(messages.ACKNOWLEDGED)

    async def _subscribe(self, id: str, request: GraphQLRequest) -> None:
        if self._context is None:
            raise Close(4401, "Send connection_init first.")
        if id in self._operations:
            raise Close(4409, f"There is a subscription {id} already.")
        if len(self._operations) >= settings.SUBSCRIPTIONS_PER_SOCKET:
            await self._send(messages.error(id, [_too_many_subscriptions()]))
            return
        self._operations[id] = self._tasks.create_task(self._operate(id, request, self._context))

    async def _operate(self, id: str, request: GraphQLRequest, context: SocketContext) -> None:
        try:
            answering = operations.answers(request, context, whose=self._whose, turn=self._answering)
            async with aclosing(answering) as answers:
                async for answer in answers:
                    await self._send(messages.next_(id, answer))
                    # Until the next one comes, which may be never, nothing of it is kept; nor where it came from.
                    del answer
            last = messages.complete(id)
        except operations.Failed as failed:
            last = messages.error(id, failed.errors)
        del self._operations[id]
        await self._send(last)

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(SECONDS_TO_TAKE_A_MESSAGE), self._sending:
                await self._send_event({"type": "websocket.send", "text": text})
        except TimeoutError as error:
            raise Close(1013, "You read too slowly. Come back with your last cursor.") from error

    async def _expect_to_begin(self) -> None:
        await asyncio.sleep(SECONDS_TO_INIT)
        if not self._has_begun:
            raise Close(4408, "No connection_init came in time.")

    async def _grow_old(self) -> None:
        # Those that were opened together do not come back together.
        await asyncio.sleep(settings.SOCKET_SECONDS * random.uniform(0.9, 1))  # noqa: S311 - no secret
        raise Close(1012, "This connection is old. Open another.")

    async def _ask_for_signs_of_life(self) -> None:
        await asyncio.sleep(SECONDS_BETWEEN_PINGS)
        while self._heard:
            self._heard = False
            await self._send(messages.PING)
            await asyncio.sleep(SECONDS_BETWEEN_PINGS)
        raise Close(1013, "Nothing was heard for too long.")

    async def _stay_signed_in(self, token: str) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS_AT_THE_TOKEN)
            # Without a database nothing is told either; next time it is looked at again.
            with suppress(DatabaseError, InterfaceError):
                await _socket_context(token)


async def _socket_context(token: str | None) -> SocketContext:
    """Raises `Close` for a token that is no good, or no longer."""
    if not token:
        return SocketContext(None)
    try:
        user, _ = await database_threads.run(tokens.read_access_token, token)
    except (TokenExpired, InvalidToken) as error:
        raise Close(4403, str(error)) from error
    return SocketContext(user)


def _too_many_subscriptions() -> dict[str, Any]:
    message = f"A connection has at most {settings.SUBSCRIPTIONS_PER_SOCKET} subscriptions."
    return error_json(message, code="BAD_USER_INPUT")
