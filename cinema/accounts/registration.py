"""New accounts: checked and hashed before there is a transaction, created inside one. Changes of users."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from cinema.accounts.models import User
from cinema.core.database_errors import unique_constraints
from cinema.core.errors import FieldError, InvalidInput
from cinema.core.transactions import Conflict, detecting_conflict, requires_transaction

TAKEN = {"username": "This username is taken.", "email": "This email is in use."}


@dataclass(frozen=True)
class NewAccount:
    """Checked data of a new account. Another account may since have been created with the same names."""

    username: str
    email: str
    password_hash: str = field(repr=False)


def check(*, username: str, email: str, password: str | None) -> NewAccount:
    """Check the data of a new account, and hash the password. Without one, its user cannot log in with a password.

    Hashing is intentionally slow, so it happens here, before `create` needs a transaction. Emails are stored in lower
    case. Raises `InvalidInput` with all problems together, for the fields `username`, `email` and
    `password` and with Django's own codes.
    """
    user = User(username=username, email=email)
    _normalize(user)
    problems = [] if password is None else password_problems(password, user=user, field="password")
    _refuse(_name_problems(user) + problems)
    return NewAccount(user.username, user.email, make_password(password))


@requires_transaction
def create(account: NewAccount, **fields: Any) -> User:
    """Store a new user; `fields` are further columns. Raises `InvalidInput` if one of the names has been taken."""
    user = User(**{"password": account.password_hash, **fields}, username=account.username, email=account.email)
    _save(user)
    return user


@requires_transaction
def update(user: User) -> None:
    """Check and store a changed user. Raises `InvalidInput` with everything that is wrong, by field."""
    _normalize(user)
    _refuse(_name_problems(user))
    _save(user)


def password_problems(password: str, *, user: User, field: str) -> list[FieldError]:
    """The objections of Django's validators to `password`, reported for `field`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return InvalidInput.from_django(error, field=field).fields
    return []


def _normalize(user: User) -> None:
    user.username, user.email = user.username.strip(), user.email.strip().lower()


def _save(user: User) -> None:
    """Raises `InvalidInput` if another transaction was faster to take one of the names."""
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
