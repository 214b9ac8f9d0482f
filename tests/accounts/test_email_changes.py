"""Changing the email address of an account, with a link that is sent to the new address."""

import pytest
from django.core import mail

from cinema.accounts import recovery, sessions
from cinema.accounts.errors import InvalidLink
from cinema.accounts.models import User
from cinema.core.errors import InvalidInput
from tests.accounts.mailing import mailed_token, sent, waiting
from tests.accounts.sessions import HOME, is_logged_in, login
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db
NEW = "ada@new.example"


def change(user: User, email: str = NEW, password: str = PASSWORD) -> str:
    return recovery.change_email(by=user, email=email, password=password, address=HOME)


def refusal(user: User, email: str = NEW, password: str = PASSWORD) -> tuple[str, str]:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        change(user, email, password)
    (problem,) = refused.value.fields
    return problem.field, problem.code


def is_refused(token: str) -> bool:
    with nothing_changes():
        try:
            recovery.verify_email(token=token, address=HOME)
        except InvalidLink:
            return True
    return False


def test_the_address_changes_when_the_link_is_used(ada: User) -> None:
    session, old = login(), ada.email
    assert change(ada, " Ada@New.Example ") == NEW
    ada.refresh_from_db()
    assert ada.email == old
    assert waiting() == [("EMAIL_CHANGE", NEW, 0)]
    token = mailed_token()
    assert mail.outbox[-1].to == [NEW]

    assert recovery.verify_email(token=token, address=HOME) == ada

    ada.refresh_from_db()
    assert (ada.email, ada.email_verified, ada.new_email) == (NEW, True, "")
    assert is_logged_in(session)
    assert sessions.login(name=NEW, password=PASSWORD, address=HOME).user == ada
    assert sent() == [("The email address of your account has changed", [old])]
    assert is_refused(token)


def test_a_later_change_replaces_an_earlier_one(ada: User) -> None:
    change(ada)
    first = mailed_token()
    change(ada, "ada@other.example")
    assert is_refused(first)
    recovery.verify_email(token=mailed_token(), address=HOME)
    ada.refresh_from_db()
    assert ada.email == "ada@other.example"


def test_the_link_can_be_sent_again(ada: User) -> None:
    change(ada)
    first = mailed_token()
    ada.refresh_from_db()
    assert recovery.request_email_verification(by=ada, email=NEW.upper(), address=HOME) == NEW
    assert waiting() == [("EMAIL_CHANGE", NEW, 0)]
    recovery.verify_email(token=mailed_token(), address=HOME)
    ada.refresh_from_db()
    assert (ada.email, ada.new_email) == (NEW, "")
    assert is_refused(first)


def test_an_address_that_was_taken_in_the_meantime_is_refused(ada: User) -> None:
    change(ada)
    token = mailed_token()
    User.objects.filter(pk=a_user().pk).update(email=NEW)
    assert is_refused(token)


@pytest.mark.parametrize(
    ("email", "password", "problem"),
    [
        ("nonsense", PASSWORD, ("email", "invalid")),
        ("grace@example.com", PASSWORD, ("email", "unique")),
        ("GRACE@example.com", PASSWORD, ("email", "unique")),
        ("ADA@example.com ", PASSWORD, ("email", "unchanged")),
        (NEW, "wrong", ("current_password", "password_incorrect")),
    ],
)
def test_a_refused_change_changes_nothing(ada: User, email: str, password: str, problem: tuple[str, str]) -> None:
    a_user("grace")
    assert refusal(ada, email, password) == problem
    assert sent() == []
