"""A subscription over server-sent events: the response to one HTTP request.

Events are not queued for a slow client. If an event cannot be sent in time, the response ends. The client can send the
request again with its last cursor and gets the changes that it missed.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import strawberry

from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.runtime import shutdown
from schema.engine.context import SocketContext
from schema.engine.http.requests import GraphQLRequest
from schema.engine.sse import events
from schema.engine.subscriptions import lifetime, operations

SEND_TIMEOUT_SECONDS = 10
# A proxy closes a connection on which nothing is sent, often after a minute.
HEARTBEAT_INTERVAL_SECONDS = 15
MAX_AGE = "The stream has reached its maximum age. Send the request again."
STOPPING = "The server stops. Send the request again."

logger = logging.getLogger(__name__)

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """A request for a subscription. `context` has the user of `token`. `token` is None for an anonymous request."""

    request: GraphQLRequest
    context: SocketContext
    token: str | None


class _Ended(Exception):
    """The stream has ended. The last bytes are sent to the client, unless they are None."""

    def __init__(self, last: bytes | None) -> None:
        self.last = last


class Stream:
    """The body of a response, after its headers. `client_key` identifies the client in fair queues."""

    def __init__(
        self, schema: strawberry.Schema, subscription: Subscription, receive: Receive, send: Send, *, client_key: str
    ) -> None:
        self._schema = schema
        self._subscription = subscription
        self._receive = receive
        self._send_event = send
        self._client_key = client_key
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Send events until the subscription or the connection ends."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._enforce_connection())
                tasks.create_task(self._enforce_max_age())
                tasks.create_task(self._end_with_server())
                tasks.create_task(self._keep_alive())
                if self._subscription.token:
                    tasks.create_task(self._enforce_session(self._subscription.token))
                await self._send_results()
        except BaseExceptionGroup as failures:
            await self._end(failures.exceptions[0])

    async def _end(self, reason: BaseException) -> None:
        if not isinstance(reason, _Ended):
            logger.error("an event stream failed", exc_info=reason)
        elif reason.last is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    await self._send_event({"type": "http.response.body", "body": reason.last})

    async def _send_results(self) -> None:
        """Send the results of the subscription. Raises `_Ended`."""
        stream = operations.stream(
            self._schema,
            self._subscription.request,
            self._subscription.context,
            client_key=self._client_key,
            result_lock=asyncio.Lock(),
        )
        # Sends the headers.
        await self._send(events.HEARTBEAT)
        try:
            async with aclosing(stream) as results:
                async for result in results:
                    await self._send(events.next_(result.encode()))
                    # Frees the result, because the next one may never arrive.
                    del result
            raise _Ended(events.COMPLETE)
        except operations.SubscriptionFailed as failure:
            errors = json.dumps({"errors": failure.errors}, separators=(",", ":")).encode()
            raise _Ended(events.next_(errors) + events.COMPLETE) from failure

    async def _send(self, data: bytes) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS), self._sending:
                await self._send_event({"type": "http.response.body", "body": data, "more_body": True})
        except TimeoutError as error:
            # The client reads too slowly.
            raise _Ended(None) from error

    async def _enforce_connection(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        raise _Ended(None)

    async def _enforce_max_age(self) -> None:
        await lifetime.wait_for_max_age()
        raise _Ended(events.comment(MAX_AGE))

    async def _end_with_server(self) -> None:
        # The server waits for all responses before it stops.
        await shutdown.wait_for_stop()
        raise _Ended(events.comment(STOPPING))

    async def _enforce_session(self, token: str) -> None:
        try:
            await lifetime.wait_for_end_of_session(token)
        except (TokenExpired, InvalidToken) as error:
            raise _Ended(events.comment(str(error))) from error

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_INTERVAL_SECONDS)
            await self._send(events.HEARTBEAT)
