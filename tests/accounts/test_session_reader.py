"""Sessions that the event loop reads before a thread handles the request."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory

from cinema.accounts import session_reader, sessions, tokens
from cinema.accounts.errors import InvalidToken
from cinema.accounts.models import User
from cinema.accounts.session_reader import SessionReader
from cinema.accounts.tokens import StoredSession
from cinema.runtime import outages
from schema.engine.context import STORED_SESSION, Context
from schema.engine.errors import Unauthenticated
from tests.accounts.sessions import family_of, login
from tests.situations import a_user
from tests.waiting import first_result

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENT, OTHER_DOCUMENT = 1, 2


@pytest.fixture(autouse=True)
def closed_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At the end, close the connections that readers have opened."""
    opened: list[Any] = []
    connect = session_reader._connect  # noqa: SLF001

    def recorded() -> Any:
        opened.append(connect())
        return opened[-1]

    monkeypatch.setattr(session_reader, "_connect", recorded)
    yield
    for connection in opened:
        connection.close()


def read(user_id: int, family: uuid.UUID) -> StoredSession:
    """What a reader reads that has learned the session, once it is connected."""

    async def main() -> StoredSession:
        reader = SessionReader()
        reader.learn("token", DOCUMENT, (User(pk=user_id), family))
        return await connected(reader)

    return asyncio.run(main())


async def connected(reader: SessionReader) -> StoredSession:
    return await first_result(lambda: reader.read("token", DOCUMENT), what="the connection of the reader")


@pytest.fixture
def during_outage() -> Iterator[None]:
    outages.database.is_failing = True
    yield
    outages.database.is_failing = False


@pytest.mark.postgresql("only there")
def test_it_reads_what_a_thread_reads(ada: User) -> None:
    session = login()
    family = family_of(session)

    found = read(ada.pk, family)

    expected = tokens.read_session(ada.pk, family)
    # All but the time.
    assert found.rows[0][1:] == expected.rows[0][1:]
    assert [type(value) for value in found.rows[0]] == [type(value) for value in expected.rows[0]]
    assert abs((found.rows[0][0] - expected.rows[0][0]).total_seconds()) < 60
    assert tokens.read_access_token(session.access_token, found) == (ada, family)


@pytest.mark.postgresql("only there")
def test_it_reads_that_a_session_has_ended_or_a_user_is_unknown(ada: User) -> None:
    session = login()
    family = family_of(session)
    sessions.logout(by=ada, family=family, everywhere=False)
    for stored in (read(ada.pk, family), read(ada.pk + 1, family)):
        with pytest.raises(InvalidToken):
            tokens.read_access_token(session.access_token, stored)


@pytest.mark.postgresql("only there")
def test_it_reads_only_for_tokens_and_documents_that_it_has_learned(ada: User) -> None:
    async def main() -> None:
        reader = SessionReader()
        reader.learn("token", DOCUMENT, (ada, uuid.uuid4()))
        await connected(reader)
        assert await reader.read("other", DOCUMENT) is None
        reader.learn("other", OTHER_DOCUMENT, None)
        assert await reader.read("other", DOCUMENT) is None
        assert await reader.read("token", OTHER_DOCUMENT) is None

    asyncio.run(main())


@pytest.mark.postgresql("only there")
def test_during_an_outage_threads_read_sessions(ada: User, during_outage: None) -> None:
    async def main() -> None:
        reader = SessionReader()
        reader.learn("token", DOCUMENT, (ada, uuid.uuid4()))
        assert await reader.read("token", DOCUMENT) is None
        outages.database.is_failing = False
        await connected(reader)
        outages.database.is_failing = True
        assert await reader.read("token", DOCUMENT) is None

    asyncio.run(main())


def test_what_was_read_of_another_user_or_family_is_not_used(ada: User) -> None:
    session = login()
    family = family_of(session)
    other = a_user("Bob")
    of_other = tokens.read_session(other.pk, family_of(login("Bob")))

    assert tokens.read_access_token(session.access_token, of_other) == (ada, family)
    another_family = StoredSession(ada.pk, uuid.uuid4(), of_other.rows)
    assert tokens.read_access_token(session.access_token, another_family) == (ada, family)


def test_what_was_read_is_used_instead_of_a_statement(ada: User) -> None:
    """The control: a session that has ended since then is still valid."""
    session = login()
    stored = tokens.read_session(ada.pk, family_of(session))
    sessions.logout(by=ada, family=stored.family, everywhere=False)

    assert tokens.read_access_token(session.access_token, stored) == (ada, stored.family)
    with pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)


def test_a_token_that_is_checked_again_is_read_again(ada: User) -> None:
    session = login()
    request = RequestFactory().post("/graphql", headers={"Authorization": f"Bearer {session.access_token}"})
    stored = request.META[STORED_SESSION] = tokens.read_session(ada.pk, family_of(session))
    context = Context(request=request)
    assert context.session == (ada, stored.family)

    sessions.logout(by=ada, family=stored.family, everywhere=False)
    context.forget_session()

    with pytest.raises((InvalidToken, Unauthenticated)):
        _ = context.session
