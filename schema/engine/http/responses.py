"""HTTP responses, as the GraphQL-over-HTTP specification defines them."""

import re
from functools import lru_cache
from math import ceil
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import MediaType
from django_guid import get_guid
from graphql import ExecutionResult, GraphQLError

from cinema.runtime.outages import RETRY_AFTER_MS
from schema.engine.errors import as_internal_error, error_json, format_error
from schema.engine.limits import too_complex
from schema.engine.sse import events
from schema.engine.sse.events import EVENT_STREAM

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
HTML = "text/html"
# `Origin` because of CORS.
VARY = "Accept, Accept-Encoding, Authorization, X-GraphQL-Cost, Origin"
# Parameters in the URL of a GraphQL request.
_HAS_DOCUMENT = re.compile("query=|extensions=|documentId=")


def media_type(request: HttpRequest) -> str | None:
    """The media type of the response, from the `Accept` header. None if the client accepts no supported type."""
    accept = _accept(request)
    # A client that accepts any text, as browsers do, does not expect a stream.
    offered = (JSON, GRAPHQL_RESPONSE, EVENT_STREAM) if EVENT_STREAM in accept else (JSON, GRAPHQL_RESPONSE)
    return _preferred(accept, offered) if accept.strip() else JSON


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser has opened the URL, and wants a page instead of JSON."""
    if request.method not in ("GET", "HEAD") or _HAS_DOCUMENT.search(request.META["QUERY_STRING"]):
        return False
    return _preferred(_accept(request), (JSON, GRAPHQL_RESPONSE, HTML)) == HTML


def _accept(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_ACCEPT", ""))


# Nearly all clients send one of a few headers.
@lru_cache(maxsize=64)
def _preferred(accept: str, offered: tuple[str, ...]) -> str | None:
    """The media type in `offered` that the client prefers. The first one wins a tie. Parameters are ignored."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT"] = accept
    for accepted in request.accepted_types:
        for media_type in offered:
            if MediaType(f"{accepted.main_type}/{accepted.sub_type}").match(media_type):
                return media_type
    return None


def result_response(result: ExecutionResult, *, media_type: str) -> HttpResponse:
    """The response with the result of an operation. As an event stream, it has one `next` event and `complete`.

    It has `data` if the operation was executed. Otherwise it has only `errors`, with an error status if the media type
    is `application/graphql-response+json`. This also applies to an operation that nothing could be read for, because
    the database is not available.
    """
    errors = [error if error.extensions else as_internal_error(error) for error in result.errors or []]
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [format_error(error) for error in errors]
    is_unavailable = bool(errors) and media_type == GRAPHQL_RESPONSE and _is_unavailable(result)
    was_executed = _was_executed(result) and not is_unavailable
    if was_executed:
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    if was_executed:
        response = _json(body, 200, media_type)
        size, limit = len(response.content), settings.MAX_ANSWER_BYTES
        if size <= limit:
            return response
        too_large = too_complex("answerBytes", limit=limit, actual=size)
        return result_response(ExecutionResult(None, [too_large]), media_type=media_type)
    if is_unavailable:
        response = _json(body, 503, media_type)
        # The start of the outage was logged. Otherwise, Django would log each of these responses.
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
        response.headers["Retry-After"] = str(ceil(RETRY_AFTER_MS / 1000))
        return response
    return _json(body, _status(errors) if media_type == GRAPHQL_RESPONSE else 200, media_type)


def error_response(
    message: str, *, status: int, media_type: str = JSON, headers: dict[str, str] | None = None
) -> HttpResponse:
    """The response to a request that is not a GraphQL request."""
    error = error_json(message, code="BAD_USER_INPUT", requestId=get_guid())
    response = _json({"errors": [error]}, status, JSON if media_type == EVENT_STREAM else media_type)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def start_of_stream() -> HttpResponse:
    """The headers of the response to a subscription."""
    return HttpResponse(headers={"Content-Type": EVENT_STREAM, "Vary": VARY, **events.HEADERS})


def _was_executed(result: ExecutionResult) -> bool:
    return result.data is not None or any(error.path for error in result.errors or [])


def _is_unavailable(result: ExecutionResult) -> bool:
    """Whether the result has no data, and the client can retry."""
    codes = {(error.extensions or {}).get("code") for error in result.errors or []}
    return codes == {"SERVICE_UNAVAILABLE"} and not any(value is not None for value in (result.data or {}).values())


def _status(errors: list[GraphQLError]) -> int:
    is_internal = any((error.extensions or {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors)
    return 500 if is_internal else 400


def _json(body: dict[str, Any], status: int, media_type: str) -> HttpResponse:
    content = orjson.dumps(body)
    headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Vary": VARY}
    if media_type == EVENT_STREAM:
        content = events.next_(content) + events.COMPLETE
        headers |= events.HEADERS
    return HttpResponse(content, status=status, headers=headers)
