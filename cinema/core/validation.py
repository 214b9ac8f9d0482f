from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from cinema.core.errors import InvalidInput
from cinema.core.transactions import TryAgain, is_uniqueness_violation


def save_checked(instance: models.Model, *, field: str) -> None:
    """Validate `instance` and save it. Raises `InvalidInput`; what concerns no one field is put down to `field`.

    Validation gives the good messages. The constraints have the last word, against a rival who saved the same
    in between: that one is then found by validating again.
    """
    _validate(instance, field)
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError as error:
        _validate(instance, field)
        if is_uniqueness_violation(error):
            raise TryAgain("a rival saved the same, and is not visible in this transaction's snapshot") from error
        raise


def _validate(instance: models.Model, field: str) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        raise InvalidInput.from_django(error, field=field) from error
