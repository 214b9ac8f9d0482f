"""Helpers to log in, and to check whether a session is still valid."""

import uuid
from datetime import timedelta

import pytest
from django.db.models import F

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken, InvalidToken
from cinema.accounts.rules import rules as account_rules
from cinema.accounts.sessions import Session
from cinema.models import AttemptCount, RefreshToken
from tests.situations import PASSWORD

HOME = "192.0.2.1"
LIMIT = account_rules().rates["login"]["account_and_address"].amount


def login(name: str = "Ada", password: str = PASSWORD, address: str = HOME) -> Session:
    return sessions.login(name=name, password=password, address=address)


def fail_to_log_in(times: int, name: str = "Ada", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            login(name, "wrong", address)


def age_attempt_counts(*, minutes: int) -> None:
    """Move the expiry of all counted attempts into the past."""
    AttemptCount.objects.update(expires_at=F("expires_at") - timedelta(minutes=minutes))


def age_used_tokens(*, seconds: float = 11) -> None:
    """Move the use of all used refresh tokens into the past. By default, they cannot be used again."""
    RefreshToken.objects.exclude(revoked=None).update(revoked=F("revoked") - timedelta(seconds=seconds))


def is_logged_in(session: Session) -> bool:
    try:
        tokens.read_access_token(session.access_token)
    except InvalidToken:
        return False
    return True


def can_be_refreshed(session: Session) -> bool:
    """Whether the session can be refreshed. The refresh token cannot be used again afterwards."""
    try:
        sessions.refresh(token=session.refresh_token, address=HOME)
    except InvalidRefreshToken:
        return False
    return True


def family_of(session: Session) -> uuid.UUID:
    _, family = tokens.read_access_token(session.access_token)
    return family
