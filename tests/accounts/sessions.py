"""Sessions as tests begin them, and whether they are still good."""

import uuid

import pytest
from django.conf import settings

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken, InvalidToken
from cinema.accounts.sessions import Session
from tests.situations import PASSWORD

HOME = "192.0.2.1"
LIMIT = settings.AXES_FAILURE_LIMIT


def login(name: str = "Ada", password: str = PASSWORD, address: str = HOME) -> Session:
    return sessions.login(name=name, password=password, address=address)


def fail_to_log_in(times: int, name: str = "Ada", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            login(name, "wrong", address)


def is_signed_in(session: Session) -> bool:
    try:
        tokens.read_access_token(session.access_token)
    except InvalidToken:
        return False
    return True


def can_be_refreshed(session: Session) -> bool:
    """Uses the refresh token up."""
    try:
        sessions.refresh(token=session.refresh_token)
    except InvalidRefreshToken:
        return False
    return True


def chain_of(session: Session) -> uuid.UUID:
    _, chain = tokens.read_access_token(session.access_token)
    return chain
