"""What a client asks for, read from whatever it sent."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError


@dataclass
class Refused(Exception):
    """A request that is none, whatever its document says."""

    status: int
    reason: str
    headers: dict[str, str] | None = None


@dataclass(frozen=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


def read(request: HttpRequest) -> GraphQLRequest:
    """Raises `Refused` for anything but a GraphQL request."""
    if request.method == "GET":
        return checked(_parameters_of_url(request))
    if request.method == "POST":
        return checked(parsed(_text_of_body(request)))
    raise Refused(405, "GraphQL is asked with GET or POST.", {"Allow": "GET, POST"})


def _parameters_of_url(request: HttpRequest) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = request.GET.dict()
    except TooManyFieldsSent as error:
        raise Refused(400, "The URL has too many parameters.") from error
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = parsed(parameters[name]) if parameters[name] else None
    return parameters


def _text_of_body(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        raise Refused(415, "The body has the content type application/json.")
    if (request.content_params or {}).get("charset", "utf-8").strip('"').lower() not in ("utf-8", "utf8"):
        raise Refused(415, "The body is written in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "The body is not compressed.")
    try:
        return request.body.decode()
    except RequestDataTooBig as error:
        raise Refused(413, "The request is too large.") from error
    except UnreadablePostError as error:
        raise Refused(408, "The request did not come to its end.") from error
    except UnicodeDecodeError as error:
        raise Refused(400, "The body is not UTF-8.") from error


def parsed(text: str) -> Any:
    """What the text says in JSON. Raises `Refused`."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError as error:
        raise Refused(400, "The JSON is nested too deeply.") from error
    # Python refuses to read numbers of thousands of digits, and says so with a plain ValueError.
    except ValueError as error:
        raise Refused(400, "This is not JSON.") from error


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's; JSON has no such numbers."""
    raise ValueError(name)


def checked(parameters: object) -> GraphQLRequest:
    """The parameters of a request, however they came. Raises `Refused` for what is none."""
    if isinstance(parameters, list):
        raise Refused(400, "One request at a time: batches are not taken.")
    if not isinstance(parameters, dict):
        raise Refused(400, "A request is a JSON object.")
    query, operation_name = parameters.get("query"), parameters.get("operationName")
    if not isinstance(query, str) or not query:
        raise Refused(400, "`query` is the text of a GraphQL document.")
    if not isinstance(operation_name, str | None):
        raise Refused(400, "`operationName` is a string, or null.")
    for name in ("variables", "extensions"):
        if not isinstance(parameters.get(name), dict | None):
            raise Refused(400, f"`{name}` is an object, or null.")
    return GraphQLRequest(query, parameters.get("variables"), operation_name or None)
