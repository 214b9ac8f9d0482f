"""An attack: a request that is no good, and what a right answer to it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JSON = {"Content-Type": "application/json"}
LOOSE = "application/json"
STRICT = "application/graphql-response+json"


class Crime(StrEnum):
    """What no answer may be, whatever was sent."""

    FAILED = "the status is 5xx, or there is no answer at all"
    NOT_JSON = "the answer is not JSON"
    LEAKED = "the answer tells what is inside: a traceback, a path, SQL, the name of a class"
    OURS = "the answer says that it is our mistake"
    LOGGED = "a traceback is in the log"
    SLOW = "it took too long"
    LARGE = "the refusal is much larger than what was sent"
    NAMELESS = "there is no request id of ours"
    COOKIE = "a cookie is set"


@dataclass(frozen=True)
class Outcome:
    """An answer: its codes, any of which is right; none at all where the request is answered as any other is.

    `status` is for who accepts `application/json`, `strict` for who accepts `application/graphql-response+json`.
    """

    codes: frozenset[str] = frozenset()
    status: int = 200
    strict: int = 200
    limits: frozenset[str] = frozenset()
    allow: str | None = None


FINE = Outcome()
PARSE = Outcome(frozenset({"GRAPHQL_PARSE_FAILED"}), strict=400)
VALIDATION = Outcome(frozenset({"GRAPHQL_VALIDATION_FAILED"}), strict=400)
INPUT = Outcome(frozenset({"BAD_USER_INPUT"}), strict=400)
NOT_ALLOWED = Outcome(frozenset({"BAD_USER_INPUT"}), 405, 405, allow="GET, POST")


def malformed(status: int = 400) -> Outcome:
    return Outcome(frozenset({"BAD_USER_INPUT"}), status, status)


def limited(*names: str) -> Outcome:
    """Over one of these limits."""
    return Outcome(frozenset({"QUERY_TOO_COMPLEX"}), strict=400, limits=frozenset(names))


def at_a_field(code: str) -> Outcome:
    """The document is executed, and this is the error of a field."""
    return Outcome(frozenset({code}))


@dataclass(frozen=True)
class Attack:
    """A request as it is sent, and the answers that are right. `stock` is what Strawberry's own view does wrong."""

    name: str
    right: tuple[Outcome, ...]
    body: bytes = b""
    method: str = "POST"
    url: str = "/graphql"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    stock: Crime | None = None

    def __str__(self) -> str:
        return self.name


def request(query: Any, variables: Any = None, **more: Any) -> bytes:
    """The body of an ordinary request, whatever its parts are."""
    return json.dumps({"query": query, "variables": variables, **more}).encode()
