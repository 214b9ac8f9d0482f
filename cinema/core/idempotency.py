"""Idempotency keys: a repeated call takes effect once.

A client that received no response repeats its call with the same key. The key is stored in the transaction of the
call, so either both the key and the result are stored, or neither is. A refused call stores nothing and may be retried.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from cinema.core import purging
from cinema.core.clock import Now
from cinema.core.errors import IdempotencyKeyReused, InvalidInput, NotFound
from cinema.core.rules import rules
from cinema.core.transactions import detecting_conflict, requires_transaction

MAX_KEY_LENGTH = 200
ONE_CALL_PER_KEY = "one_call_per_key_of_a_user"

R = TypeVar("R", bound=models.Model)


class IdempotencyKey(models.Model):
    """A client's key for one call, and a reference to the result of the call."""

    user = models.ForeignKey("cinema.User", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=MAX_KEY_LENGTH)
    # SHA-256 of the operation and its arguments, in hexadecimal.
    fingerprint = models.CharField(max_length=64)
    # The model's label, such as cinema.booking, and its primary key. Results are never deleted before their keys.
    result_type = models.CharField(max_length=100)
    result_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="idempotency_keys_by_age")]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name=ONE_CALL_PER_KEY)]

    def __str__(self) -> str:
        return self.key


@requires_transaction
def run_once(
    function: Callable[..., R],
    *,
    model: type[R],
    operation: str,
    key: str | None,
    by: AbstractBaseUser,
    **arguments: Any,
) -> R:
    """Return `function(by=by, **arguments)`, or the current state of the result of an earlier call with the same key.

    The caller must have locked `by`, so that a user's calls run one after the other. `function` returns an
    instance of `model`. Raises `IdempotencyKeyReused` if the key was used for another operation or other arguments,
    `InvalidInput` if the length of the key is not valid, and `NotFound` if the result of the earlier call was deleted.
    """
    fingerprint = fingerprint_of(operation, key=key, **arguments)
    if key is None or fingerprint is None:
        return function(by=by, **arguments)
    earlier = IdempotencyKey.objects.filter(user_id=by.pk, key=key).first()
    if earlier is None:
        result = function(by=by, **arguments)
        _store(IdempotencyKey(user_id=by.pk, key=key, fingerprint=fingerprint), result)
        return result
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    stored = model._base_manager.filter(pk=earlier.result_id).first()  # noqa: SLF001 - documented by Django
    if stored is None:
        # Staff deleted it, perhaps with this call.
        raise NotFound(str(model._meta.verbose_name))
    return stored


def fingerprint_of(operation: str, *, key: str | None, **arguments: Any) -> str | None:
    """The fingerprint that `run_once` stores for this call, or None without a key. Raises `InvalidInput` as it does."""
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidInput.of(
            "idempotency_key", "length", f"An idempotency key must have 1 to {MAX_KEY_LENGTH} characters."
        )
    text = json.dumps([operation, arguments], sort_keys=True, default=_encoded)
    return hashlib.sha256(text.encode()).hexdigest()


def purge(*, at_most: int) -> int:
    """Delete at most `at_most` keys that are older than `idempotency_key_lifetime`. Return the number deleted."""
    expired = IdempotencyKey.objects.filter(created_at__lte=Now() - rules().idempotency_key_lifetime)
    return purging.purge(expired, at_most=at_most)


def _store(key: IdempotencyKey, result: models.Model) -> None:
    key.result_type, key.result_id = result._meta.label_lower, result.pk
    # The same call may have run at the same time, which this transaction's snapshot does not show.
    with detecting_conflict({ONE_CALL_PER_KEY}):
        key.save(force_insert=True)


def _encoded(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else str(value)
