from limits import parse

from cinema.accounts.rules import rules as account_rules
from cinema.models import User
from tests.accounts.mailing import NEW_PASSWORD, reset_token
from tests.conftest import Api, ApiResponse, global_id
from tests.rules import ChangeRules
from tests.situations import PASSWORD
from tests.stored import nothing_changes

RESET_PASSWORD = """
mutation ResetPassword($input: ResetPasswordInput!) {
  resetPassword(input: $input) {
    __typename
    ... on Session {
      accessToken refreshToken expiresAt
      user { id username email emailVerified isStaff }
    }
    ... on Problem { message }
    ... on TooManyAttempts { retryAfterSeconds }
    ... on InvalidInput { fields { field code message } }
  }
}
"""
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"
INVALID_LINK = {
    "resetPassword": {
        "__typename": "LinkNotGood",
        "message": "This link is no longer valid. Please request a new one.",
    }
}


def reset(api: Api, token: str, new: str = NEW_PASSWORD) -> ApiResponse:
    return api(RESET_PASSWORD, input={"token": token, "newPassword": new})


def login(api: Api, user: User, password: str) -> str:
    response = api(LOGIN, input={"username": user.username, "password": password})
    return str(response.data["login"]["__typename"])


def test_the_link_sets_a_new_password_and_logs_in(api: Api, buyer: User) -> None:
    earlier_session = api.logged_in_as(buyer)
    session = reset(api, reset_token(buyer.email)).data["resetPassword"]
    assert session == {
        "__typename": "Session",
        "accessToken": session["accessToken"],
        "refreshToken": session["refreshToken"],
        "expiresAt": session["expiresAt"],
        "user": {
            "id": global_id(buyer),
            "username": buyer.username,
            "email": buyer.email,
            "emailVerified": True,
            "isStaff": False,
        },
    }
    assert earlier_session("{ me { id } }").code == "UNAUTHENTICATED"
    assert (login(api, buyer, PASSWORD), login(api, buyer, NEW_PASSWORD)) == ("InvalidCredentials", "Session")
    api.token = session["accessToken"]
    assert api("{ me { id } }").data == {"me": {"id": global_id(buyer)}}


def test_a_link_is_valid_once(api: Api, buyer: User) -> None:
    token = reset_token(buyer.email)
    reset(api, token)
    with nothing_changes():
        assert reset(api, token, PASSWORD).data == INVALID_LINK


def test_an_invalid_token_is_refused(api: Api, buyer: User) -> None:
    with nothing_changes():
        for token in ("", f"{buyer.pk}.d0x1y2-{'0' * 32}", "0.d0x1y2-00"):
            assert reset(api, token).data == INVALID_LINK


def test_a_weak_password_is_refused_and_the_link_stays_valid(api: Api, buyer: User) -> None:
    token = reset_token(buyer.email)
    with nothing_changes():
        response = reset(api, token, "password1")
    message = "This password is too common."
    assert response.data == {
        "resetPassword": {
            "__typename": "InvalidInput",
            "message": message,
            "fields": [{"field": "newPassword", "code": "password_too_common", "message": message}],
        }
    }
    assert reset(api, token).data["resetPassword"]["__typename"] == "Session"


def test_token_guesses_from_one_address_are_limited(api: Api, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(rates={**account_rules().rates, "link": {"address": parse("3/hour")}})
    valid = reset_token(buyer.email)
    for _ in range(3):
        assert reset(api, "wrong").data == INVALID_LINK
    with nothing_changes():
        assert reset(api, valid).data["resetPassword"]["__typename"] == "TooManyAttempts"
        verification = 'mutation { verifyEmail(input: { token: "wrong" }) { __typename } }'
        assert api(verification).data == {"verifyEmail": {"__typename": "TooManyAttempts"}}
