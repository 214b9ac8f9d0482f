import time
from typing import Any

import pytest
from django.core import mail

from cinema.models import QueuedMail, User
from tests.accounts.mailing import sent, waiting
from tests.api.throttled import assert_too_many_attempts
from tests.conftest import Api, ApiResponse
from tests.stored import nothing_changes

REQUEST_PASSWORD_RESET = """
mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) {
    __typename
    ... on MailOnItsWay { email }
    ... on Problem { message }
    ... on TooManyAttempts { retryAfterSeconds }
    ... on InvalidInput { fields { field code message } }
  }
}
"""


def request_reset(api: Api, email: str = "ada@example.com") -> ApiResponse:
    return api(REQUEST_PASSWORD_RESET, input={"email": email})


def test_a_request_returns_the_address(api: Api, buyer: User) -> None:
    response = request_reset(api, buyer.email.upper())
    assert response.data == {"requestPasswordReset": {"__typename": "MailOnItsWay", "email": buyer.email}}
    assert sent() == [("Set a new password", [buyer.email])]


def test_the_response_does_not_reveal_whether_an_account_exists(api: Api, buyer: User) -> None:
    User.objects.create(username="inactive", email="inactive@example.com", is_active=False)
    responses = [request_reset(api, email) for email in (buyer.email, "unknown@example.com", "inactive@example.com")]
    emails = [response.data["requestPasswordReset"].pop("email") for response in responses]
    assert emails == [buyer.email, "unknown@example.com", "inactive@example.com"]
    assert [response.data for response in responses] == [{"requestPasswordReset": {"__typename": "MailOnItsWay"}}] * 3
    assert [response.status for response in responses] == [200] * 3
    assert [set(response.headers) for response in responses] == [set(responses[0].headers)] * 3
    assert waiting() == [("PASSWORD_RESET", email, 0) for email in emails]


def test_no_email_is_sent_during_the_request(api: Api, buyer: User) -> None:
    """Otherwise the response time would reveal whether an account exists."""
    request_reset(api, buyer.email)
    assert mail.outbox == []
    assert QueuedMail.objects.count() == 1


def test_the_link_has_the_configured_host(api: Api, buyer: User) -> None:
    body = {"query": REQUEST_PASSWORD_RESET, "variables": {"input": {"email": buyer.email}}}
    api.post(body, Host="evil.example", Origin="https://evil.example", Referer="https://evil.example/")
    sent()
    (message,) = mail.outbox
    assert "\nhttp://localhost:8000/reset-password?token=" in str(message.body)
    assert "evil" not in message.message().as_string()


@pytest.mark.parametrize("email", ["ada", "ada@example.com\nBcc: eve@example.com", "ada@example.com, eve@example.com"])
def test_an_invalid_address_is_refused(api: Api, email: str) -> None:
    with nothing_changes():
        response = request_reset(api, email)
    message = "Enter a valid email address."
    problem: dict[str, Any] = {"field": "email", "code": "invalid", "message": message}
    assert response.data == {
        "requestPasswordReset": {"__typename": "InvalidInput", "message": message, "fields": [problem]}
    }


def test_emails_to_one_address_are_limited_whether_or_not_an_account_exists(api: Api, buyer: User) -> None:
    for email in (buyer.email, "unknown@example.com"):
        since = time.monotonic()
        for _ in range(5):
            assert request_reset(api, email).data["requestPasswordReset"]["__typename"] == "MailOnItsWay"
            sent()
        with nothing_changes():
            refusal = request_reset(api, email.upper()).data["requestPasswordReset"]
        assert_too_many_attempts(refusal, window_seconds=60 * 60, since=since)
    assert len(mail.outbox) == 5
