"""How often something may be tried: for an account, from an address, and for an account from one address.

How often that is, `AccountRules.rates` says. An attempt is counted before it is made, so that many at once cannot slip
through between looking and counting. One that is refused is not counted: it makes nothing worse, for nobody.
Attempts are counted for accounts by the name that was given, so that nothing here tells whether there is such an
account.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItem
from limits.strategies import FixedWindowRateLimiter

from cinema.accounts.errors import TooManyAttempts
from cinema.accounts.rules import rules
from cinema.accounts.throttle_storage import AttemptCount, DatabaseStorage
from cinema.core import clock
from cinema.core.transactions import use_case
from cinema.runtime.client_addresses import client_key

BOTH = "account_and_address"

_storage = DatabaseStorage()
_limiter = FixedWindowRateLimiter(_storage)

# A rate, and whose attempts are counted against it.
Limit = tuple[RateLimitItem, tuple[str, ...]]


@use_case
def count(what: str, *, address: str, account: object = None) -> None:
    """Count an attempt at `what`, one of `AccountRules.rates`, before it is made.

    `account` is the name that was given, or the key of whoever is known; without one, only the address is looked at.
    Raises `TooManyAttempts`, and then the attempt is not counted.
    """
    for _, (rate, of_whom) in _limits(what, account=account, address=address):
        if not _limiter.hit(rate, *of_whom):
            raise TooManyAttempts(_seconds_left(rate, of_whom))


@contextmanager
def counting_failures(what: str, *, address: str, account: object) -> Iterator[None]:
    """Count what is attempted inside as a failure, unless it ends without an exception.

    A success forgets the failures for this account from this address. Raises what `count` does.
    """
    count(what, account=account, address=address)
    yield
    _refund(what, account=account, address=address)


@use_case
def purge(*, at_most: int) -> int:
    """Delete counts whose window has ended, at most so many; return how many."""
    ended = AttemptCount.objects.filter(expires_at__lte=clock.Now()).order_by("expires_at")
    # A count that is being written at this moment is skipped, not waited for.
    keys = ended.select_for_update(skip_locked=True).values_list("key", flat=True)[:at_most]
    deleted, _ = AttemptCount.objects.filter(key__in=list(keys)).delete()
    return deleted


@use_case
def _refund(what: str, *, account: object, address: str) -> None:
    for scope, (rate, of_whom) in _limits(what, account=account, address=address):
        if scope == BOTH:
            _limiter.clear(rate, *of_whom)
        else:
            _storage.decr(rate.key_for(*of_whom))


def _limits(what: str, *, account: object, address: str) -> list[tuple[str, Limit]]:
    """Every limit by its scope, in the one order in which all lock the counts, so that nobody waits in a circle."""
    name, network = str(account).strip().lower(), client_key(address)
    of_whom = {"address": (network,), "account": (name,), BOTH: (network, name)}
    scopes = ["address"] if account is None else ["address", BOTH, "account"]
    rates = rules().rates[what]
    return [(scope, (rates[scope], (what, scope, *of_whom[scope]))) for scope in scopes if scope in rates]


def _seconds_left(rate: RateLimitItem, of_whom: tuple[str, ...]) -> int:
    ends_at = _limiter.get_window_stats(rate, *of_whom).reset_time
    return max(1, math.ceil(ends_at - clock.now().timestamp()))
