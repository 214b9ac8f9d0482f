from typing import Any

import pytest

from cinema.accounts import recovery, sessions
from cinema.accounts.errors import EmailAlreadyVerified, InvalidLink
from cinema.accounts.models import User
from cinema.core.errors import FieldError, InvalidInput
from tests.accounts.mailing import mailed_token, reset_token, sent, waiting
from tests.accounts.sessions import HOME, is_logged_in, login
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def verification_token(user: User) -> str:
    """The token of the link in an email."""
    recovery.request_email_verification(by=user, email=None, address=HOME)
    return mailed_token()


def is_refused(token: str) -> bool:
    with nothing_changes():
        try:
            recovery.verify_email(token=token, address=HOME)
        except InvalidLink:
            return True
    return False


def is_verified(user: User) -> bool:
    return User.objects.get(pk=user.pk).email_verified


def test_signup_sends_an_email_to_verify_the_address() -> None:
    user = sessions.signup(username="Ada", email="Ada@example.com", password=PASSWORD, address=HOME).user
    assert not is_verified(user)
    recovery.verify_email(token=mailed_token(), address=HOME)
    assert is_verified(user)


def test_a_refused_signup_sends_no_email(ada: User) -> None:
    with nothing_changes(), pytest.raises(InvalidInput):
        sessions.signup(username="Ada", email="new@example.com", password=PASSWORD, address=HOME)
    assert sent() == []


def test_verifying_returns_the_user_of_the_link(ada: User) -> None:
    assert recovery.verify_email(token=verification_token(ada), address=HOME) == ada


def test_verifying_ends_no_session(ada: User) -> None:
    session = login()
    recovery.verify_email(token=verification_token(ada), address=HOME)
    assert is_logged_in(session)


def test_a_link_can_be_used_once(ada: User) -> None:
    token = verification_token(ada)
    recovery.verify_email(token=token, address=HOME)
    assert is_refused(token)


def test_a_used_link_stays_invalid_when_the_address_is_changed_back(ada: User) -> None:
    token = verification_token(ada)
    recovery.verify_email(token=token, address=HOME)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)
    recovery.verify_email(token=verification_token(User.objects.get()), address=HOME)
    User.objects.update(email="ada@example.com")
    assert not is_verified(ada)
    assert is_refused(token)


def test_a_verification_link_stays_valid_after_a_login_and_a_new_password(ada: User) -> None:
    token = verification_token(ada)
    login()
    ada.set_password("a-seat-in-the-last-row")
    ada.save()
    recovery.verify_email(token=token, address=HOME)
    assert is_verified(ada)


def test_a_link_is_invalid_after_the_address_changed(ada: User) -> None:
    token = verification_token(ada)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)


def test_a_link_of_a_deactivated_account_is_invalid(ada: User) -> None:
    token = verification_token(ada)
    User.objects.update(is_active=False)
    assert is_refused(token)


def test_a_changed_address_is_not_verified(ada: User) -> None:
    recovery.verify_email(token=verification_token(ada), address=HOME)
    User.objects.update(email="elsewhere@example.com")
    assert not is_verified(ada)


def test_an_empty_address_is_not_verified() -> None:
    assert not User(username="Ada").email_verified


def test_a_password_reset_token_cannot_verify_an_address(ada: User) -> None:
    assert is_refused(reset_token("ada@example.com"))


def test_a_link_is_invalid_for_another_user(ada: User) -> None:
    grace = a_user("grace")
    _, _, rest = verification_token(ada).partition(".")
    assert is_refused(f"{grace.pk}.{rest}")


@pytest.mark.parametrize("email", [None, "ada@example.com", " ADA@example.com"])
def test_a_verification_email_can_be_requested_again(ada: User, email: str | None) -> None:
    assert recovery.request_email_verification(by=ada, email=email, address=HOME) == "ada@example.com"
    assert sent() == [("Verify your email address", ["ada@example.com"])]


def test_a_verification_email_to_another_address_is_refused(ada: User) -> None:
    a_user("grace")
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_email_verification(by=ada, email="grace@example.com", address=HOME)
    assert refused.value.fields == [FieldError("email", "not_yours", "This is not the address of your account.")]


def test_a_verification_email_for_a_verified_address_is_refused(ada: User) -> None:
    ada = recovery.verify_email(token=verification_token(ada), address=HOME)
    with nothing_changes(), pytest.raises(EmailAlreadyVerified):
        recovery.request_email_verification(by=ada, email=None, address=HOME)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "elsewhere@example.com"}], ids=str)
def test_a_queued_email_is_dropped_after_a_change_of_the_account(ada: User, change: dict[str, Any]) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    User.objects.update(**change)
    assert sent() == []
    assert waiting() == []


def test_a_queued_email_is_dropped_after_the_address_was_verified(ada: User) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    User.objects.update(verified_email="ada@example.com")
    assert sent() == []
    assert waiting() == []
