import time

from cinema.accounts.rules import rules as account_rules
from cinema.models import User
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, global_id
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

CHANGE_PASSWORD = """
mutation ChangePassword($input: ChangePasswordInput!) {
  changePassword(input: $input) {
    __typename
    ... on Session {
      accessToken refreshToken expiresAt
      user { id username email isStaff }
    }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on TooManyAttempts { retryAfterSeconds }
  }
}
"""

NEW_PASSWORD = "a-seat-in-the-last-row"
CHANGE = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}


def test_a_new_password_ends_every_session_and_starts_one(api: Api, buyer: User) -> None:
    here, there = api.logged_in_as(buyer), api.logged_in_as(buyer)
    session = here(CHANGE_PASSWORD, input=CHANGE).data["changePassword"]
    assert session == {
        "__typename": "Session",
        "accessToken": session["accessToken"],
        "refreshToken": session["refreshToken"],
        "expiresAt": session["expiresAt"],
        "user": {"id": global_id(buyer), "username": buyer.username, "email": buyer.email, "isStaff": False},
    }
    assert here("{ me { id } }").code == "UNAUTHENTICATED"
    assert there("{ me { id } }").code == "UNAUTHENTICATED"
    here.token = session["accessToken"]
    assert here("{ me { id } }").data == {"me": {"id": global_id(buyer)}}


def test_the_new_password_is_stored(api: Api, buyer: User) -> None:
    api.logged_in_as(buyer)(CHANGE_PASSWORD, input=CHANGE)
    buyer.refresh_from_db()
    assert buyer.check_password(NEW_PASSWORD)


def test_a_wrong_current_password_is_refused(api: Api, buyer: User) -> None:
    as_buyer = api.logged_in_as(buyer)
    with nothing_changes():
        response = as_buyer(CHANGE_PASSWORD, input={**CHANGE, "currentPassword": "wrong"})
    message = "The current password is wrong."
    assert response.data == {
        "changePassword": {
            "__typename": "InvalidInput",
            "message": message,
            "fields": [{"field": "currentPassword", "code": "password_incorrect", "message": message}],
        }
    }
    assert as_buyer("{ me { id } }").data == {"me": {"id": global_id(buyer)}}


def test_a_weak_new_password_is_refused_and_the_session_continues(api: Api, buyer: User) -> None:
    as_buyer = api.logged_in_as(buyer)
    response = as_buyer(CHANGE_PASSWORD, input={**CHANGE, "newPassword": "password1"})
    message = "This password is too common."
    assert response.data == {
        "changePassword": {
            "__typename": "InvalidInput",
            "message": message,
            "fields": [{"field": "newPassword", "code": "password_too_common", "message": message}],
        }
    }
    assert as_buyer("{ me { id } }").data == {"me": {"id": global_id(buyer)}}
    buyer.refresh_from_db()
    assert buyer.check_password(PASSWORD)


def test_guesses_of_the_current_password_are_limited(api: Api, buyer: User) -> None:
    as_buyer, since = api.logged_in_as(buyer), time.monotonic()
    for _ in range(account_rules().rates["change_password"]["account"].amount):
        as_buyer(CHANGE_PASSWORD, input={**CHANGE, "currentPassword": "wrong"})
    with nothing_changes():
        for current in ("wrong", PASSWORD):
            refusal = as_buyer(CHANGE_PASSWORD, input={**CHANGE, "currentPassword": current}).data["changePassword"]
            assert_too_many_attempts(refusal, window_seconds=15 * 60, since=since)


def test_changing_the_password_requires_login(api: Api) -> None:
    a_user()
    with nothing_changes():
        response = api(CHANGE_PASSWORD, input=CHANGE)
    assert response.code == "UNAUTHENTICATED"
