from typing import Any

import pytest

from cinema.accounts import recovery, sessions
from cinema.accounts.errors import EmailAlreadyVerified, InvalidLink
from cinema.accounts.models import User
from cinema.core.errors import FieldError, InvalidInput
from tests.accounts.mailing import mailed_token, reset_token, sent, waiting
from tests.accounts.sessions import HOME, is_signed_in, login
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def verification_token(user: User) -> str:
    """As it comes by mail."""
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


def test_who_signs_up_gets_a_mail_to_verify_their_address() -> None:
    user = sessions.signup(username="Ada", email="Ada@example.com", password=PASSWORD, address=HOME).user
    assert not is_verified(user)
    recovery.verify_email(token=mailed_token(), address=HOME)
    assert is_verified(user)


def test_a_signup_that_is_refused_sends_nothing(ada: User) -> None:
    with nothing_changes(), pytest.raises(InvalidInput):
        sessions.signup(username="Ada", email="new@example.com", password=PASSWORD, address=HOME)
    assert sent() == []


def test_the_link_says_who_it_is(ada: User) -> None:
    assert recovery.verify_email(token=verification_token(ada), address=HOME) == ada


def test_verifying_signs_nobody_out(ada: User) -> None:
    session = login()
    recovery.verify_email(token=verification_token(ada), address=HOME)
    assert is_signed_in(session)


def test_a_link_is_good_once(ada: User) -> None:
    token = verification_token(ada)
    recovery.verify_email(token=token, address=HOME)
    assert is_refused(token)


def test_a_link_is_not_good_again_when_the_address_is_changed_there_and_back(ada: User) -> None:
    token = verification_token(ada)
    recovery.verify_email(token=token, address=HOME)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)
    recovery.verify_email(token=verification_token(User.objects.get()), address=HOME)
    User.objects.update(email="ada@example.com")
    assert not is_verified(ada)
    assert is_refused(token)


def test_a_link_survives_signing_in_and_a_new_password(ada: User) -> None:
    token = verification_token(ada)
    login()
    ada.set_password("a-seat-in-the-last-row")
    ada.save()
    recovery.verify_email(token=token, address=HOME)
    assert is_verified(ada)


def test_a_link_dies_when_the_address_changes(ada: User) -> None:
    token = verification_token(ada)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)


def test_a_link_dies_when_the_account_is_deactivated(ada: User) -> None:
    token = verification_token(ada)
    User.objects.update(is_active=False)
    assert is_refused(token)


def test_another_address_is_not_verified(ada: User) -> None:
    recovery.verify_email(token=verification_token(ada), address=HOME)
    User.objects.update(email="elsewhere@example.com")
    assert not is_verified(ada)


def test_no_address_is_not_a_verified_one() -> None:
    assert not User(username="Ada").email_verified


def test_a_token_to_set_a_password_verifies_nothing(ada: User) -> None:
    assert is_refused(reset_token("ada@example.com"))


def test_the_link_of_one_is_not_good_for_another(ada: User) -> None:
    grace = a_user("grace")
    _, _, rest = verification_token(ada).partition(".")
    assert is_refused(f"{grace.pk}.{rest}")


@pytest.mark.parametrize("email", [None, "ada@example.com", " ADA@example.com"])
def test_another_mail_can_be_asked_for(ada: User, email: str | None) -> None:
    assert recovery.request_email_verification(by=ada, email=email, address=HOME) == "ada@example.com"
    assert sent() == [("Verify your email address", ["ada@example.com"])]


def test_a_mail_to_another_address_is_refused(ada: User) -> None:
    a_user("grace")
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_email_verification(by=ada, email="grace@example.com", address=HOME)
    assert refused.value.fields == [FieldError("email", "not_yours", "This is not the address of your account.")]


def test_a_mail_about_a_verified_address_is_refused(ada: User) -> None:
    ada = recovery.verify_email(token=verification_token(ada), address=HOME)
    with nothing_changes(), pytest.raises(EmailAlreadyVerified):
        recovery.request_email_verification(by=ada, email=None, address=HOME)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "elsewhere@example.com"}], ids=str)
def test_a_mail_that_is_of_no_use_any_more_is_not_sent(ada: User, change: dict[str, Any]) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    User.objects.update(**change)
    assert sent() == []
    assert waiting() == []


def test_a_mail_that_waits_for_a_verified_address_is_not_sent(ada: User) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    User.objects.update(verified_email="ada@example.com")
    assert sent() == []
    assert waiting() == []
