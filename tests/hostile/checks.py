"""Sends an attack and checks the response."""

import json
import logging
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.test import Client

from config.environment import BASE_DIR
from tests.hostile.attack import GRAPHQL_MEDIA_TYPE, Attack, Outcome, Violation

# CPU time of this process, so a busy machine does not count.
SECONDS = 2.0
TRIES = 3
# CPython keeps frames in chunks of 16 KB. Where a chunk ends, each call maps a new one and each return unmaps it, which
# can take seconds for a long list. So each try starts this many frames deeper, about half a chunk.
FRAMES_DEEPER = 40
LARGEST_REFUSAL = 50_000

INTERNALS = re.compile(
    rf"Traceback|\.py\b|/site-packages|{re.escape(str(BASE_DIR))}|"
    r"line \d+, in |<[a-z_.]+ object at 0x|<class '|"
    r"\bSELECT \b|\bINSERT INTO\b|psycopg|sqlite3?\b|django|strawberry|graphql-core|"
    r"\b[A-Z][A-Za-z]+(Error|Exception)\b|recursion depth|codec can't|object has no attribute"
)
REQUEST_ID = re.compile(r"[0-9a-f]{32}")


class OutOfTime(BaseException):
    """Not an `Exception`, so that no handler catches it."""


@dataclass
class Exchange:
    """The response, and the CPU time it took. Without a response, `status` is 0."""

    status: int
    headers: dict[str, str]
    content: bytes
    seconds: float
    cookies: list[str]
    records: Sequence[logging.LogRecord] = ()

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def errors(self) -> list[dict[str, Any]]:
        return list(self.body.get("errors") or [])


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` when this process has used `seconds` of CPU time."""

    def raise_out_of_time(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, raise_out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def send(attack: Attack, *, accept: str | None = None, token: str | None = None) -> Exchange:
    """Send a request through every middleware. Exceptions become responses, as in the server.

    A request is aborted soon after `SECONDS` and retried, since CPU time grows too on a very busy machine. A slow
    request is slow on each try.
    """
    for number in range(TRIES):
        exchange = _call_deeper(number * FRAMES_DEEPER, lambda: _sent(attack, accept=accept, token=token))
        if exchange.seconds < SECONDS:
            break
    return exchange


def _call_deeper(frames: int, call: Callable[[], Exchange]) -> Exchange:
    return _call_deeper(frames - 1, call) if frames else call()


def _sent(attack: Attack, *, accept: str | None, token: str | None) -> Exchange:
    headers = dict(attack.headers)
    if accept is not None:
        headers["Accept"] = accept
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    client = Client(raise_request_exception=False)
    start = time.thread_time()
    try:
        with time_limit(SECONDS + 0.5):
            response = client.generic(attack.method, attack.url, attack.body, headers=headers)
    except OutOfTime:
        return Exchange(0, {}, b"", time.thread_time() - start, [])
    seconds = time.thread_time() - start
    return Exchange(response.status_code, dict(response.headers), response.content, seconds, list(response.cookies))


def violations(exchange: Exchange, *, method: str = "POST") -> set[Violation]:
    """Every violation of this response."""
    found = set()
    if exchange.seconds >= SECONDS:
        found.add(Violation.SLOW)
    if not 200 <= exchange.status < 500:
        found.add(Violation.FAILED)
    if any(record.exc_info for record in exchange.records):
        found.add(Violation.LOGGED)
    if not exchange.status:
        return found
    if exchange.cookies or "Set-Cookie" in exchange.headers:
        found.add(Violation.COOKIE)
    if not REQUEST_ID.fullmatch(exchange.headers.get("X-Request-ID", "")):
        found.add(Violation.NO_REQUEST_ID)
    if method != "HEAD":
        found |= _content_violations(exchange)
    return found


def _content_violations(exchange: Exchange) -> set[Violation]:
    media_type = exchange.headers.get("Content-Type", "").partition(";")[0]
    if media_type not in {"application/json", GRAPHQL_MEDIA_TYPE} or not _is_json(exchange.content):
        return {Violation.NOT_JSON}
    found = set()
    errors = exchange.errors
    if any(INTERNALS.search(str(error.get("message"))) for error in errors):
        found.add(Violation.LEAKED)
    if any((error.get("extensions") or {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors):
        found.add(Violation.INTERNAL_ERROR)
    if errors and len(exchange.content) > LARGEST_REFUSAL:
        found.add(Violation.LARGE)
    return found


def _is_json(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except ValueError:
        return False


def matches(exchange: Exchange, outcome: Outcome, *, accept: str, method: str = "POST") -> bool:
    """Whether a response without violations is this outcome."""
    if exchange.status != (outcome.strict if accept == GRAPHQL_MEDIA_TYPE else outcome.status):
        return False
    if exchange.headers.get("Allow") != outcome.allow:
        return False
    if method == "HEAD":
        return exchange.content == b""
    if outcome.status == 200 and not exchange.headers["Content-Type"].startswith(accept):
        return False
    extensions = [error["extensions"] for error in exchange.errors]
    if not outcome.codes:
        return not extensions
    return bool(extensions) and all(
        each["code"] in outcome.codes and (not outcome.limits or each["limitName"] in outcome.limits)
        for each in extensions
    )
