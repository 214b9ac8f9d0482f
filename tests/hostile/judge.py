"""What is wrong with an answer to an attack."""

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
from tests.hostile.attack import STRICT, Attack, Crime, Outcome

# Of this process's own time, so that a busy machine does not count.
SECONDS = 2.0
TRIES = 3
# CPython keeps frames in chunks of 16 KB. Where a chunk ends, each call maps a new one and each return unmaps it, which
# can take seconds for a long list. So each try starts that many frames deeper, about half a chunk.
FRAMES_DEEPER = 40
LARGEST_REFUSAL = 50_000

INSIDE = re.compile(
    rf"Traceback|\.py\b|/site-packages|{re.escape(str(BASE_DIR))}|"
    r"line \d+, in |<[a-z_.]+ object at 0x|<class '|"
    r"\bSELECT \b|\bINSERT INTO\b|psycopg|sqlite3?\b|django|strawberry|graphql-core|"
    r"\b[A-Z][A-Za-z]+(Error|Exception)\b|recursion depth|codec can't|object has no attribute"
)
REQUEST_ID = re.compile(r"[0-9a-f]{32}")


class TimeIsUp(BaseException):
    """No `Exception`, so that nothing on the way handles it."""


@dataclass
class Exchange:
    """What came back, if anything did, and what it took."""

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
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TimeIsUp` once this process has worked for `seconds`."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def send(attack: Attack, *, accept: str | None = None, token: str | None = None) -> Exchange:
    """Send a request through every middleware; an exception is answered as the server answers it.

    A request is abandoned soon after `SECONDS` and tried again, since on a very busy machine even a process's own time
    is longer than its work. A slow request is slow each time.
    """
    for number in range(TRIES):
        exchange = _deeper(number * FRAMES_DEEPER, lambda: _sent(attack, accept=accept, token=token))
        if exchange.seconds < SECONDS:
            break
    return exchange


def _deeper(frames: int, call: Callable[[], Exchange]) -> Exchange:
    return _deeper(frames - 1, call) if frames else call()


def _sent(attack: Attack, *, accept: str | None, token: str | None) -> Exchange:
    headers = dict(attack.headers)
    if accept is not None:
        headers["Accept"] = accept
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    client = Client(raise_request_exception=False)
    start = time.thread_time()
    try:
        with at_most(SECONDS + 0.5):
            response = client.generic(attack.method, attack.url, attack.body, headers=headers)
    except TimeIsUp:
        return Exchange(0, {}, b"", time.thread_time() - start, [])
    seconds = time.thread_time() - start
    return Exchange(response.status_code, dict(response.headers), response.content, seconds, list(response.cookies))


def crimes(exchange: Exchange, *, method: str = "POST") -> set[Crime]:
    """What no answer may be."""
    found = set()
    if exchange.seconds >= SECONDS:
        found.add(Crime.SLOW)
    if not 200 <= exchange.status < 500:
        found.add(Crime.FAILED)
    if any(record.exc_info for record in exchange.records):
        found.add(Crime.LOGGED)
    if not exchange.status:
        return found
    if exchange.cookies or "Set-Cookie" in exchange.headers:
        found.add(Crime.COOKIE)
    if not REQUEST_ID.fullmatch(exchange.headers.get("X-Request-ID", "")):
        found.add(Crime.NAMELESS)
    if method != "HEAD":
        found |= _crimes_of_content(exchange)
    return found


def _crimes_of_content(exchange: Exchange) -> set[Crime]:
    media_type = exchange.headers.get("Content-Type", "").partition(";")[0]
    if media_type not in {"application/json", STRICT} or not _is_json(exchange.content):
        return {Crime.NOT_JSON}
    found = set()
    errors = exchange.errors
    if any(INSIDE.search(str(error.get("message"))) for error in errors):
        found.add(Crime.LEAKED)
    if any((error.get("extensions") or {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors):
        found.add(Crime.OURS)
    if errors and len(exchange.content) > LARGEST_REFUSAL:
        found.add(Crime.LARGE)
    return found


def _is_json(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except ValueError:
        return False


def is_right(exchange: Exchange, outcome: Outcome, *, accept: str, method: str = "POST") -> bool:
    """Whether an answer that is no crime is this one."""
    if exchange.status != (outcome.strict if accept == STRICT else outcome.status):
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
        told["code"] in outcome.codes and (not outcome.limits or told["limitName"] in outcome.limits)
        for told in extensions
    )
