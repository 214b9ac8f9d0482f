"""Sessions and links use only the database's clock, even if the clock of the process is wrong."""

import datetime as dt
from datetime import timedelta, tzinfo
from typing import Any

import django.contrib.auth.tokens
import django.utils.timezone
import graphql_jwt.utils
import jwt.api_jwt
import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from cinema.accounts import links, recovery, sessions, tokens
from cinema.accounts.errors import InvalidLink, TokenExpired
from cinema.accounts.models import User
from cinema.accounts.tokens import RefreshToken
from cinema.core import clock
from tests.accounts.sessions import HOME, can_be_refreshed, is_logged_in, login
from tests.situations import PASSWORD

pytestmark = pytest.mark.django_db

YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


def shift_process_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Make the process clock wrong, for this project and for the libraries that read it."""

    class Wrong(dt.datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return dt.datetime.now(tz) + by

        @classmethod
        def utcnow(cls) -> Any:
            return dt.datetime.now(dt.UTC).replace(tzinfo=None) + by

    for module in (django.contrib.auth.tokens, django.utils.timezone, graphql_jwt.utils, jwt.api_jwt):
        monkeypatch.setattr(module, "datetime", Wrong)


@pytest.fixture(params=[YEAR, -YEAR], ids=["fast", "slow"])
def _wrong_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    shift_process_clock(monkeypatch, request.param)


wrong_clock = pytest.mark.usefixtures("_wrong_clock")


def is_about_now(moment: dt.datetime | None) -> bool:
    return moment is not None and abs(moment - clock.now()) < MINUTE


@wrong_clock
def test_a_session_has_its_usual_lifetime(ada: User) -> None:
    session = login()
    assert is_about_now(session.expires_at - timedelta(minutes=15))
    assert is_logged_in(session)
    assert can_be_refreshed(session)


@wrong_clock
def test_an_access_token_expires(ada: User, settings: Any) -> None:
    settings.GRAPHQL_JWT = {**settings.GRAPHQL_JWT, "JWT_EXPIRATION_DELTA": timedelta(seconds=-1)}
    session = login()
    with pytest.raises(TokenExpired):
        tokens.read_access_token(session.access_token)


@wrong_clock
def test_a_refresh_token_expires_after_thirty_days(ada: User) -> None:
    good, expired = login(), login()
    rows = RefreshToken.objects.order_by("pk")
    RefreshToken.objects.filter(pk=rows[0].pk).update(created=F("created") - timedelta(days=30) + MINUTE)
    RefreshToken.objects.filter(pk=rows[1].pk).update(created=F("created") - timedelta(days=30, seconds=1))
    assert can_be_refreshed(good)
    assert not can_be_refreshed(expired)


@wrong_clock
def test_tokens_have_times_of_the_database(ada: User) -> None:
    sessions.refresh(token=login().refresh_token, address=HOME)
    first, second = RefreshToken.objects.order_by("pk")
    assert is_about_now(first.created)
    assert is_about_now(first.revoked)
    assert is_about_now(second.created)


@wrong_clock
def test_the_end_of_a_session_has_the_time_of_the_database(ada: User) -> None:
    session = login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert is_about_now(RefreshToken.objects.get().revoked)


@wrong_clock
def test_a_new_account_has_the_time_of_the_database() -> None:
    sessions.signup(username="Bob", email="bob@example.com", password=PASSWORD, address=HOME)
    assert is_about_now(User.objects.get().date_joined)


@wrong_clock
def test_a_login_has_the_time_of_the_database(ada: User) -> None:
    login()
    assert is_about_now(User.objects.get().last_login)


@wrong_clock
def test_an_admin_login_has_the_time_of_the_database(ada: User) -> None:
    User.objects.update(is_staff=True)
    form = {"username": "Ada", "password": PASSWORD}
    assert Client().post(reverse("admin:login"), form).status_code == 302
    assert is_about_now(User.objects.get().last_login)


@pytest.mark.parametrize("by", [YEAR, -YEAR], ids=["fast", "slow"])
def test_a_new_link_is_valid(ada: User, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    reset, verification = links.PASSWORD_RESET.token(ada), links.VERIFICATION.token(ada)

    shift_process_clock(monkeypatch, by)

    assert links.PASSWORD_RESET.user_for_token(reset) == ada
    assert recovery.verify_email(token=verification, address=HOME) == ada


@pytest.mark.parametrize("link", [links.PASSWORD_RESET, links.VERIFICATION], ids=["reset", "verify"])
@pytest.mark.parametrize(("seconds", "is_valid"), [(3 * 3600 - 60, True), (3 * 3600 + 60, False)])
def test_a_link_expires_by_the_database_clock(
    ada: User, link: links.Link, monkeypatch: pytest.MonkeyPatch, seconds: int, *, is_valid: bool
) -> None:
    token = link.token(ada)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=seconds))
    if is_valid:
        assert link.user_for_token(token) == ada
    else:
        with pytest.raises(InvalidLink):
            link.user_for_token(token)


def test_reading_an_access_token_takes_one_statement(ada: User, django_assert_num_queries: Any) -> None:
    session = login()
    with django_assert_num_queries(1):
        tokens.read_access_token(session.access_token)
