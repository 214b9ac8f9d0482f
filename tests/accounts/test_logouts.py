import uuid

import pytest

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.core import clock
from tests.accounts.sessions import HOME, can_be_refreshed, family_of, is_signed_in, login
from tests.situations import a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def test_logging_out_ends_the_session_at_once_and_only_this_one(ada: User) -> None:
    session, other = login(), login()
    sessions.logout(by=ada, family=family_of(session), everywhere=False)
    assert not is_signed_in(session)
    assert not can_be_refreshed(session)
    assert is_signed_in(other)
    assert can_be_refreshed(other)


def test_logging_out_everywhere_ends_every_session_of_the_user_and_of_nobody_else(ada: User) -> None:
    a_user("grace")
    session, other, somebody_elses = login(), login(), login("grace")
    sessions.logout(by=ada, family=family_of(session), everywhere=True)
    assert [is_signed_in(each) for each in (session, other, somebody_elses)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, somebody_elses)] == [False, False, True]


def test_a_session_begun_with_what_was_known_before_logging_out_everywhere_is_over(ada: User) -> None:
    # As by a login or a refresh that was under way meanwhile.
    known_before = User.objects.get(pk=ada.pk)
    sessions.logout(by=ada, family=family_of(login()), everywhere=True)
    family = uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=known_before, family=family)
    access_token, expires_at = tokens.issue_access_token(user=known_before, family=family, now=clock.now())
    session = Session(access_token, refresh_token, expires_at, known_before)
    assert not is_signed_in(session)
    assert not can_be_refreshed(session)


def test_after_logging_out_everywhere_one_can_sign_in_again(ada: User) -> None:
    session = login()
    sessions.logout(by=ada, family=family_of(session), everywhere=True)
    again = login()
    assert is_signed_in(again)
    assert can_be_refreshed(again)


def test_a_refresh_token_alone_ends_its_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=False)
    assert [is_signed_in(session), is_signed_in(other)] == [False, True]
    assert not can_be_refreshed(session)


def test_a_refresh_token_alone_ends_every_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert [is_signed_in(session), is_signed_in(other)] == [False, False]


def test_a_refresh_token_that_is_used_up_does_not_end_the_session(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token, address=HOME)
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert is_signed_in(refreshed)


def test_an_unknown_refresh_token_ends_nothing(ada: User) -> None:
    login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token="x", everywhere=True)
