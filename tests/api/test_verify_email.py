"""Verifying an email address, and requesting the email for it."""

import time
from typing import Any

from cinema.models import User
from tests.accounts.mailing import mailed_token, reset_token, sent
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

VERIFY_EMAIL = """
mutation VerifyEmail($input: VerifyEmailInput!) {
  verifyEmail(input: $input) {
    __typename
    ... on User { id username email emailVerified }
    ... on Problem { message }
    ... on TooManyAttempts { retryAfterSeconds }
  }
}
"""
REQUEST_EMAIL_VERIFICATION = """
mutation RequestEmailVerification($input: RequestEmailVerificationInput!) {
  requestEmailVerification(input: $input) {
    __typename
    ... on MailOnItsWay { email }
    ... on Problem { message }
    ... on TooManyAttempts { retryAfterSeconds }
    ... on InvalidInput { fields { field code message } }
  }
}
"""
SIGNUP = """
mutation ($input: SignupInput!) {
  signup(input: $input) { ... on Session { accessToken user { emailVerified } } }
}
"""


def verify(api: Api, token: str) -> ApiResponse:
    return api(VERIFY_EMAIL, input={"token": token})


def is_verified(api: Api) -> bool:
    return bool(api("{ me { emailVerified } }").data["me"]["emailVerified"])


def test_the_link_in_the_signup_email_verifies_the_address(api: Api) -> None:
    account = {"username": "Ada", "email": "Ada@example.com", "password": PASSWORD}
    session = api(SIGNUP, input=account).data["signup"]
    assert session["user"] == {"emailVerified": False}

    response = verify(api, mailed_token())

    user = User.objects.get()
    assert response.data == {
        "verifyEmail": {
            "__typename": "User",
            "id": global_id(user),
            "username": "Ada",
            "email": "ada@example.com",
            "emailVerified": True,
        }
    }
    api.token = session["accessToken"]
    assert is_verified(api)


def test_signing_up_works_without_a_mail_server(api: Api) -> None:
    """The email is queued."""
    api(SIGNUP, input={"username": "Ada", "email": "ada@example.com", "password": PASSWORD})
    assert User.objects.get().username == "Ada"
    assert sent() == [("Verify your email address", ["ada@example.com"])]


def test_an_invalid_link_verifies_nothing(api: Api, as_buyer: Api, buyer: User) -> None:
    invalid_link = {
        "verifyEmail": {
            "__typename": "LinkNotGood",
            "message": "This link is no longer valid. Please request a new one.",
        }
    }
    reset = reset_token(buyer.email)
    with nothing_changes():
        for token in ("", "x", f"{buyer.pk}.d0x1y2-{'0' * 32}", reset):
            assert verify(api, token).data == invalid_link
    assert not is_verified(as_buyer)


def test_another_email_can_be_requested(as_buyer: Api, buyer: User) -> None:
    for fields in ({}, {"email": None}, {"email": buyer.email}):
        response = as_buyer(REQUEST_EMAIL_VERIFICATION, input=fields)
        assert response.data == {"requestEmailVerification": {"__typename": "MailOnItsWay", "email": buyer.email}}
        assert sent() == [("Verify your email address", [buyer.email])]


def test_an_email_to_another_address_is_refused(as_buyer: Api) -> None:
    with nothing_changes():
        response = as_buyer(REQUEST_EMAIL_VERIFICATION, input={"email": "other@example.com"})
    message = "This is not the address of your account."
    problem: dict[str, Any] = {"field": "email", "code": "not_yours", "message": message}
    assert response.data == {
        "requestEmailVerification": {"__typename": "InvalidInput", "message": message, "fields": [problem]}
    }


def test_an_email_for_a_verified_address_is_refused(api: Api, as_buyer: Api, buyer: User) -> None:
    as_buyer(REQUEST_EMAIL_VERIFICATION, input={})
    verify(api, mailed_token())
    with nothing_changes():
        response = as_buyer(REQUEST_EMAIL_VERIFICATION, input={})
    assert response.data == {
        "requestEmailVerification": {
            "__typename": "EmailAlreadyVerified",
            "message": "This email address is already verified.",
        }
    }


def test_requesting_an_email_requires_login(api: Api, buyer: User) -> None:
    with nothing_changes():
        response = api(REQUEST_EMAIL_VERIFICATION, input={"email": buyer.email})
    assert response.code == "UNAUTHENTICATED"


def test_requests_for_emails_are_limited(as_buyer: Api) -> None:
    since = time.monotonic()
    for _ in range(5):
        response = as_buyer(REQUEST_EMAIL_VERIFICATION, input={})
        assert response.data["requestEmailVerification"]["__typename"] == "MailOnItsWay"
    sent()
    with nothing_changes():
        refusal = as_buyer(REQUEST_EMAIL_VERIFICATION, input={}).data["requestEmailVerification"]
    assert_too_many_attempts(refusal, window_seconds=60 * 60, since=since)
