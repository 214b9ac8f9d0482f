"""Many guesses at the same moment are not more guesses.

The controls come first: who looks at the count and counts afterwards lets all of them through, and who reads it and
writes what comes next loses some.
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
from tests.concurrency.controls import when_all_have
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race
from tests.rules import ChangeRules
from tests.situations import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "192.0.2.1"
LIMIT = 3
RIVALS = 8


@pytest.fixture(autouse=True)
def _few_failures(change_rules: ChangeRules) -> None:
    change_rules(rates={"login": {"account_and_address": limits.parse(f"{LIMIT}/15 minutes")}})


def signing_in(user: User, password: str) -> partial[Session]:
    return partial(sessions.login, name=user.username, password=password, address=ADDRESS)


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def counted() -> list[int]:
    return list(AttemptCount.objects.values_list("count", flat=True))


@many_writers
def test_looking_first_and_counting_afterwards_lets_every_guess_through(
    buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = when_all_have(FixedWindowRateLimiter.test, RIVALS)
    monkeypatch.setattr(FixedWindowRateLimiter, "hit", looked)

    results = race(*[signing_in(buyer, "wrong")] * RIVALS)

    assert kinds(results) == {InvalidCredentials: RIVALS}


@lost_only_in_read_committed
@many_writers
def test_reading_the_count_and_writing_the_next_loses_some(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_and_write(storage: DatabaseStorage, key: str, expiry: int, amount: int = 1) -> int:
        count: int = read(storage, key) + amount
        AttemptCount.objects.update(count=count)
        return count

    count = partial(throttling.count, "login", account="ada", address=ADDRESS)
    count()
    read = when_all_have(DatabaseStorage.get, 2)
    monkeypatch.setattr(DatabaseStorage, "incr", read_and_write)

    assert race(count, count) == [None, None]
    assert counted() == [2]


def test_of_many_guesses_at_once_no_more_get_through_than_one_after_the_other(buyer: User) -> None:
    results = race(*[signing_in(buyer, "wrong")] * RIVALS)

    assert kinds(results) == {InvalidCredentials: LIMIT, TooManyAttempts: RIVALS - LIMIT}
    assert counted() == [LIMIT]


def test_of_many_names_guessed_at_once_from_one_address_no_more_get_through(change_rules: ChangeRules) -> None:
    rate = limits.parse(f"{LIMIT}/15 minutes")
    change_rules(rates={"login": dict.fromkeys(("address", "account_and_address", "account"), rate)})
    login = partial(sessions.login, password="wrong", address=ADDRESS)

    results = race(*[partial(login, name=f"somebody{number}") for number in range(RIVALS)])

    assert kinds(results) == {InvalidCredentials: LIMIT, TooManyAttempts: RIVALS - LIMIT}
    # One of the address, and for each that got through one of the name and one of both.
    assert sorted(counted()) == [1] * (2 * LIMIT) + [LIMIT]


def test_whoever_signs_in_many_times_at_once_is_not_counted(buyer: User) -> None:
    for _ in range(3):
        results = race(*[signing_in(buyer, PASSWORD)] * LIMIT)

        assert kinds(results) == {Session: LIMIT}
        assert counted() == []
