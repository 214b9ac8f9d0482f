import time
from typing import Any

import limits
import pytest

from cinema.accounts import registration
from cinema.accounts.registration import NewAccount
from cinema.models import User
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

SIGNUP = """
mutation Signup($input: SignupInput!) {
  signup(input: $input) {
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


def new_account(**changes: str) -> dict[str, str]:
    return {"username": "Ada", "email": "Ada@Example.com", "password": PASSWORD, **changes}


def invalid(*fields: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "signup": {
            "__typename": "InvalidInput",
            "message": " ".join(message for _, _, message in fields),
            "fields": [{"field": field, "code": code, "message": message} for field, code, message in fields],
        }
    }


def test_signing_up_logs_in(api: Api) -> None:
    response = api(SIGNUP, input=new_account())
    session = response.data["signup"]
    user = User.objects.get()
    assert session == {
        "__typename": "Session",
        "accessToken": session["accessToken"],
        "refreshToken": session["refreshToken"],
        "expiresAt": session["expiresAt"],
        "user": {"id": global_id(user), "username": "Ada", "email": "ada@example.com", "isStaff": False},
    }
    api.token = session["accessToken"]
    assert api("{ me { username } }").data == {"me": {"username": "Ada"}}


def test_the_password_is_stored(api: Api) -> None:
    api(SIGNUP, input=new_account())
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("username", ["Ada", "ADA"])
def test_a_taken_username_is_refused(api: Api, username: str) -> None:
    a_user("ada")
    with nothing_changes():
        response = api(SIGNUP, input=new_account(username=username, email="other@example.com"))
    assert response.data == invalid(("username", "unique", "This username is taken."))


def test_an_email_in_use_is_refused(api: Api) -> None:
    a_user("ada")
    with nothing_changes():
        response = api(SIGNUP, input=new_account(username="other", email="ADA@example.com"))
    assert response.data == invalid(("email", "unique", "This email is in use."))


def test_all_errors_are_returned_by_field(api: Api) -> None:
    with nothing_changes():
        response = api(SIGNUP, input={"username": "ada@home", "email": "home", "password": "12345"})
    assert response.data == invalid(
        ("username", "invalid", "A username is made of letters, digits and the characters _ . + -"),
        ("email", "invalid", "Enter a valid email address."),
        (
            "password",
            "password_too_short",
            "This password is too short. It must contain at least 8 characters.",
        ),
        ("password", "password_too_common", "This password is too common."),
        ("password", "password_entirely_numeric", "This password is entirely numeric."),
    )


def test_a_username_taken_by_a_concurrent_signup_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    check = registration.check

    def check_before_another_signup(**fields: str) -> NewAccount:
        monkeypatch.undo()
        account = check(**fields)
        a_user("ada")
        return account

    monkeypatch.setattr(registration, "check", check_before_another_signup)
    response = api(SIGNUP, input=new_account(email="other@example.com"))
    assert response.data == invalid(("username", "unique", "This username is taken."))
    assert [user.username for user in User.objects.all()] == ["ada"]


def test_the_staff_flag_cannot_be_set(api: Api) -> None:
    with nothing_changes():
        response = api(SIGNUP, input=new_account(isStaff="true"))
    assert response.code == "BAD_USER_INPUT"


def test_a_missing_field_is_refused(api: Api) -> None:
    with nothing_changes():
        response = api(SIGNUP, input={"username": "ada", "password": PASSWORD})
    assert response.code == "BAD_USER_INPUT"


def test_too_many_accounts_from_one_address_are_refused(api: Api, change_rules: ChangeRules) -> None:
    change_rules(rates={"signup": {"address": limits.parse("2/hour")}})
    since = time.monotonic()
    for name in ("ada", "grace"):
        response = api(SIGNUP, input=new_account(username=name, email=f"{name}@example.com"))
        assert response.data["signup"]["__typename"] == "Session"
    with nothing_changes():
        refusal = api(SIGNUP, input=new_account(username="alan", email="alan@example.com")).data["signup"]
    assert_too_many_attempts(refusal, window_seconds=60 * 60, since=since)
    api.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    response = api(SIGNUP, input=new_account(username="alan", email="alan@example.com"))
    assert response.data["signup"]["__typename"] == "Session"


def test_signups_with_one_email_are_limited(api: Api, change_rules: ChangeRules) -> None:
    change_rules(rates={"signup": {"account": limits.parse("2/hour"), "address": limits.parse("100/hour")}})
    a_user("ada")
    for number in range(2):
        api.client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        response = api(SIGNUP, input=new_account(username=f"ada{number}"))
        assert response.data == invalid(("email", "unique", "This email is in use."))
    with nothing_changes():
        response = api(SIGNUP, input=new_account(username="another", email=" ADA@example.com"))
    assert response.data["signup"]["__typename"] == "TooManyAttempts"


def test_a_password_of_more_than_a_thousand_characters_is_refused(api: Api) -> None:
    with nothing_changes():
        response = api(SIGNUP, input=new_account(password="x1" * 500 + "x"))
    message = "This password is too long. It can have at most 1000 characters."
    assert response.data == invalid(("password", "password_too_long", message))


def test_a_password_of_a_thousand_characters_is_accepted(api: Api) -> None:
    response = api(SIGNUP, input=new_account(password="x1" * 500))
    assert response.data["signup"]["__typename"] == "Session"


@pytest.mark.parametrize("value", ["x" * 100_000, f"{'x' * 300}@example.com"])
@pytest.mark.parametrize("field", ["username", "email"])
def test_an_overlong_username_or_email_is_refused(api: Api, field: str, value: str) -> None:
    with nothing_changes():
        problem = api(SIGNUP, input=new_account(**{field: value})).data["signup"]
    assert problem["__typename"] == "InvalidInput"
    assert {(each["field"], each["code"]) for each in problem["fields"]} >= {(field, "max_length")}
