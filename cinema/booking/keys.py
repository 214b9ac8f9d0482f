"""Idempotency keys: a call sent again does nothing again.

A client that got no answer sends its call once more with the same key. The key is written in the transaction of what
the call did, so it is there exactly when that is; a call that was refused left nothing, and is tried afresh.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from cinema.accounts.models import User
from cinema.booking import locks
from cinema.booking.errors import IdempotencyKeyReused
from cinema.booking.models import LONGEST_KEY, Booking, IdempotencyKey
from cinema.core.errors import InvalidInput
from cinema.core.transactions import detecting_conflict, use_case

HONORED_FOR = timedelta(hours=24)


def once(act: Callable[..., Booking], *, operation: str, key: str | None, by: User, **given: Any) -> Booking:
    """What `act(by=by, **given)` returns; or, for a key the user has sent before, that call's booking as it is now.

    The user's acts are done one after the other. Requires a transaction. Raises `IdempotencyKeyReused` if the key stood
    for another operation or was `given` something else, `InvalidInput` for a key that cannot be one.
    """
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise InvalidInput.of("idempotency_key", "length", f"An idempotency key has 1 to {LONGEST_KEY} characters.")
    locks.user(by)
    if key is None:
        return act(by=by, **given)
    fingerprint = _fingerprint(operation, given)
    earlier = IdempotencyKey.objects.filter(user=by, key=key).select_related("booking").first()
    if earlier is None:
        booking = act(by=by, **given)
        _keep(IdempotencyKey(user=by, key=key, fingerprint=fingerprint, booking=booking))
        return booking
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return earlier.booking


@use_case
def forget(*, at_most: int) -> int:
    """Delete keys that have been honored long enough, `at_most` at a time; how many."""
    old = IdempotencyKey.objects.filter(created_at__lte=Now() - HONORED_FOR).order_by("created_at")[:at_most]
    deleted, _ = IdempotencyKey.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return deleted


def _keep(key: IdempotencyKey) -> None:
    # The same call at the same moment, hidden by this transaction's snapshot.
    with detecting_conflict({"one_call_per_key_of_a_user"}):
        key.save(force_insert=True)


def _fingerprint(operation: str, given: dict[str, Any]) -> str:
    text = json.dumps([operation, given], sort_keys=True, default=dataclasses.asdict)
    return hashlib.sha256(text.encode()).hexdigest()
