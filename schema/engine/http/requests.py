"""Reads GraphQL requests from HTTP requests."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, UnreadablePostError

METHODS = "GET, HEAD, OPTIONS, POST"
# The prefix of a `documentId` that is a hash.
SHA256 = "sha256:"
MAX_ID_LENGTH = 200


@dataclass
class BadRequest(Exception):
    """The HTTP request is not a GraphQL request. `status` and `headers` are those of the response."""

    status: int
    message: str
    headers: dict[str, str] | None = None


@dataclass(frozen=True)
class GraphQLRequest:
    """A request with the text of a document, its identifier, or both (see `schema.engine.persisted`)."""

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None
    document_id: str | None = None


def read(request: HttpRequest) -> GraphQLRequest:
    """Read the GraphQL request. Raises `BadRequest` if it is not one."""
    if request.method in ("GET", "HEAD"):
        return checked(_parameters_of_url(request))
    if request.method == "POST":
        return checked(parsed(_text_of_body(request)))
    raise BadRequest(405, "Use GET or POST.", {"Allow": METHODS})


def _parameters_of_url(request: HttpRequest) -> dict[str, Any]:
    try:
        parameters: dict[str, Any] = request.GET.dict()
    except TooManyFieldsSent as error:
        raise BadRequest(400, "The URL has too many parameters.") from error
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = parsed(parameters[name], f"`{name}`") if parameters[name] else None
    return parameters


def _text_of_body(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        raise BadRequest(415, "The content type must be application/json.")
    if (request.content_params or {}).get("charset", "utf-8").strip('"').lower() not in ("utf-8", "utf8"):
        raise BadRequest(415, "The charset must be UTF-8.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise BadRequest(415, "A compressed body is not supported.")
    try:
        # Some clients on Windows write a byte order mark.
        return request.body.decode().removeprefix("\ufeff")
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


def parsed(text: str, name: str = "The body") -> Any:
    """The value of the JSON in `text`. Raises `BadRequest` with a message about `name`."""
    try:
        return _json.decode(text)
    except RecursionError as error:
        raise BadRequest(400, "The JSON is nested too deeply.") from error
    # Python raises a plain ValueError for numbers with thousands of digits.
    except ValueError as error:
        raise BadRequest(400, f"{name} is not valid JSON.") from error


def checked(parameters: object) -> GraphQLRequest:
    """Build a request from its parameters. Raises `BadRequest` if one is missing or has the wrong type."""
    if isinstance(parameters, list):
        raise BadRequest(400, "Batches are not supported. Send one request at a time.")
    if not isinstance(parameters, dict):
        raise BadRequest(400, "A request must be a JSON object.")
    query, operation_name = parameters.get("query"), parameters.get("operationName")
    if not isinstance(operation_name, str | None):
        raise BadRequest(400, "`operationName` must be a string or null.")
    for name in ("variables", "extensions"):
        if not isinstance(parameters.get(name), dict | None):
            raise BadRequest(400, f"`{name}` must be an object or null.")
    document_id = _document_id(parameters)
    if document_id is not None and query in (None, ""):
        return GraphQLRequest(None, parameters.get("variables"), operation_name or None, document_id)
    if not isinstance(query, str) or not query:
        raise BadRequest(400, "`query` must be the text of a GraphQL document.")
    return GraphQLRequest(query, parameters.get("variables"), operation_name or None, document_id)


def _document_id(parameters: dict[str, Any]) -> str | None:
    """The identifier of the document, from `extensions.persistedQuery` or `documentId`. Raises `BadRequest`.

    https://github.com/graphql/graphql-over-http, Appendix A: Persisted Documents
    """
    document_id, persisted = parameters.get("documentId"), (parameters.get("extensions") or {}).get("persistedQuery")
    if document_id is None and persisted is None:
        return None
    if document_id is None:
        if not isinstance(persisted, dict) or "version" not in persisted:
            raise BadRequest(400, "`extensions.persistedQuery` must be an object with `version` and `sha256Hash`.")
        if persisted["version"] != 1:
            raise BadRequest(400, "The `version` of `extensions.persistedQuery` must be 1.")
        document_id = persisted.get("sha256Hash")
    elif persisted is not None or parameters.get("query"):
        raise BadRequest(400, "`documentId` cannot be combined with `query` or `extensions.persistedQuery`.")
    if not isinstance(document_id, str) or not 0 < len(document_id) <= MAX_ID_LENGTH:
        raise BadRequest(400, f"The identifier of a document must be a string of 1 to {MAX_ID_LENGTH} characters.")
    return document_id.removeprefix(SHA256)
