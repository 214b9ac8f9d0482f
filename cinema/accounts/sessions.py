"""Signing in and out. A session is a chain of refresh tokens, and the access tokens issued along it."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.db.models import F

from cinema.accounts import mail_queue, passwords, registration, throttling, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken
from cinema.accounts.mail_queue import MailKind
from cinema.accounts.models import User
from cinema.accounts.registration import NewAccount
from cinema.core.errors import InvalidInput
from cinema.core.transactions import use_case

# No username has this character.
NOBODY = "@"


@dataclass(frozen=True)
class Session:
    """What a client holds: an access token until `expires_at`, and the refresh token for the next one."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    user: User


def signup(*, username: str, email: str, password: str, address: str) -> Session:
    """A new account, signed in, and a mail to verify its e-mail address.

    `address` is where the attempt comes from; here and below attempts are counted by it.
    Raises `InvalidInput`, or `TooManyAttempts`.
    """
    throttling.count("signup", account=email, address=address)
    return _sign_up(registration.check(username=username, email=email, password=password))


def login(*, name: str, password: str, address: str) -> Session:
    """A new session for the account with this username or e-mail address.

    Raises `InvalidCredentials`, the same whether or not there is such an account, or `TooManyAttempts`.
    """
    with throttling.counting_failures("login", account=name, address=address):
        user = _authenticated(name=name, password=password)
    return _logged_in(user)


def refresh(*, token: str, address: str) -> Session:
    """The next session of the chain; `token` is used up. Raises `InvalidRefreshToken`, or `TooManyAttempts`."""
    throttling.count("refresh", account=tokens.holder(token), address=address)
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


def end_all(*, of: User) -> None:
    """End every session of `of`: all tokens die at once. Requires a transaction."""
    User.objects.filter(pk=of.pk).update(sessions_ended=F("sessions_ended") + 1)
    tokens.end_chains_of(of)


def change_password(*, by: User, current: str, new: str, address: str) -> Session:
    """Set a new password. Every session ends, and a new one is returned.

    Raises `InvalidInput` under the fields `current_password` and `new_password`, or `TooManyAttempts`.
    """
    wrong = InvalidInput.of("current_password", "password_incorrect", "The current password is not right.")
    try:
        with throttling.counting_failures("change_password", account=by.pk, address=address):
            user = _authenticated(name=by.username, password=current)
    except InvalidCredentials as error:
        raise wrong from error
    problems = registration.password_problems(new, user=user, field="new_password")
    if problems:
        raise InvalidInput(problems)
    checked = user.password
    user.set_password(new)
    session = _with_new_password(user, instead_of=checked)
    if session is None:
        raise wrong
    return session


def start_anew(user: User) -> Session:
    """End every session of somebody with a new password, and start one. Requires a transaction."""
    tokens.end_chains_of(user)
    return _start(user)


def _authenticated(*, name: str, password: str) -> User:
    """The active user with this name and password.

    Refusing takes the same work whatever is wrong, so that its time tells nothing: Django hashes a password once, for
    nobody as well, and what is too long to be a password is replaced by one that is not right.
    """
    known = User.objects.known_as(name).first()
    user = authenticate(
        username=known.username if known else NOBODY,
        password=password if len(password) <= passwords.LONGEST else secrets.token_urlsafe(),
    )
    if not isinstance(user, User):
        raise InvalidCredentials
    return user


@use_case
def _sign_up(account: NewAccount) -> Session:
    user = registration.create(account)
    mail_queue.put(MailKind.VERIFICATION, user.email)
    return _start(user)


@use_case
def _logged_in(user: User) -> Session:
    update_last_login(User, user)
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
def _with_new_password(user: User, *, instead_of: str) -> Session | None:
    """None when another password was set since the current one was checked, by a link from a mail for example."""
    changed = User.objects.filter(pk=user.pk, password=instead_of).update(password=user.password)
    return start_anew(user) if changed else None


def _start(user: User, chain: uuid.UUID | None = None) -> Session:
    chain = chain or uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=user, chain=chain)
    access_token, expires_at = tokens.issue_access_token(user=user, chain=chain)
    return Session(access_token, refresh_token, expires_at, user)


def _end(*, user: User, chain: uuid.UUID, everywhere: bool) -> None:
    if everywhere:
        end_all(of=user)
    else:
        tokens.end_chain(chain)
