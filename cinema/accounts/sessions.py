"""Login and logout. A session is a family of refresh tokens, and the access tokens that were issued with them."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.db.models import F

from cinema.accounts import locks, mail_queue, passwords, registration, throttling, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken
from cinema.accounts.mail_queue import MailKind
from cinema.accounts.models import User
from cinema.accounts.registration import NewAccount
from cinema.core import clock
from cinema.core.errors import InvalidInput
from cinema.core.transactions import requires_transaction, use_case

# A username cannot contain this character.
UNKNOWN_USERNAME = "@"


@dataclass(frozen=True)
class Session:
    """The tokens of a client. The access token expires at `expires_at`. The refresh token is for getting new tokens."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    user: User


def signup(*, username: str, email: str, password: str, address: str) -> Session:
    """Create an account, log in, and queue an email to verify its address.

    `address` is the network address of the client, by which attempts are counted, as in the other functions.
    Raises `InvalidInput` or `TooManyAttempts`.
    """
    throttling.count("signup", account=email, address=address)
    return _sign_up(registration.check(username=username, email=email, password=password))


def login(*, name: str, password: str, address: str) -> Session:
    """Start a session for the account with this username or email.

    Raises `InvalidCredentials` if the account or the password is wrong, or `TooManyAttempts`.
    """
    with throttling.counting_failures("login", account=name, address=address):
        user = authenticated(name=name, password=password)
    return _log_in(user)


def refresh(*, token: str, address: str) -> Session:
    """Continue a session. A second use of `token` ends the session, except within `refresh_repeat_period`.

    Raises `InvalidRefreshToken` or `TooManyAttempts`.
    """
    throttling.count("refresh", account=tokens.user_id_for_refresh_token(token), address=address)
    session = _refresh(token)
    if session is None:
        raise InvalidRefreshToken
    return session


@use_case
def logout(*, by: User, family: uuid.UUID, everywhere: bool) -> None:
    """End the session `family` of `by`, or every session of `by`. Their access tokens become invalid."""
    locks.user_unread(by.pk)
    _end(user=by, family=family, everywhere=everywhere)


@use_case
def logout_with_refresh_token(*, token: str, everywhere: bool) -> None:
    """Log out a client whose access token has expired. Raises `InvalidRefreshToken`."""
    locks.user_of_refresh_token(token)
    found = locks.refresh_token(token)
    if found is None or not found.is_usable:
        raise InvalidRefreshToken
    _end(user=found.user, family=found.family, everywhere=everywhere)


@requires_transaction
def end_all(*, user: User) -> None:
    """End every session of a user. All tokens become invalid."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    tokens.end_families_of(user)


def change_password(*, by: User, current: str, new: str, address: str) -> Session:
    """Set a new password, end every session and start a new one.

    Raises `InvalidInput` for the fields `current_password` and `new_password`, or `TooManyAttempts`.
    """
    user, old_hash = _with_new_password(by=by, current=current, new=new, address=address)
    return _replace_password_and_restart(user, old_hash=old_hash)


def replace_password(*, by: User, current: str, new: str, address: str) -> User:
    """Set a new password and end every session, as `change_password` does, without starting a new one.

    It is for the admin, whose sessions do not use tokens.
    """
    user, old_hash = _with_new_password(by=by, current=current, new=new, address=address)
    _replace_password_and_end_all(user, old_hash=old_hash)
    return user


@requires_transaction
def restart_session(user: User) -> Session:
    """End every session of a user who has a new password, and start one."""
    tokens.end_families_of(user)
    return _start(user)


def authenticated(*, name: str, password: str) -> User:
    """The active user with this username or email and this password. Raises `InvalidCredentials`.

    A refusal always does the same work, so that its duration reveals nothing: Django hashes one password even for an
    unknown user, and a password that is too long is replaced by a wrong one.
    """
    known = User.objects.known_as(name).first()
    username = known.username if known else UNKNOWN_USERNAME
    too_long = len(passwords.normalized(password)) > passwords.MAX_LENGTH
    for spelling in [secrets.token_urlsafe()] if too_long else passwords.spellings(password):
        user = authenticate(username=username, password=spelling)
        if isinstance(user, User):
            return user
    raise InvalidCredentials


def record_login(user: User) -> None:
    """Store the time of a login, by the database's clock."""
    user.last_login = clock.now()
    User.objects.filter(pk=user.pk).update(last_login=user.last_login)


@use_case
def _sign_up(account: NewAccount) -> Session:
    user = registration.create(account)
    mail_queue.put(MailKind.VERIFICATION, user.email)
    return _start(user)


@use_case
def _log_in(user: User) -> Session:
    record_login(user)
    return _start(user)


@use_case
def _refresh(token: str) -> Session | None:
    """The next session. None if the token is invalid.

    An invalid token ends its family. That must be committed, so no exception is raised.
    """
    # Otherwise a concurrent logout would not see the new token, which would stay valid.
    locks.user_of_refresh_token(token)
    found = locks.refresh_token(token)
    # After a change of the password the family has ended. Otherwise another server has another SECRET_KEY.
    if found is None or not found.has_current_version:
        return None
    if not found.is_usable or not found.user.is_active:
        tokens.end_family(found.family)
        return None
    tokens.mark_used(found)
    return _start(found.user, family=found.family)


def check_current_password(*, by: User, password: str, address: str) -> User:
    """The user, if this is their password. Raises `InvalidInput` for `current_password`, or `TooManyAttempts`."""
    try:
        with throttling.counting_failures("change_password", account=by.pk, address=address):
            return authenticated(name=by.username, password=password)
    except InvalidCredentials as error:
        raise _wrong_current_password() from error


def _with_new_password(*, by: User, current: str, new: str, address: str) -> tuple[User, str]:
    """The user with the new password, which is not stored yet, and the hash of the current password.

    Hashing is intentionally slow, so it is done before the transaction begins.
    """
    user = check_current_password(by=by, password=current, address=address)
    problems = registration.password_problems(new, user=user, field="new_password")
    if problems:
        raise InvalidInput(problems)
    old_hash = user.password
    user.password = passwords.hashed(new)
    return user, old_hash


@use_case
def _replace_password_and_restart(user: User, *, old_hash: str) -> Session:
    _replace_password(user, old_hash=old_hash)
    return restart_session(user)


@use_case
def _replace_password_and_end_all(user: User, *, old_hash: str) -> None:
    _replace_password(user, old_hash=old_hash)
    tokens.end_families_of(user)


@requires_transaction
def _replace_password(user: User, *, old_hash: str) -> None:
    """Store the password. Raises `InvalidInput` if another one was set since the check, for example with a link."""
    if not User.objects.filter(pk=user.pk, password=old_hash).update(password=user.password):
        raise _wrong_current_password()


def _wrong_current_password() -> InvalidInput:
    return InvalidInput.of("current_password", "password_incorrect", "The current password is wrong.")


def _start(user: User, family: uuid.UUID | None = None) -> Session:
    family = family or uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=user, family=family)
    access_token, expires_at = tokens.issue_access_token(user=user, family=family, now=clock.now())
    return Session(access_token, refresh_token, expires_at, user)


def _end(*, user: User, family: uuid.UUID, everywhere: bool) -> None:
    if everywhere:
        end_all(user=user)
    else:
        tokens.end_family(family)
