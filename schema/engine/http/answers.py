"""How an answer is written, by the GraphQL over HTTP specification."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.request import MediaType
from django_guid import get_guid
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from schema.engine.errors import masked
from schema.engine.limits import too_complex

# Messages repeat what was sent, which may be long; nobody reads on.
LONGEST_MESSAGE = 1_000

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
HTML = "text/html"


def media_type(request: HttpRequest) -> str | None:
    """What the client wants to read, of what there is; None when it wants none of it."""
    if not request.headers.get("Accept", "").strip():
        return JSON
    return _preferred(request, [JSON, GRAPHQL_RESPONSE])


def wants_page(request: HttpRequest) -> bool:
    """Whether it is a browser, in which somebody opened the address itself."""
    wanted = _preferred(request, [JSON, GRAPHQL_RESPONSE, HTML])
    return request.method == "GET" and "query=" not in request.META["QUERY_STRING"] and wanted == HTML


def _preferred(request: HttpRequest, offered: list[str]) -> str | None:
    """Which of `offered` the client likes best; of equals the first. Parameters say nothing: all are in UTF-8."""
    for accepted in request.accepted_types:
        for media_type in offered:
            if MediaType(f"{accepted.main_type}/{accepted.sub_type}").match(media_type):
                return media_type
    return None


def answer(result: ExecutionResult, *, media_type: str) -> JsonResponse:
    """`data` where the operation was executed; else only `errors`, and where the client reads status codes also one."""
    errors = [error if error.extensions else masked(error) for error in result.errors or []]
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [{**error.formatted, "message": error.message[:LONGEST_MESSAGE]} for error in errors]
    if _was_executed(result):
        body["data"] = result.data
        response = _json(body, 200, media_type)
        size, most = len(response.content), settings.MAX_ANSWER_BYTES
        if size <= most:
            return response
        return answer(
            ExecutionResult(None, [too_complex("answerBytes", limit=most, actual=size)]), media_type=media_type
        )
    return _json(body, _status(errors) if media_type == GRAPHQL_RESPONSE else 200, media_type)


def refusal(reason: str, *, status: int, media_type: str = JSON, headers: dict[str, str] | None = None) -> JsonResponse:
    """The answer to what is no GraphQL request."""
    extensions = {"code": "BAD_USER_INPUT", "requestId": get_guid()}
    response = _json({"errors": [{"message": reason, "extensions": extensions}]}, status, media_type)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _was_executed(result: ExecutionResult) -> bool:
    return result.data is not None or any(error.path for error in result.errors or [])


def _status(errors: list[GraphQLError]) -> int:
    ours = any((error.extensions or {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors)
    return 500 if ours else 400


def _json(body: dict[str, Any], status: int, media_type: str) -> JsonResponse:
    return JsonResponse(
        body,
        status=status,
        content_type=media_type,
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
        json_dumps_params={"separators": (",", ":")},
    )
