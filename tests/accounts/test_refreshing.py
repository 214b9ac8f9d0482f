from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.models import User
from cinema.accounts.tokens import RefreshToken
from tests.accounts.sessions import HOME, age_used_tokens, can_be_refreshed, family_of, is_logged_in, login
from tests.rules import ChangeRules
from tests.situations import PASSWORD
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_each_refresh_returns_new_tokens(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token, address=HOME)
    third = sessions.refresh(token=second.refresh_token, address=HOME)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.user == ada
    assert is_logged_in(third)


def test_a_refresh_continues_the_session(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token, address=HOME)
    assert tokens.read_access_token(refreshed.access_token) == tokens.read_access_token(session.access_token)


def test_reusing_a_refresh_token_ends_the_whole_family(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token, address=HOME)
    third = sessions.refresh(token=second.refresh_token, address=HOME)
    age_used_tokens()
    assert not can_be_refreshed(first)
    assert not can_be_refreshed(third)
    assert [is_logged_in(session) for session in (first, second, third)] == [False, False, False]


def test_reusing_a_refresh_token_keeps_other_sessions(ada: User) -> None:
    stolen, other = login(), login()
    sessions.refresh(token=stolen.refresh_token, address=HOME)
    age_used_tokens()
    assert not can_be_refreshed(stolen)
    assert is_logged_in(other)
    assert can_be_refreshed(other)


def test_a_refresh_can_be_repeated_for_ten_seconds_after_the_first(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token, address=HOME)
    age_used_tokens(seconds=5)
    repeated = sessions.refresh(token=first.refresh_token, address=HOME)
    assert len({first.refresh_token, second.refresh_token, repeated.refresh_token}) == 3
    assert family_of(repeated) == family_of(first)
    # A repetition does not extend the time.
    age_used_tokens(seconds=6)
    assert not can_be_refreshed(first)
    assert [is_logged_in(session) for session in (first, second, repeated)] == [False, False, False]


def test_two_tabs_that_refresh_with_one_token_both_continue(ada: User) -> None:
    first = login()
    tabs = [sessions.refresh(token=first.refresh_token, address=HOME) for _ in range(2)]
    age_used_tokens(seconds=60)
    tabs = [sessions.refresh(token=tab.refresh_token, address=HOME) for tab in tabs]
    assert [is_logged_in(tab) for tab in tabs] == [True, True]
    # A later use of the first token ends the sessions of both.
    assert not can_be_refreshed(first)
    assert [is_logged_in(tab) for tab in tabs] == [False, False]


def test_a_refresh_cannot_be_repeated_after_a_logout(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token, address=HOME)
    sessions.logout(by=ada, family=family_of(second), everywhere=False)
    assert not can_be_refreshed(first)
    assert not can_be_refreshed(second)


def test_a_refresh_cannot_be_repeated_after_a_new_password_or_by_an_inactive_user(ada: User) -> None:
    first, other = login(), login()
    for session in (first, other):
        sessions.refresh(token=session.refresh_token, address=HOME)
    User.objects.update(is_active=False)
    assert not can_be_refreshed(first)
    User.objects.update(is_active=True)
    sessions.change_password(by=ada, current=PASSWORD, new="another-movie-and-popcorn", address=HOME)
    assert not can_be_refreshed(other)


def test_repeated_refreshes_can_be_turned_off(ada: User, change_rules: ChangeRules) -> None:
    change_rules(refresh_repeat_period=timedelta())
    first = login()
    second = sessions.refresh(token=first.refresh_token, address=HOME)
    assert not can_be_refreshed(first)
    assert not is_logged_in(second)


def test_a_refresh_token_is_valid_for_thirty_days(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=30) + timedelta(minutes=1))
    assert can_be_refreshed(session)


def test_a_refresh_token_older_than_thirty_days_is_refused(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=30, seconds=2))
    assert not can_be_refreshed(session)


def test_a_refresh_starts_a_new_period_of_thirty_days(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=29))
    sessions.refresh(token=session.refresh_token, address=HOME)
    assert timezone.now() - RefreshToken.objects.latest("pk").created < timedelta(minutes=1)


def test_a_deactivated_user_cannot_refresh(ada: User) -> None:
    session = login()
    User.objects.update(is_active=False)
    assert not can_be_refreshed(session)
    User.objects.update(is_active=True)
    assert not can_be_refreshed(session)


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "é", "\ud800", "\0"])
def test_an_unknown_refresh_token_is_refused(ada: User, token: str) -> None:
    login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=token, address=HOME)


def test_an_access_token_cannot_be_used_to_refresh(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=session.access_token, address=HOME)
    assert is_logged_in(session)


def test_the_stored_hash_cannot_be_used_to_refresh(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=RefreshToken.objects.get(family=family_of(session)).token, address=HOME)
