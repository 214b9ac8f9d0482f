"""GraphQL over server-sent events: admits a stream, or refuses it."""

import json
from math import ceil
from typing import Any

import strawberry
from django.conf import settings
from django_guid import set_guid

from cinema.runtime.client_addresses import client_address, client_key
from cinema.runtime.outages import RETRY_AFTER_MS
from schema.engine.errors import error_json
from schema.engine.sse.stream import Receive, Send, Stream, Subscription
from schema.engine.subscriptions.admission import TooManyConnections, admitted

# The key of a `Subscription` in the environ of a request whose response is a stream.
SUBSCRIPTION = "cinema.subscription"

STREAMED, REFUSED = 200, 503

Headers = list[tuple[bytes, bytes]]


async def serve(
    schema: strawberry.Schema, environ: dict[str, Any], headers: Headers, receive: Receive, send: Send
) -> int:
    """Send the response to a request with a `Subscription` in its environ. Returns its status.

    `headers` are those of the stream.
    """
    set_guid(dict(headers)[b"x-request-id"].decode())
    key = client_key(client_address(environ, trusted_proxies=settings.TRUSTED_PROXIES))
    subscription: Subscription = environ[SUBSCRIPTION]
    try:
        with admitted(key):
            await send({"type": "http.response.start", "status": STREAMED, "headers": headers})
            await Stream(schema, subscription, receive, send, client_key=key).run()
    except TooManyConnections as error:
        await _refuse(send, str(error), headers)
        return REFUSED
    return STREAMED


async def _refuse(send: Send, message: str, headers: Headers) -> None:
    """Refuse the stream with the status 503. The response has its other headers, such as those of CORS."""
    retry_after = ceil(RETRY_AFTER_MS / 1000)
    kept = [header for header in headers if header[0] != b"content-type"]
    own = [(b"content-type", b"application/json"), (b"retry-after", str(retry_after).encode())]
    await send({"type": "http.response.start", "status": REFUSED, "headers": kept + own})
    error = error_json(message, code="SERVICE_UNAVAILABLE", retryAfterMs=1000 * retry_after)
    await send({"type": "http.response.body", "body": json.dumps({"errors": [error]}).encode()})
