"""Reads what the database has about a token in the event loop, before a thread handles the request.

Then the thread need not wait for it. A request is expected to need its token if one with the same document did.
"""

import uuid
from typing import Any

from cachetools import LRUCache
from django.db import DEFAULT_DB_ALIAS, connections

from cinema.accounts import tokens
from cinema.accounts.models import User
from cinema.accounts.tokens import StoredSession
from cinema.core import sql
from cinema.runtime import outages
from cinema.runtime.postgresql.pipeline import PipelinedStatement

# As many as there are cached tokens.
MAX_SESSIONS = 8192
MAX_DOCUMENTS = 2_000


class SessionReader:
    """It must be used in one event loop. The database must be PostgreSQL, not behind a transaction pooler."""

    def __init__(self) -> None:
        statement, _ = sql.prepare(tokens.USER_AND_SESSION, {}, "postgresql")
        self._statement = PipelinedStatement(statement % {"family": "$1", "user": "$2"}, _connect)
        # The user and the family of a token.
        self._sessions: LRUCache[str, tuple[int, uuid.UUID]] = LRUCache(MAX_SESSIONS)
        self._documents: LRUCache[int, bool] = LRUCache(MAX_DOCUMENTS)

    def learn(self, token: str, document: int, session: tuple[User, uuid.UUID] | None) -> None:
        """Note that a request with this valid token and this document needed the session of the token.

        Does nothing if there is no session.
        """
        if session is not None:
            user, family = session
            self._sessions[token] = user.pk, family
            self._documents[document] = True

    async def read(self, token: str, document: int) -> StoredSession | None:
        """The session of a request with this token and this document. None if a thread has to read it."""
        session = self._sessions.get(token)
        # An outage ends with a statement of a thread.
        if session is None or document not in self._documents or outages.database.is_failing:
            return None
        user_id, family = session
        rows = await self._statement.fetch(family.hex.encode(), str(user_id).encode())
        return None if rows is None else StoredSession(user_id, family, sql.converted(rows, tokens.VALUES))


def _connect() -> Any:
    """A new connection like those of Django."""
    backend = connections[DEFAULT_DB_ALIAS].copy()
    backend.connect()
    return backend.connection
