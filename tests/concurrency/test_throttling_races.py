"""Concurrent guesses of a password are limited like sequential guesses.

The controls come first: checking the count before counting lets every guess through, and reading the count before
writing the next one loses counts.
"""

from collections import Counter
from functools import partial
from typing import Any

import limits
import pytest
from limits.strategies import FixedWindowRateLimiter

from cinema.accounts import sessions, throttling
from cinema.accounts.errors import InvalidCredentials, TooManyAttempts
from cinema.accounts.sessions import Session
from cinema.accounts.throttle_storage import DatabaseStorage
from cinema.models import AttemptCount, User
from tests.concurrency.controls import after_all_called
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race
from tests.rules import ChangeRules
from tests.situations import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "192.0.2.1"
LIMIT = 3
GUESSES = 8


@pytest.fixture(autouse=True)
def _low_limit(change_rules: ChangeRules) -> None:
    change_rules(rates={"login": {"account_and_address": limits.parse(f"{LIMIT}/15 minutes")}})


def logging_in(user: User, password: str) -> partial[Session]:
    return partial(sessions.login, name=user.username, password=password, address=ADDRESS)


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def stored_counts() -> list[int]:
    return list(AttemptCount.objects.values_list("count", flat=True))


@many_writers
def test_checking_before_counting_lets_every_guess_through(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    check_together = after_all_called(FixedWindowRateLimiter.test, GUESSES)
    monkeypatch.setattr(FixedWindowRateLimiter, "hit", check_together)

    results = race(*[logging_in(buyer, "wrong")] * GUESSES)

    assert kinds(results) == {InvalidCredentials: GUESSES}


@lost_only_in_read_committed
@many_writers
def test_reading_before_writing_loses_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_and_write(storage: DatabaseStorage, key: str, expiry: int, amount: int = 1) -> int:
        count: int = read(storage, key) + amount
        AttemptCount.objects.update(count=count)
        return count

    count = partial(throttling.count, "login", account="ada", address=ADDRESS)
    count()
    read = after_all_called(DatabaseStorage.get, 2)
    monkeypatch.setattr(DatabaseStorage, "incr", read_and_write)

    assert race(count, count) == [None, None]
    assert stored_counts() == [2]


def test_number_of_concurrent_guesses_is_limited(buyer: User) -> None:
    results = race(*[logging_in(buyer, "wrong")] * GUESSES)

    assert kinds(results) == {InvalidCredentials: LIMIT, TooManyAttempts: GUESSES - LIMIT}
    assert stored_counts() == [LIMIT]


def test_number_of_concurrent_guesses_from_one_address_is_limited(change_rules: ChangeRules) -> None:
    rate = limits.parse(f"{LIMIT}/15 minutes")
    change_rules(rates={"login": dict.fromkeys(("address", "account_and_address", "account"), rate)})
    login = partial(sessions.login, password="wrong", address=ADDRESS)

    results = race(*[partial(login, name=f"user{number}") for number in range(GUESSES)])

    assert kinds(results) == {InvalidCredentials: LIMIT, TooManyAttempts: GUESSES - LIMIT}
    # The address has one count. Each accepted guess has a count for the name, and one for the name with the address.
    assert sorted(stored_counts()) == [1] * (2 * LIMIT) + [LIMIT]


def test_concurrent_successful_logins_are_not_counted(buyer: User) -> None:
    for _ in range(3):
        results = race(*[logging_in(buyer, PASSWORD)] * LIMIT)

        assert kinds(results) == {Session: LIMIT}
        assert stored_counts() == []
