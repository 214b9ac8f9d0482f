"""An attack: a malformed or costly request, and the correct responses to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JSON = {"Content-Type": "application/json"}
JSON_MEDIA_TYPE = "application/json"
GRAPHQL_MEDIA_TYPE = "application/graphql-response+json"


class Violation(StrEnum):
    """The limits that every response has to meet, regardless of the request."""

    FAILED = "the status is 5xx, or there is no response"
    NOT_JSON = "the response is not JSON"
    LEAKED = "the response reveals internals: a traceback, a path, SQL, the name of a class"
    INTERNAL_ERROR = "the response says that it is an internal error"
    LOGGED = "a traceback is in the log"
    SLOW = "it took too long"
    LARGE = "the refusal is much larger than what was sent"
    NO_REQUEST_ID = "there is no valid X-Request-ID header"
    COOKIE = "a cookie is set"


@dataclass(frozen=True)
class Outcome:
    """A correct response. Each of its errors has one of `codes`. Without `codes` it has no errors.

    `status` is the status for clients that accept `application/json`, `strict` for clients that accept
    `application/graphql-response+json`.
    """

    codes: frozenset[str] = frozenset()
    status: int = 200
    strict: int = 200
    limits: frozenset[str] = frozenset()
    allow: str | None = None


SUCCESS = Outcome()
PARSE = Outcome(frozenset({"GRAPHQL_PARSE_FAILED"}), strict=400)
VALIDATION = Outcome(frozenset({"GRAPHQL_VALIDATION_FAILED"}), strict=400)
INPUT = Outcome(frozenset({"BAD_USER_INPUT"}), strict=400)
UNKNOWN_HASH = Outcome(frozenset({"PERSISTED_QUERY_NOT_FOUND"}), strict=400)
WRONG_HASH = Outcome(frozenset({"PERSISTED_QUERY_HASH_MISMATCH"}), strict=400)
NOT_ALLOWED = Outcome(frozenset({"BAD_USER_INPUT"}), 405, 405, allow="GET, HEAD, OPTIONS, POST")


def malformed(status: int = 400) -> Outcome:
    return Outcome(frozenset({"BAD_USER_INPUT"}), status, status)


def limited(*names: str) -> Outcome:
    """The request exceeds one of these limits."""
    return Outcome(frozenset({"QUERY_TOO_COMPLEX"}), strict=400, limits=frozenset(names))


def at_a_field(code: str) -> Outcome:
    """The document is executed, and a field returns this error."""
    return Outcome(frozenset({code}))


@dataclass(frozen=True)
class Attack:
    """A request and the correct responses to it. `stock` is the violation of Strawberry's view, if any."""

    name: str
    outcomes: tuple[Outcome, ...]
    body: bytes = b""
    method: str = "POST"
    url: str = "/graphql"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    stock: Violation | None = None

    def __str__(self) -> str:
        return self.name


def request(query: Any, variables: Any = None, **more: Any) -> bytes:
    """The body of a request. Its parts can be of any type."""
    return json.dumps({"query": query, "variables": variables, **more}).encode()
