"""How long a connection for subscriptions may live: for a limited time, and only as long as its session."""

import asyncio
import random
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from cinema.accounts import tokens
from cinema.accounts.models import User
from cinema.runtime import database_threads

# How often to check whether the session of an access token has ended.
SESSION_CHECK_INTERVAL_SECONDS = 60


async def user_of(token: str) -> User:
    """The user of an access token. Raises `InvalidToken`, `TokenExpired`, or an error of the database."""
    user, _ = await database_threads.run(tokens.read_access_token, token)
    return user


async def wait_for_end_of_session(token: str) -> None:
    """Raises `InvalidToken` or `TokenExpired` when the session has ended, or the token has expired."""
    while True:
        await asyncio.sleep(SESSION_CHECK_INTERVAL_SECONDS)
        # Without a database there are no events. The session is checked again after the next interval.
        with suppress(DatabaseError, InterfaceError):
            await user_of(token)


async def wait_for_max_age() -> None:
    """Return when a connection that is opened now has reached its maximum age.

    The maximum age varies, so that connections opened at the same time do not reconnect at the same time.
    """
    await asyncio.sleep(settings.SOCKET_SECONDS * random.uniform(0.9, 1))  # noqa: S311 - no secret
