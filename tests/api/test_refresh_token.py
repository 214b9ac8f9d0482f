import time
from datetime import timedelta

import limits
import pytest
from django.utils import timezone

from cinema.accounts import sessions
from cinema.accounts.sessions import Session
from cinema.models import RefreshToken, User
from tests.accounts.sessions import age_attempt_counts, age_used_tokens
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.situations import PASSWORD
from tests.stored import nothing_changes

REFRESH = """
mutation Refresh($input: RefreshTokenInput!) {
  refreshToken(input: $input) {
    __typename
    ... on Session {
      accessToken refreshToken expiresAt
      user { id username email isStaff }
    }
    ... on Problem { message }
    ... on TooManyAttempts { retryAfterSeconds }
  }
}
"""

INVALID = {
    "refreshToken": {
        "__typename": "InvalidRefreshToken",
        "message": "Your session has ended. Please log in again.",
    }
}


@pytest.fixture
def session(buyer: User) -> Session:
    return sessions.login(name=buyer.username, password=PASSWORD, address="127.0.0.1")


def is_logged_in(api: Api, access_token: str) -> bool:
    return "errors" not in Api(api.client, access_token)("{ me { id } }").body


def test_a_refresh_token_is_exchanged_for_new_tokens(api: Api, session: Session, buyer: User) -> None:
    refreshed = api(REFRESH, input={"refreshToken": session.refresh_token}).data["refreshToken"]
    assert refreshed == {
        "__typename": "Session",
        "accessToken": refreshed["accessToken"],
        "refreshToken": refreshed["refreshToken"],
        "expiresAt": refreshed["expiresAt"],
        "user": {"id": global_id(buyer), "username": buyer.username, "email": buyer.email, "isStaff": False},
    }
    assert refreshed["refreshToken"] != session.refresh_token
    assert is_logged_in(api, refreshed["accessToken"])


def test_a_refresh_whose_response_was_lost_can_be_repeated(api: Api, session: Session) -> None:
    first, second = (api(REFRESH, input={"refreshToken": session.refresh_token}).data["refreshToken"] for _ in range(2))
    assert first["refreshToken"] != second["refreshToken"]
    for refreshed in (first, second):
        assert is_logged_in(api, refreshed["accessToken"])
        again = api(REFRESH, input={"refreshToken": refreshed["refreshToken"]}).data["refreshToken"]
        assert is_logged_in(api, again["accessToken"])


def test_a_refresh_token_is_valid_once_and_then_ends_the_session(api: Api, session: Session) -> None:
    refreshed = api(REFRESH, input={"refreshToken": session.refresh_token}).data["refreshToken"]
    age_used_tokens()
    assert api(REFRESH, input={"refreshToken": session.refresh_token}).data == INVALID
    assert api(REFRESH, input={"refreshToken": refreshed["refreshToken"]}).data == INVALID
    assert not is_logged_in(api, refreshed["accessToken"])
    assert not is_logged_in(api, session.access_token)


def test_an_expired_access_token_does_not_prevent_refreshing(api: Api, session: Session) -> None:
    api.token = "not.a.token"
    response = api(REFRESH, input={"refreshToken": session.refresh_token})
    assert response.data["refreshToken"]["__typename"] == "Session"


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000])
def test_an_unknown_refresh_token_is_refused(api: Api, session: Session, token: str) -> None:
    with nothing_changes():
        response = api(REFRESH, input={"refreshToken": token})
    assert response.data == INVALID
    assert is_logged_in(api, session.access_token)


def test_an_access_token_is_refused_as_a_refresh_token(api: Api, session: Session) -> None:
    with nothing_changes():
        response = api(REFRESH, input={"refreshToken": session.access_token})
    assert response.data == INVALID
    assert is_logged_in(api, session.access_token)


def test_an_expired_refresh_token_is_refused(api: Api, session: Session) -> None:
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=31))
    assert api(REFRESH, input={"refreshToken": session.refresh_token}).data == INVALID
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_the_refresh_token_of_an_inactive_user_is_refused(api: Api, session: Session) -> None:
    User.objects.update(is_active=False)
    assert api(REFRESH, input={"refreshToken": session.refresh_token}).data == INVALID
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_too_many_refreshes_of_one_account_are_refused_and_use_no_token(
    api: Api, session: Session, change_rules: ChangeRules
) -> None:
    change_rules(rates={"refresh": {"account": limits.parse("2/hour"), "address": limits.parse("100/hour")}})
    token, since = session.refresh_token, time.monotonic()
    for number in range(2):
        api.client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        token = api(REFRESH, input={"refreshToken": token}).data["refreshToken"]["refreshToken"]
    with nothing_changes():
        refusal = api(REFRESH, input={"refreshToken": token}).data["refreshToken"]
    assert_too_many_attempts(refusal, window_seconds=60 * 60, since=since)
    age_attempt_counts(minutes=60)
    assert api(REFRESH, input={"refreshToken": token}).data["refreshToken"]["__typename"] == "Session"


def test_guesses_of_tokens_from_one_address_are_limited(api: Api, session: Session, change_rules: ChangeRules) -> None:
    change_rules(rates={"refresh": {"account": limits.parse("100/hour"), "address": limits.parse("2/hour")}})
    for token in ("x", "y"):
        assert api(REFRESH, input={"refreshToken": token}).data == INVALID
    with nothing_changes():
        response = api(REFRESH, input={"refreshToken": "z"})
    assert response.data["refreshToken"]["__typename"] == "TooManyAttempts"
    api.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    response = api(REFRESH, input={"refreshToken": session.refresh_token})
    assert response.data["refreshToken"]["__typename"] == "Session"
