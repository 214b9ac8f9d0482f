"""Limits on attempts: per account, per address, and per account and address.

The limits are `AccountRules.rates`. An attempt is counted before it is made, so that concurrent attempts cannot exceed
a limit. A refused attempt is not counted, so it does not delay later ones. Attempts for an account are counted by the
given name, so that a refusal does not reveal whether the account exists.
"""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from limits import RateLimitItem
from limits.strategies import FixedWindowRateLimiter

from cinema.accounts.errors import TooManyAttempts
from cinema.accounts.rules import rules
from cinema.accounts.throttle_storage import AttemptCount, DatabaseStorage
from cinema.core import clock, purging
from cinema.core.transactions import use_case
from cinema.runtime.client_addresses import client_key

BOTH = "account_and_address"

logger = logging.getLogger(__name__)

_storage = DatabaseStorage()
_limiter = FixedWindowRateLimiter(_storage)

# A rate, and the key of the attempts that count against it.
Limit = tuple[RateLimitItem, tuple[str, ...]]


@use_case
def count(action: str, *, address: str, account: object = None) -> None:
    """Count an attempt at `action`, one of `AccountRules.rates`, before it is made.

    `account` is the given name, or the primary key of a known user. Without it, only the address is counted.
    Raises `TooManyAttempts`, and then the attempt is not counted.
    """
    for scope, (rate, key) in _limits(action, account=account, address=address):
        if not _limiter.hit(rate, *key):
            ends_at = _limiter.get_window_stats(rate, *key).reset_time
            _log_lockout(action, scope, hash(key), ends_at)
            raise TooManyAttempts(_seconds_until(ends_at))


@contextmanager
def counting_failures(action: str, *, address: str, account: object) -> Iterator[None]:
    """Count the attempt made inside the block as a failure, unless the block ends without an exception.

    A success resets the failures for this account from this address. Raises `TooManyAttempts`.
    """
    count(action, account=account, address=address)
    yield
    _refund(action, account=account, address=address)


def purge(*, at_most: int) -> int:
    """Delete at most `at_most` counts whose window has ended. Returns the number deleted."""
    return purging.purge(AttemptCount.objects.filter(expires_at__lte=clock.Now()), at_most=at_most)


@use_case
def _refund(action: str, *, account: object, address: str) -> None:
    for scope, (rate, key) in _limits(action, account=account, address=address):
        if scope == BOTH:
            _limiter.clear(rate, *key)
        else:
            _storage.decr(rate.key_for(*key))


def _limits(action: str, *, account: object, address: str) -> list[tuple[str, Limit]]:
    """The limits and their keys. The order is always the same, so that locking the counts does not deadlock."""
    name, network = str(account).strip().lower(), client_key(address)
    keys = {"address": (network,), "account": (name,), BOTH: (network, name)}
    scopes = ["address"] if account is None else ["address", BOTH, "account"]
    rates = rules().rates[action]
    return [(scope, (rates[scope], (action, scope, *keys[scope]))) for scope in scopes if scope in rates]


@lru_cache(maxsize=1000)
def _log_lockout(action: str, scope: str, _: int, ends_at: float) -> None:
    """Log the first refusal in this process until a lockout ends: its arguments are the same for the others."""
    logger.warning(
        "%s: too many attempts per %s; more are refused for %d seconds",
        action,
        scope.replace("_", " "),
        _seconds_until(ends_at),
    )


def _seconds_until(ends_at: float) -> int:
    return max(1, math.ceil(ends_at - clock.now().timestamp()))
