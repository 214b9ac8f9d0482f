from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cinema.accounts.models import User
from cinema.core.errors import FieldError, InvalidInput
from cinema.core.transactions import TryAgain, is_uniqueness_violation

TAKEN = {"username": "This username is taken.", "email": "This address is in use."}


def new_user(*, username: str, email: str, password: str) -> User:
    """A customer's account, checked and with its password hashed, but not saved yet.

    Hashing is slow on purpose, so it happens here, before `save` needs a transaction. E-mail addresses are kept
    in lower case. Raises `InvalidInput` with everything that is wrong at once, under the fields `username`,
    `email` and `password` and with Django's own codes.
    """
    user = User(username=username.strip(), email=email.strip().lower())
    _refuse(_name_problems(user) + password_problems(password, user=user, field="password"))
    user.set_password(password)
    return user


def save(user: User) -> None:
    """Store a new user. Raises `InvalidInput` if somebody took the name in the meantime."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        _refuse(_name_problems(user))
        if is_uniqueness_violation(error):
            raise TryAgain("a rival took the name, and is not visible in this transaction's snapshot") from error
        raise


def password_problems(password: str, *, user: User, field: str) -> list[FieldError]:
    """What Django's validators have against `password`, put down to `field`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return InvalidInput.from_django(error, field=field).fields
    return []


def _name_problems(user: User) -> list[FieldError]:
    problems: list[FieldError] = []
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        problems += InvalidInput.from_django(error).fields
    for field in ("username", "email"):
        if User.objects.known_as(getattr(user, field)).exists():
            problems.append(FieldError(field, "unique", TAKEN[field]))
    return problems


def _refuse(problems: list[FieldError]) -> None:
    if problems:
        raise InvalidInput(problems)
