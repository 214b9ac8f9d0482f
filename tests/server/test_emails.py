"""Verifying an email and resetting a password, with the server that `make run` starts.

It writes emails to its output.
"""

from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.serving import Server, mailed_token, serving
from tests.waiting import wait_until

# All tests use one server, so they run in one process.
pytestmark = pytest.mark.xdist_group("server")

SIGNUP = "mutation ($input: SignupInput!) { signup(input: $input) { ... on Session { accessToken } } }"
VERIFY_EMAIL = "mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { ... on User { emailVerified } } }"
REQUEST_PASSWORD_RESET = """
mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { __typename } }
"""
RESET_PASSWORD = "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { __typename } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"


def sender_of(server: Server) -> psutil.Process:
    """The server's process that sends emails."""
    (sender,) = [each for each in psutil.Process(server.process.pid).children() if "work" in each.cmdline()]
    return sender


def test_sign_up_verify_the_email_and_reset_the_password(server: Server) -> None:
    me, old, new = "ann.lee@example.com", "popcorn-and-a-movie", "a-seat-in-the-last-row"

    def call(document: str, **given: str) -> Any:
        (result,) = server.post(document, input=given)["data"].values()
        return result

    call(SIGNUP, username="ann.lee", email=me, password=old)
    assert call(VERIFY_EMAIL, token=mailed_token(server.log, me, "verify-email")) == {"emailVerified": True}
    for email in ("unknown@example.com", me):
        assert call(REQUEST_PASSWORD_RESET, email=email) == {"__typename": "MailOnItsWay"}
    token = mailed_token(server.log, me, "reset-password")
    assert call(RESET_PASSWORD, token=token, newPassword=new) == {"__typename": "Session"}
    assert call(RESET_PASSWORD, token=token, newPassword=old) == {"__typename": "LinkNotGood"}
    assert call(LOGIN, username="ann.lee", password=old) == {"__typename": "InvalidCredentials"}
    assert call(LOGIN, username=me, password=new) == {"__typename": "Session"}
    assert "unknown@example.com" not in server.log.read_text()


# `make test` checks this for all processes in tests/management/test_supervision.py.
@pytest.mark.deep
def test_the_email_process_ends_with_the_server(server: Server, environment: dict[str, str], tmp_path: Path) -> None:
    with serving(environment, log=tmp_path / "server.log") as another:
        sender = sender_of(another)
        assert sender.is_running()
    wait_until(lambda: not sender.is_running(), what="the process to end")
