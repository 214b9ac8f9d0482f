"""HTTP responses, as the GraphQL-over-HTTP specification defines them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.request import MediaType
from django_guid import get_guid
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from schema.engine.errors import error_json, formatted, masked
from schema.engine.limits import too_complex

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
HTML = "text/html"


def media_type(request: HttpRequest) -> str | None:
    """The media type of the response, from the `Accept` header; None if the client accepts none of ours."""
    if not request.headers.get("Accept", "").strip():
        return JSON
    return _preferred(request, [JSON, GRAPHQL_RESPONSE])


def wants_page(request: HttpRequest) -> bool:
    """Whether a browser opened the address itself."""
    wanted = _preferred(request, [JSON, GRAPHQL_RESPONSE, HTML])
    return request.method == "GET" and "query=" not in request.META["QUERY_STRING"] and wanted == HTML


def _preferred(request: HttpRequest, offered: list[str]) -> str | None:
    """The media type in `offered` that the client prefers; the first of equals. Parameters are ignored."""
    for accepted in request.accepted_types:
        for media_type in offered:
            if MediaType(f"{accepted.main_type}/{accepted.sub_type}").match(media_type):
                return media_type
    return None


def result_response(result: ExecutionResult, *, media_type: str) -> JsonResponse:
    """The response with the result of an operation.

    It has `data` if the operation was executed. If not, it has only `errors`, and an error status if the media type is
    `application/graphql-response+json`.
    """
    errors = [error if error.extensions else masked(error) for error in result.errors or []]
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [formatted(error) for error in errors]
    if _was_executed(result):
        body["data"] = result.data
        response = _json(body, 200, media_type)
        size, limit = len(response.content), settings.MAX_ANSWER_BYTES
        if size <= limit:
            return response
        too_large = too_complex("answerBytes", limit=limit, actual=size)
        return result_response(ExecutionResult(None, [too_large]), media_type=media_type)
    return _json(body, _status(errors) if media_type == GRAPHQL_RESPONSE else 200, media_type)


def error_response(
    message: str, *, status: int, media_type: str = JSON, headers: dict[str, str] | None = None
) -> JsonResponse:
    """The response to a request that is not a GraphQL request."""
    error = error_json(message, code="BAD_USER_INPUT", requestId=get_guid())
    response = _json({"errors": [error]}, status, media_type)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _was_executed(result: ExecutionResult) -> bool:
    return result.data is not None or any(error.path for error in result.errors or [])


def _status(errors: list[GraphQLError]) -> int:
    is_internal = any((error.extensions or {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors)
    return 500 if is_internal else 400


def _json(body: dict[str, Any], status: int, media_type: str) -> JsonResponse:
    return JsonResponse(
        body,
        status=status,
        content_type=media_type,
        headers={"Cache-Control": "no-store", "Vary": "Accept"},
        json_dumps_params={"separators": (",", ":")},
    )
