"""Concurrent signups with the same name, and concurrent uses of the same refresh token.

The controls come first: without the constraint a name is taken twice, and without the lock a token is used twice.
"""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from cinema.accounts import locks, registration, sessions
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.sessions import Session
from cinema.core.clock import Now
from cinema.core.errors import InvalidInput
from cinema.models import RefreshToken, User
from tests import situations
from tests.concurrency.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def signing_up(username: str, email: str) -> partial[Session]:
    return partial(sessions.signup, username=username, email=email, password=situations.PASSWORD, address="127.0.0.1")


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


def test_without_the_constraint_a_name_is_taken_twice() -> None:
    """Both signups check the name before either is stored."""
    ann, other = (
        registration.check(username=name, email=email, password=situations.PASSWORD)
        for name, email in (("ann", "ann@example.com"), ("ANN", "other@example.com"))
    )
    constraint = next(c for c in User._meta.constraints if c.name == "one_user_per_username")
    with connection.schema_editor() as editor:
        editor.remove_constraint(User, constraint)
    try:
        with transaction.atomic():
            registration.create(ann)
            registration.create(other)
        assert User.objects.known_as("ann").count() == 2
    finally:
        User.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(User, constraint)


def test_one_of_many_signups_gets_a_name() -> None:
    results = race(*[signing_up(name, f"{n}@example.com") for n, name in enumerate(["ann", "Ann", "ANN", "anN"])])

    assert kinds(results) == {Session: 1, InvalidInput: 3}
    assert User.objects.known_as("ann").count() == 1
    assert User.objects.count() == 1


def test_one_of_many_signups_gets_an_email_address() -> None:
    results = race(*[signing_up(f"user{n}", email) for n, email in enumerate(["a@b.example", "A@B.example"] * 2)])

    assert kinds(results) == {Session: 1, InvalidInput: 3}
    assert User.objects.count() == 1


def test_without_the_lock_a_token_is_used_twice(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both calls read the token before either uses it, which the lock on its row prevents."""
    session = sessions.login(name=buyer.username, password=situations.PASSWORD, address="127.0.0.1")
    both_read = iter(
        [RefreshToken.objects.annotate(read_at=Now()).select_related("user").get(user=buyer) for _ in range(2)]
    )
    monkeypatch.setattr(locks, "refresh_token", lambda token: next(both_read))

    results = [sessions.refresh(token=session.refresh_token, address="127.0.0.1") for _ in range(2)]

    assert kinds(results) == {Session: 2}
    assert RefreshToken.objects.filter(user=buyer, revoked=None).count() == 2


def test_second_use_of_a_refresh_token_ends_the_session(buyer: User) -> None:
    for _ in range(5):
        session = sessions.login(name=buyer.username, password=situations.PASSWORD, address="127.0.0.1")

        results = race(*[partial(sessions.refresh, token=session.refresh_token, address="127.0.0.1") for _ in range(4)])

        assert kinds(results) == {Session: 1, InvalidRefreshToken: 3}
        (winner,) = [result for result in results if isinstance(result, Session)]
        with pytest.raises(InvalidRefreshToken):
            sessions.refresh(token=winner.refresh_token, address="127.0.0.1")
        assert not RefreshToken.objects.filter(user=buyer, revoked=None).exists()
