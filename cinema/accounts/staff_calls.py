"""Use cases of staff, which take effect once if they are repeated with an idempotency key."""

import inspect
from functools import partial
from typing import Any, TypeVar

from django.db.models import Model

from cinema.accounts import locks
from cinema.accounts.models import User
from cinema.core import idempotency
from cinema.core.transactions import use_case

M = TypeVar("M", bound=Model)


def run(call: "partial[M]", *, model: type[M], by: User, key: str | None) -> M:
    """Call a use case, or return the current state of the result of an earlier call of `by` with the same key.

    The use case returns an instance of `model`. Raises as the use case, and as `idempotency.run_once`.
    """
    if key is None:
        return call()
    return _run_once(call, model=model, by=by, key=key)


@use_case
def _run_once(call: "partial[M]", *, model: type[M], by: User, key: str) -> M:
    locks.user_unread(by.pk)
    # The use case itself, without the transaction that it would open.
    body = inspect.unwrap(call.func)

    def run_body(**_: Any) -> M:
        result: M = body(**call.keywords)
        return result

    arguments = {name: value for name, value in call.keywords.items() if name != "by"}
    operation = f"{call.func.__module__}.{call.func.__qualname__}"
    return idempotency.run_once(run_body, model=model, operation=operation, key=key, by=by, **arguments)
