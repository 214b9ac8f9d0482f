"""The session of a token that the event loop has read is used only if the request has not waited since then."""

import asyncio
import time
import uuid
from typing import Any

import pytest

from cinema.accounts.session_reader import SessionReader
from cinema.accounts.tokens import StoredSession
from cinema.runtime.fair_queue import FairQueue, Slot
from config import asgi
from schema.engine.context import STORED_SESSION
from tests.server.in_process import messages_to_post

READ = StoredSession(1, uuid.uuid4(), [])
TOKEN = {b"authorization": b"Bearer token"}


@pytest.fixture
def environs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The environs of the requests that a thread handles."""
    found: list[dict[str, Any]] = []

    class Reader(SessionReader):
        def __init__(self) -> None: ...

        def learn(self, *_: object) -> None: ...

        async def read(self, token: str, _: int) -> StoredSession | None:
            assert token == "token"
            return READ

    def respond(environ: dict[str, Any]) -> asgi.HttpResult:
        found.append(environ)
        return asgi.HttpResult(204, [])

    monkeypatch.setattr(asgi, "sessions", Reader())
    monkeypatch.setattr(asgi, "respond", respond)
    return found


def post(headers: dict[bytes, bytes]) -> None:
    start, _ = messages_to_post("/graphql", b"{}", headers=headers)
    assert start["status"] == 204


def test_a_request_that_does_not_wait_has_the_session(environs: list[dict[str, Any]]) -> None:
    post(TOKEN)
    post({})
    assert [environ.get(STORED_SESSION) for environ in environs] == [READ, None]


def test_a_request_that_waited_for_its_turn_has_no_session(
    environs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    granted_after: list[float] = []

    def acquire(_: FairQueue, client_key: str, *, is_expensive: bool) -> Slot:
        loop, asked_at = asyncio.get_running_loop(), time.monotonic()
        slot = Slot(client_key, is_expensive, loop.create_future())

        def grant() -> None:
            granted_after.append(time.monotonic() - asked_at)
            slot.granted.set_result(None)

        loop.call_later(1.1 * asgi.FRESH_SECONDS, grant)
        return slot

    monkeypatch.setattr(FairQueue, "acquire", acquire)
    monkeypatch.setattr(FairQueue, "release", lambda *_: None)
    post(TOKEN)
    assert granted_after[0] >= asgi.FRESH_SECONDS
    assert [environ.get(STORED_SESSION) for environ in environs] == [None]


def test_a_request_that_will_wait_has_no_session(
    environs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FairQueue, "expected_wait", lambda *_, **__: asgi.FRESH_SECONDS)
    monkeypatch.setattr(asgi.sessions, "read", lambda *_: pytest.fail("it is read"))
    post(TOKEN)
    assert [environ.get(STORED_SESSION) for environ in environs] == [None]
