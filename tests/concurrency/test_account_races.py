"""Concurrent signups with the same name, and concurrent uses of the same refresh token.

The controls come first: without the constraint a name is taken twice, and without the locks a token is used twice, and
survives a logout.
"""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from cinema.accounts import locks, registration, sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.sessions import Session
from cinema.core.clock import Now
from cinema.core.errors import InvalidInput
from cinema.models import RefreshToken, User
from tests import situations
from tests.accounts.sessions import age_used_tokens
from tests.concurrency.racing import after, interleave, lost_only_in_read_committed, many_writers, race
from tests.rules import ChangeRules

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


def log_in(buyer: User) -> Session:
    return sessions.login(name=buyer.username, password=situations.PASSWORD, address="127.0.0.1")


def refreshing(session: Session) -> partial[Session]:
    return partial(sessions.refresh, token=session.refresh_token, address="127.0.0.1")


def logging_out(buyer: User, session: Session) -> partial[None]:
    _, family = tokens.read_access_token(session.access_token)
    return partial(sessions.logout, by=buyer, family=family, everywhere=False)


def live_tokens(buyer: User) -> int:
    return int(RefreshToken.objects.filter(user=buyer, revoked=None).count())


def test_without_the_lock_a_token_is_used_twice(
    buyer: User, monkeypatch: pytest.MonkeyPatch, change_rules: ChangeRules
) -> None:
    """Both calls read the token before either uses it, which the lock on its row prevents."""
    change_rules(refresh_repeat_period=timedelta())
    session = log_in(buyer)
    both_read = iter(
        [RefreshToken.objects.annotate(read_at=Now()).select_related("user").get(user=buyer) for _ in range(2)]
    )
    monkeypatch.setattr(locks, "refresh_token", lambda token: next(both_read))

    results = [refreshing(session)() for _ in range(2)]

    assert kinds(results) == {Session: 2}
    assert live_tokens(buyer) == 2


def test_second_use_of_a_refresh_token_ends_the_session(buyer: User, change_rules: ChangeRules) -> None:
    change_rules(refresh_repeat_period=timedelta())
    for _ in range(5):
        session = log_in(buyer)

        results = race(*[refreshing(session)] * 4)

        assert kinds(results) == {Session: 1, InvalidRefreshToken: 3}
        (winner,) = [result for result in results if isinstance(result, Session)]
        with pytest.raises(InvalidRefreshToken):
            refreshing(winner)()
        assert live_tokens(buyer) == 0


def test_tabs_that_refresh_at_the_same_time_all_continue(buyer: User) -> None:
    session = log_in(buyer)

    tabs = race(*[refreshing(session)] * 4)

    assert kinds(tabs) == {Session: 4}
    assert live_tokens(buyer) == 4
    age_used_tokens()
    tabs = race(*[refreshing(tab) for tab in tabs if isinstance(tab, Session)])
    assert kinds(tabs) == {Session: 4}
    # The token that they shared ends all of their sessions when it is used later.
    with pytest.raises(InvalidRefreshToken):
        refreshing(session)()
    assert live_tokens(buyer) == 0


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_a_refresh_survives_a_logout(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The logout does not see the token that the refresh adds."""
    session = log_in(buyer)
    monkeypatch.setattr(locks, "user_of_refresh_token", lambda token: None)

    result = interleave(
        refreshing(session), logging_out(buyer, session), after(tokens, "issue_refresh_token"), monkeypatch
    )

    assert isinstance(result.first, Session)
    assert live_tokens(buyer) == 1


@many_writers
def test_a_logout_waits_for_a_refresh_and_ends_it(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = log_in(buyer)

    result = interleave(
        refreshing(session), logging_out(buyer, session), after(tokens, "issue_refresh_token"), monkeypatch
    )

    assert result.other_waited
    assert isinstance(result.first, Session)
    assert live_tokens(buyer) == 0


def test_a_logout_ends_concurrent_and_repeated_refreshes(buyer: User) -> None:
    for _ in range(5):
        session = log_in(buyer)
        refreshing(session)()

        results = race(refreshing(session), logging_out(buyer, session), refreshing(session))

        assert kinds(results).keys() <= {Session, InvalidRefreshToken, type(None)}
        assert live_tokens(buyer) == 0
