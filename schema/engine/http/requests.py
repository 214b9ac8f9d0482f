"""Reads GraphQL requests from HTTP requests."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError


@dataclass
class BadRequest(Exception):
    """The HTTP request is not a GraphQL request. `status` and `headers` are those of the response."""

    status: int
    message: str
    headers: dict[str, str] | None = None


@dataclass(frozen=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


def read(request: HttpRequest) -> GraphQLRequest:
    """Read the GraphQL request. Raises `BadRequest` if it is not one."""
    if request.method == "GET":
        return checked(_parameters_of_url(request))
    if request.method == "POST":
        return checked(parsed(_text_of_body(request)))
    raise BadRequest(405, "Use GET or POST.", {"Allow": "GET, POST"})


def _parameters_of_url(request: HttpRequest) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = request.GET.dict()
    except TooManyFieldsSent as error:
        raise BadRequest(400, "The URL has too many parameters.") from error
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = parsed(parameters[name]) if parameters[name] else None
    return parameters


def _text_of_body(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        raise BadRequest(415, "The content type must be application/json.")
    if (request.content_params or {}).get("charset", "utf-8").strip('"').lower() not in ("utf-8", "utf8"):
        raise BadRequest(415, "The charset must be UTF-8.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise BadRequest(415, "A compressed body is not supported.")
    try:
        return request.body.decode()
    except RequestDataTooBig as error:
        raise BadRequest(413, "The request is too large.") from error
    except UnreadablePostError as error:
        raise BadRequest(408, "The request body was not received completely.") from error
    except UnicodeDecodeError as error:
        raise BadRequest(400, "The body is not UTF-8.") from error


def _no_constant(name: str) -> NoReturn:
    """Reject NaN and Infinity, which Python reads but JSON does not have."""
    raise ValueError(name)


_json = json.JSONDecoder(parse_constant=_no_constant)


def parsed(text: str) -> Any:
    """The value of the JSON in `text`. Raises `BadRequest`."""
    try:
        return _json.decode(text)
    except RecursionError as error:
        raise BadRequest(400, "The JSON is nested too deeply.") from error
    # Python raises a plain ValueError for numbers with thousands of digits.
    except ValueError as error:
        raise BadRequest(400, "The body is not valid JSON.") from error


def checked(parameters: object) -> GraphQLRequest:
    """Build a request from its parameters. Raises `BadRequest` if one is missing or has the wrong type."""
    if isinstance(parameters, list):
        raise BadRequest(400, "Batches are not supported. Send one request at a time.")
    if not isinstance(parameters, dict):
        raise BadRequest(400, "A request must be a JSON object.")
    query, operation_name = parameters.get("query"), parameters.get("operationName")
    if not isinstance(query, str) or not query:
        raise BadRequest(400, "`query` must be the text of a GraphQL document.")
    if not isinstance(operation_name, str | None):
        raise BadRequest(400, "`operationName` must be a string or null.")
    for name in ("variables", "extensions"):
        if not isinstance(parameters.get(name), dict | None):
            raise BadRequest(400, f"`{name}` must be an object or null.")
    return GraphQLRequest(query, parameters.get("variables"), operation_name or None)
