"""A call that is sent again is done again, as if it had no key."""

from collections.abc import Callable
from typing import Any

from cinema.accounts.models import User
from cinema.booking import keys, locks
from cinema.booking.models import Booking


def plant() -> None:
    keys.once = _once


def _once(act: Callable[..., Booking], *, operation: str, key: str | None, by: User, **given: Any) -> Booking:
    locks.user(by)
    return act(by=by, **given)
