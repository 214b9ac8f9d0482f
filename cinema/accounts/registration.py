"""Creates accounts, and checks changes of users.

The data of a new account is checked and its password is hashed before the transaction that creates it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cinema.accounts import passwords
from cinema.accounts.models import User
from cinema.core.database_errors import unique_constraints
from cinema.core.errors import FieldError, InvalidInput
from cinema.core.transactions import Conflict, detecting_conflict, requires_transaction

TAKEN = {"username": "This username is taken.", "email": "This email is in use."}


@dataclass(frozen=True)
class NewAccount:
    """The checked data of a new account. The username and the email may have been taken since the check."""

    username: str
    email: str
    password_hash: str = field(repr=False)


def check(*, username: str, email: str, password: str | None) -> NewAccount:
    """Check the data of a new account, and hash the password. Without a password, the user cannot log in with one.

    Hashing is intentionally slow, so it is done before the transaction of `create`. Emails are stored in lower case.
    Raises `InvalidInput` with all errors in the fields `username`, `email` and `password`, with Django's codes.
    """
    user = User(username=username, email=email)
    _normalize(user)
    problems = [] if password is None else password_problems(password, user=user, field="password")
    _refuse(_name_problems(user) + problems)
    return NewAccount(user.username, user.email, passwords.hashed(password))


@requires_transaction
def create(account: NewAccount, **fields: Any) -> User:
    """Store a new user. `fields` are additional fields. Raises `InvalidInput` if the username or the email is taken."""
    user = User(**{"password": account.password_hash, **fields}, username=account.username, email=account.email)
    _save(user)
    return user


@requires_transaction
def update(user: User) -> None:
    """Check and store a changed user. Raises `InvalidInput` with all errors in the fields."""
    _normalize(user)
    _refuse(_name_problems(user))
    _save(user)


def check_new_email(user: User, email: str) -> str:
    """The normalized email, if the user can have it. Raises `InvalidInput` for `email`."""
    changed = User(pk=user.pk, username=user.username, email=email)
    _normalize(changed)
    if changed.email == user.email:
        raise InvalidInput.of("email", "unchanged", "This is already the address of your account.")
    _refuse([problem for problem in _name_problems(changed) if problem.field == "email"])
    return changed.email


def password_problems(password: str, *, user: User, field: str) -> list[FieldError]:
    """The errors that Django's validators find in `password`, reported for `field`."""
    try:
        validate_password(passwords.normalized(password), user)
    except ValidationError as error:
        return InvalidInput.from_django(error, field=field).fields
    return []


def _normalize(user: User) -> None:
    user.username, user.email = user.username.strip(), user.email.strip().lower()


def _save(user: User) -> None:
    """Save the user. Raises `InvalidInput` if another transaction has taken the username or the email."""
    try:
        with detecting_conflict(unique_constraints(User)), transaction.atomic():
            user.save()
    except Conflict:
        _refuse(_name_problems(user))
        raise


def _name_problems(user: User) -> list[FieldError]:
    problems: list[FieldError] = []
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        problems += InvalidInput.from_django(error).fields
    for name in ("username", "email"):
        if User.objects.known_as(getattr(user, name)).exclude(pk=user.pk).exists():
            problems.append(FieldError(name, "unique", TAKEN[name]))
    return problems


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise InvalidInput(problems)
