import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cinema.accounts.rules import rules as account_rules
from cinema.models import User
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, global_id
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

LIMIT = account_rules().rates["login"]["account_and_address"].amount

LOGIN = """
mutation Login($input: LoginInput!) {
  login(input: $input) {
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

INVALID_CREDENTIALS = {
    "login": {
        "__typename": "InvalidCredentials",
        "message": "Wrong username, email or password.",
    }
}


@pytest.fixture
def ada(db: None) -> User:
    return a_user("Ada")


@pytest.mark.parametrize("name", ["Ada", "ADA", "ada@example.com", "Ada@Example.COM"])
def test_a_user_logs_in_by_username_or_email(api: Api, ada: User, name: str) -> None:
    session = api(LOGIN, input={"username": name, "password": PASSWORD}).data["login"]
    assert session == {
        "__typename": "Session",
        "accessToken": session["accessToken"],
        "refreshToken": session["refreshToken"],
        "expiresAt": session["expiresAt"],
        "user": {"id": global_id(ada), "username": "Ada", "email": "ada@example.com", "isStaff": False},
    }
    api.token = session["accessToken"]
    assert api("{ me { id } }").data == {"me": {"id": global_id(ada)}}


def test_an_access_token_expires_after_15_minutes(api: Api, ada: User) -> None:
    before = timezone.now().replace(microsecond=0)
    session = api(LOGIN, input={"username": "ada", "password": PASSWORD}).data["login"]
    expires_at = datetime.fromisoformat(session["expiresAt"])
    assert expires_at.tzinfo == UTC
    lifetime = timedelta(minutes=15)
    assert before + lifetime <= expires_at <= timezone.now() + lifetime


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Ada", "wrong"),
        ("Ada", ""),
        ("unknown", PASSWORD),
        ("unknown@example.com", PASSWORD),
        ("", ""),
        ("x" * 300, "x"),
    ],
)
def test_an_unknown_user_and_a_wrong_password_get_the_same_response(
    api: Api, ada: User, name: str, password: str
) -> None:
    with nothing_changes():
        response = api(LOGIN, input={"username": name, "password": password})
    assert response.data == INVALID_CREDENTIALS


def test_an_inactive_user_gets_the_same_response(api: Api) -> None:
    a_user("grace", is_active=False)
    with nothing_changes():
        response = api(LOGIN, input={"username": "grace", "password": PASSWORD})
    assert response.data == INVALID_CREDENTIALS


def test_after_too_many_failures_the_response_says_how_long_to_wait(api: Api, ada: User) -> None:
    since = time.monotonic()
    for _ in range(LIMIT):
        response = api(LOGIN, input={"username": "ada", "password": "wrong"})
        assert response.data == INVALID_CREDENTIALS
    for password in ("wrong", PASSWORD):
        with nothing_changes():
            refusal = api(LOGIN, input={"username": "ada", "password": password}).data["login"]
        assert_too_many_attempts(refusal, window_seconds=15 * 60, since=since)


def test_a_user_locked_out_at_one_address_logs_in_from_another(api: Api, ada: User) -> None:
    for _ in range(LIMIT):
        api(LOGIN, input={"username": "ada", "password": "wrong"})
    api.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    response = api(LOGIN, input={"username": "ada", "password": PASSWORD})
    assert response.data["login"]["__typename"] == "Session"


def test_a_forged_client_address_is_ignored(api: Api, ada: User) -> None:
    for attempt in range(LIMIT + 1):
        body = {"query": LOGIN, "variables": {"input": {"username": "ada", "password": "wrong"}}}
        response = api.post(body, **{"X-Forwarded-For": f"192.0.2.{attempt}"})
    assert response.data["login"]["__typename"] == "TooManyAttempts"


@pytest.mark.parametrize("token", ["garbage", "a.b.c"])
def test_an_invalid_token_does_not_prevent_logging_in(api: Api, ada: User, token: str) -> None:
    api.token = token
    response = api(LOGIN, input={"username": "ada", "password": PASSWORD})
    assert response.data["login"]["__typename"] == "Session"
