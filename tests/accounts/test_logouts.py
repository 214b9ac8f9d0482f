import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.accounts.tokens import RefreshToken
from cinema.core import clock
from tests.accounts.sessions import HOME, age_used_tokens, can_be_refreshed, family_of, is_logged_in, login
from tests.situations import a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_logout_ends_only_this_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout(by=ada, family=family_of(session), everywhere=False)
    assert not is_logged_in(session)
    assert not can_be_refreshed(session)
    assert is_logged_in(other)
    assert can_be_refreshed(other)


def test_logout_everywhere_ends_all_sessions_of_only_this_user(ada: User) -> None:
    a_user("grace")
    session, other, of_grace = login(), login(), login("grace")
    sessions.logout(by=ada, family=family_of(session), everywhere=True)
    assert [is_logged_in(each) for each in (session, other, of_grace)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, of_grace)] == [False, False, True]


@pytest.mark.postgresql("SQLite does not lock rows")
def test_the_user_is_locked_before_the_refresh_token(ada: User) -> None:
    """`logout` locks them in this order too, so the two cannot deadlock."""
    session = login()
    with CaptureQueriesContext(connection) as captured:
        sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)

    locked = [query["sql"].rpartition("FOR NO KEY UPDATE OF ")[2] for query in captured if "FOR NO KEY" in query["sql"]]
    assert locked == [f'"{model._meta.db_table}"' for model in (User, RefreshToken)]


def test_tokens_issued_for_the_state_before_logout_everywhere_are_invalid(ada: User) -> None:
    # Like the tokens of a concurrent login or refresh that read the user before.
    user_before = User.objects.get(pk=ada.pk)
    sessions.logout(by=ada, family=family_of(login()), everywhere=True)
    family = uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=user_before, family=family)
    access_token, expires_at = tokens.issue_access_token(user=user_before, family=family, now=clock.now())
    session = Session(access_token, refresh_token, expires_at, user_before)
    assert not is_logged_in(session)
    assert not can_be_refreshed(session)


def test_login_works_after_logout_everywhere(ada: User) -> None:
    session = login()
    sessions.logout(by=ada, family=family_of(session), everywhere=True)
    again = login()
    assert is_logged_in(again)
    assert can_be_refreshed(again)


def test_a_refresh_token_can_end_its_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=False)
    assert [is_logged_in(session), is_logged_in(other)] == [False, True]
    assert not can_be_refreshed(session)


def test_a_refresh_token_can_end_every_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert [is_logged_in(session), is_logged_in(other)] == [False, False]


def test_a_used_refresh_token_cannot_end_the_session(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token, address=HOME)
    age_used_tokens()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert is_logged_in(refreshed)


def test_a_client_whose_refresh_was_lost_can_log_out(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token, address=HOME)
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=False)
    assert not is_logged_in(refreshed)


def test_an_unknown_refresh_token_ends_nothing(ada: User) -> None:
    login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token="x", everywhere=True)
