from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models, transaction

from cinema.core.database_errors import unique_constraints
from cinema.core.errors import InvalidInput
from cinema.core.transactions import Conflict, detecting_conflict


def save_checked(instance: models.Model, *, field: str, existing: Collection[str] = ()) -> None:
    """Validate `instance` and save it. Requires a transaction.

    Raises `InvalidInput`. Messages that do not belong to a single field are reported for `field`. `existing` are
    foreign keys to rows that the transaction has locked, so that they need not be checked.

    Validation only provides the messages, and the constraints decide. If another transaction has saved the same values
    since, the second validation finds them. If this transaction's snapshot is too old to see them, the use case runs
    again.
    """
    _validate(instance, field, existing)
    try:
        with detecting_conflict(unique_constraints(type(instance))), transaction.atomic():
            instance.save()
    except Conflict:
        _validate(instance, field, existing)
        raise


def check_fields(instance: models.Model, *, exclude: Collection[str] = ()) -> None:
    """Validate single fields, without a query. Raises `InvalidInput`."""
    try:
        instance.clean_fields(exclude=exclude)
    except ValidationError as error:
        raise InvalidInput.from_django(error) from error


def _validate(instance: models.Model, field: str, existing: Collection[str]) -> None:
    try:
        instance.full_clean(exclude=existing)
    except ValidationError as error:
        raise InvalidInput.from_django(error, field=field) from error
