import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.accounts import links, recovery
from cinema.accounts.errors import InvalidCredentials, InvalidLink
from cinema.accounts.mail_queue import QueuedMail
from cinema.accounts.models import User
from cinema.accounts.tokens import RefreshToken
from cinema.core import clock
from cinema.core.errors import FieldError, InvalidInput
from tests.accounts.mailing import NEW_PASSWORD, mailed_token, reset_token, sent, waiting
from tests.accounts.sessions import HOME, can_be_refreshed, is_logged_in, login
from tests.situations import PASSWORD, a_user
from tests.stored import everything, nothing_changes

pytestmark = pytest.mark.django_db
ADDRESS = "Ada@example.com"


def reset(token: str, new: str = NEW_PASSWORD) -> Any:
    return recovery.reset_password(token=token, new=new, address=HOME)


def is_refused(token: str) -> bool:
    with nothing_changes():
        try:
            reset(token)
        except InvalidLink:
            return True
    return False


RIGHT_NOW = clock.now


def advance_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Advance the database clock."""
    monkeypatch.setattr(clock, "now", lambda: RIGHT_NOW() + by)


# ---------------------------------------------------------------------- requesting an email


def test_a_request_sends_an_email_with_a_link(ada: User) -> None:
    assert recovery.request_password_reset(email=ADDRESS, address=HOME) == "ada@example.com"
    assert sent() == [("Set a new password", ["ada@example.com"])]


def test_a_request_ignores_case_and_surrounding_spaces_of_the_address(ada: User) -> None:
    assert recovery.request_password_reset(email=" ADA@example.com ", address=HOME) == "ada@example.com"
    assert sent() == [("Set a new password", ["ada@example.com"])]


def test_a_request_for_an_unknown_address_is_queued_and_sends_nothing(ada: User) -> None:
    recovery.request_password_reset(email="nobody@example.com", address=HOME)
    recovery.request_password_reset(email=ADDRESS, address=HOME)
    assert waiting() == [("PASSWORD_RESET", "nobody@example.com", 0), ("PASSWORD_RESET", "ada@example.com", 0)]
    assert sent() == [("Set a new password", ["ada@example.com"])]
    assert waiting() == []


def statements_of_request(email: str, address: str) -> list[str]:
    """The SQL statements of a request, without values that differ between calls."""
    with CaptureQueriesContext(connection) as queries:
        recovery.request_password_reset(email=email, address=address)
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]


def test_a_request_does_the_same_work_with_and_without_an_account(ada: User) -> None:
    """The SQL statements are the same, so the duration reveals nothing. No account is read."""
    statements = statements_of_request(ADDRESS, "192.0.2.8")
    assert statements == statements_of_request("nobody@example.com", "192.0.2.9")
    assert any(QueuedMail._meta.db_table in statement for statement in statements)
    assert not any(User._meta.db_table in statement for statement in statements)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "ada@example.com\nBcc: eve@example.com"])
def test_an_invalid_address_is_refused(email: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_password_reset(email=email, address=HOME)
    assert [problem.field for problem in refused.value.fields] == ["email"]


def test_an_address_that_is_too_long_is_refused() -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_password_reset(email=f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.example.com", address=HOME)
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [("email", "max_length")]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"password": "!"}], ids=str)
def test_users_without_a_usable_password_get_no_email(fields: dict[str, Any]) -> None:
    """The user is deactivated, or staff have disabled login with a password."""
    a_user("Ada", **fields)
    recovery.request_password_reset(email=ADDRESS, address=HOME)
    assert sent() == []
    assert waiting() == []


# ---------------------------------------------------------------------- using the link


def test_after_a_reset_only_the_new_password_is_valid(ada: User) -> None:
    assert reset(reset_token(ADDRESS)).user == ada
    assert login(password=NEW_PASSWORD).user == ada
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD)


def test_a_reset_ends_every_session_and_starts_one(ada: User) -> None:
    session, other = login(), login()
    started = reset(reset_token(ADDRESS))
    assert RefreshToken.objects.filter(user=ada, revoked=None).count() == 1
    assert [is_logged_in(each) for each in (session, other, started)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, started)] == [False, False, True]


def test_a_reset_keeps_the_sessions_of_other_users(ada: User) -> None:
    a_user("grace")
    of_grace = login("grace")
    reset(reset_token(ADDRESS))
    assert is_logged_in(of_grace)
    assert login("grace").user.username == "grace"


def test_a_reset_verifies_the_address_of_the_email(ada: User) -> None:
    assert not ada.email_verified
    reset(reset_token(ADDRESS))
    ada.refresh_from_db()
    assert ada.email_verified


def test_a_link_can_be_used_once(ada: User) -> None:
    token = reset_token(ADDRESS)
    reset(token)
    assert is_refused(token)


def test_using_one_link_invalidates_the_others(ada: User) -> None:
    first, second = reset_token(ADDRESS), reset_token(ADDRESS)
    reset(first)
    assert is_refused(second)


def test_a_link_is_invalid_after_the_password_changed(ada: User) -> None:
    token = reset_token(ADDRESS)
    ada.set_password(NEW_PASSWORD)
    ada.save()
    assert is_refused(token)


def test_a_login_invalidates_the_link(ada: User) -> None:
    """A user who can log in does not need the link, and an old email cannot be misused."""
    token = reset_token(ADDRESS)
    login()
    assert is_refused(token)


def test_a_failed_login_does_not_invalidate_the_link(ada: User) -> None:
    """Otherwise anyone could prevent a user from resetting the password."""
    token = reset_token(ADDRESS)
    with pytest.raises(InvalidCredentials):
        login(password="wrong")
    assert reset(token).user == ada


def test_a_link_is_invalid_after_the_address_changed(ada: User) -> None:
    token = reset_token(ADDRESS)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)


def test_a_link_of_a_deactivated_account_is_invalid(ada: User) -> None:
    token = reset_token(ADDRESS)
    User.objects.update(is_active=False)
    assert is_refused(token)


def test_a_link_of_a_deleted_account_is_refused(ada: User) -> None:
    token = reset_token(ADDRESS)
    ada.delete()
    assert is_refused(token)


def test_a_link_expires(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = reset_token(ADDRESS)
    lifetime = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    advance_clock(monkeypatch, lifetime + timedelta(seconds=5))
    assert is_refused(token)
    advance_clock(monkeypatch, lifetime - timedelta(seconds=60))
    assert reset(token).user == ada


def test_a_link_is_invalid_for_another_user(ada: User) -> None:
    grace = a_user("grace")
    _, _, rest = reset_token(ADDRESS).partition(".")
    assert is_refused(f"{grace.pk}.{rest}")


@pytest.mark.parametrize(
    "modify",
    [
        lambda token: "",
        lambda token: ".",
        lambda token: token[:-1],
        lambda token: token + "0",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.upper(),
        lambda token: token.partition(".")[2],
        lambda token: "0" * 30 + token,
        lambda token: f"-{token}",
        lambda token: f"{10**17}.{token}",
        lambda token: "99999999999999999999999.x-0",
        lambda token: "1." + "z" * 5000 + "-0",
        lambda token: "\u0661" + token[1:],
    ],
)
def test_an_invalid_token_is_refused(ada: User, modify: Any) -> None:
    assert is_refused(modify(reset_token(ADDRESS)))


def test_a_verification_token_cannot_set_a_password(ada: User) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    assert is_refused(mailed_token())


def test_a_refused_weak_password_does_not_use_up_the_link(ada: User) -> None:
    token = reset_token(ADDRESS)
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        reset(token, "password1")
    assert refused.value.fields == [
        FieldError("new_password", "password_too_common", "This password is too common."),
    ]
    assert reset(token).user == ada


def test_a_new_password_similar_to_the_email_is_refused(ada: User) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        reset(links.PASSWORD_RESET.token(ada), "ada@example.com")
    assert [problem.code for problem in refused.value.fields] == ["password_too_similar"]


def test_tokens_are_not_stored(ada: User) -> None:
    token = reset_token(ADDRESS)
    secret = token.rpartition("-")[2]
    assert secret not in str(everything())
