"""Signing in and out. A session is a chain of refresh tokens, and the access tokens issued along it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from cinema.accounts import registration, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken, TooManyAttempts
from cinema.accounts.models import User
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case

# No account has a longer one, and attempts are counted under names of at most this length.
LONGEST_NAME = 255


@dataclass(frozen=True)
class Session:
    """What a client holds: an access token until `expires_at`, and the refresh token for the next one."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    user: User


def signup(*, username: str, email: str, password: str) -> Session:
    """A new account, signed in. Raises `InvalidInput`."""
    return _signed_up(registration.new_user(username=username, email=email, password=password))


def login(*, name: str, password: str, address: str) -> Session:
    """A new session for the account with this username or e-mail address.

    `address` is where the attempt comes from; wrong passwords are counted per account and address.
    Raises `InvalidCredentials`, the same whether or not there is such an account, or `TooManyAttempts`.
    """
    return _logged_in(_authenticated(name=name, password=password, address=address))


def refresh(*, token: str) -> Session:
    """The next session of the chain; `token` is used up. Raises `InvalidRefreshToken`."""
    session = _next_of_chain(token)
    if session is None:
        raise InvalidRefreshToken
    return session


@use_case
def logout(*, by: User, chain: uuid.UUID, everywhere: bool) -> None:
    """End the session `chain` of `by`, or every session, at once: its access tokens die with it."""
    _end(user=by, chain=chain, everywhere=everywhere)


@use_case
def logout_with_refresh_token(*, token: str, everywhere: bool) -> None:
    """The same for a client whose access token has run out. Raises `InvalidRefreshToken`."""
    found = tokens.find_refresh_token(token)
    if found is None or not found.is_live:
        raise InvalidRefreshToken
    _end(user=found.user, chain=found.chain, everywhere=everywhere)


def change_password(*, by: User, current: str, new: str, address: str) -> Session:
    """Set a new password. Every session ends, and a new one is returned.

    Raises `InvalidInput` under the fields `current_password` and `new_password`, or `TooManyAttempts`.
    """
    try:
        user = _authenticated(name=by.username, password=current, address=address)
    except InvalidCredentials as error:
        raise InvalidInput.of("current_password", "password_incorrect", "The current password is not right.") from error
    problems = registration.password_problems(new, user=user, field="new_password")
    if problems:
        raise InvalidInput(problems)
    user.set_password(new)
    return _with_new_password(user)


def _authenticated(*, name: str, password: str, address: str) -> User:
    """The active user with this name and password."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    known = User.objects.known_as(name).first()
    username = known.username if known else name.strip().lower()[:LONGEST_NAME]
    # With an unknown name Django hashes the password all the same, so that the time tells nothing.
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        raise TooManyAttempts(retry_after_seconds=_seconds_locked_out(username, address))
    if not isinstance(user, User):
        raise InvalidCredentials
    user_logged_in.send(sender=User, request=request, user=user)
    return user


def _seconds_locked_out(username: str, address: str) -> int:
    attempt = AccessAttempt.objects.filter(username=username, ip_address=address).latest("attempt_time")
    left: timedelta = attempt.attempt_time + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, round(left.total_seconds()))


@use_case
def _signed_up(user: User) -> Session:
    registration.save(user)
    return _start(user)


@use_case
def _logged_in(user: User) -> Session:
    return _start(user)


@use_case
def _next_of_chain(token: str) -> Session | None:
    """None when the token is no good. That ends its chain, which has to be committed: no exception here."""
    found = tokens.find_refresh_token(token)
    if found is None:
        return None
    if not found.is_live or not found.user.is_active:
        tokens.end_chain(found.chain)
        return None
    tokens.use_up(found)
    return _start(found.user, chain=found.chain)


@use_case
def _with_new_password(user: User) -> Session:
    user.save(update_fields=["password"])
    tokens.end_chains_of(user)
    return _start(user)


def _start(user: User, chain: uuid.UUID | None = None) -> Session:
    chain = chain or uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=user, chain=chain)
    access_token, expires_at = tokens.issue_access_token(user=user, chain=chain)
    return Session(access_token, refresh_token, expires_at, user)


def _end(*, user: User, chain: uuid.UUID, everywhere: bool) -> None:
    if everywhere:
        User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
        tokens.end_chains_of(user)
    else:
        tokens.end_chain(chain)
