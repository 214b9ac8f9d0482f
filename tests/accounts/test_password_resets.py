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
from tests.accounts.sessions import HOME, can_be_refreshed, is_signed_in, login
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


def time_goes_by(gone: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the database's clock."""
    monkeypatch.setattr(clock, "now", lambda: RIGHT_NOW() + gone)


# ---------------------------------------------------------------------- asking


def test_who_asks_gets_a_mail_with_a_link(ada: User) -> None:
    assert recovery.request_password_reset(email=ADDRESS, address=HOME) == "ada@example.com"
    assert sent() == [("Set a new password", ["ada@example.com"])]


def test_the_address_may_be_typed_in_any_case_and_with_spaces(ada: User) -> None:
    assert recovery.request_password_reset(email=" ADA@example.com ", address=HOME) == "ada@example.com"
    assert sent() == [("Set a new password", ["ada@example.com"])]


def test_for_an_address_of_nobody_the_same_is_done_and_nothing_is_sent(ada: User) -> None:
    recovery.request_password_reset(email="nobody@example.com", address=HOME)
    recovery.request_password_reset(email=ADDRESS, address=HOME)
    assert waiting() == [("PASSWORD_RESET", "nobody@example.com", 0), ("PASSWORD_RESET", "ada@example.com", 0)]
    assert sent() == [("Set a new password", ["ada@example.com"])]
    assert waiting() == []


def statements_of_asking(email: str, address: str) -> list[str]:
    """Without what differs from one call to the next."""
    with CaptureQueriesContext(connection) as queries:
        recovery.request_password_reset(email=email, address=address)
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]


def test_asking_does_the_same_whether_or_not_there_is_an_account(ada: User) -> None:
    """Statement by statement, so that the time tells nothing either; and no account is looked at."""
    statements = statements_of_asking(ADDRESS, "192.0.2.8")
    assert statements == statements_of_asking("nobody@example.com", "192.0.2.9")
    assert any(QueuedMail._meta.db_table in statement for statement in statements)
    assert not any(User._meta.db_table in statement for statement in statements)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "ada@example.com\nBcc: eve@example.com"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_password_reset(email=email, address=HOME)
    assert [problem.field for problem in refused.value.fields] == ["email"]


def test_an_address_longer_than_any_account_has_is_refused() -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        recovery.request_password_reset(email=f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.example.com", address=HOME)
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [("email", "max_length")]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"password": "!"}], ids=str)
def test_who_may_not_have_a_new_password_gets_no_mail(fields: dict[str, Any]) -> None:
    """Of a deactivated account, or one of which staff say that it has no password."""
    a_user("Ada", **fields)
    recovery.request_password_reset(email=ADDRESS, address=HOME)
    assert sent() == []
    assert waiting() == []


# ---------------------------------------------------------------------- with the link


def test_the_new_password_is_the_one(ada: User) -> None:
    assert reset(reset_token(ADDRESS)).user == ada
    assert login(password=NEW_PASSWORD).user == ada
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD)


def test_a_reset_ends_every_session_and_starts_one(ada: User) -> None:
    session, other = login(), login()
    begun = reset(reset_token(ADDRESS))
    assert RefreshToken.objects.filter(user=ada, revoked=None).count() == 1
    assert [is_signed_in(each) for each in (session, other, begun)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, begun)] == [False, False, True]


def test_a_reset_leaves_others_alone(ada: User) -> None:
    a_user("grace")
    somebody_elses = login("grace")
    reset(reset_token(ADDRESS))
    assert is_signed_in(somebody_elses)
    assert login("grace").user.username == "grace"


def test_a_reset_verifies_the_address_that_the_mail_reached(ada: User) -> None:
    assert not ada.email_verified
    reset(reset_token(ADDRESS))
    ada.refresh_from_db()
    assert ada.email_verified


def test_a_link_is_good_once(ada: User) -> None:
    token = reset_token(ADDRESS)
    reset(token)
    assert is_refused(token)


def test_of_two_links_the_second_dies_with_the_first(ada: User) -> None:
    first, second = reset_token(ADDRESS), reset_token(ADDRESS)
    reset(first)
    assert is_refused(second)


def test_a_link_dies_with_the_password(ada: User) -> None:
    token = reset_token(ADDRESS)
    ada.set_password(NEW_PASSWORD)
    ada.save()
    assert is_refused(token)


def test_a_link_dies_when_its_owner_signs_in(ada: User) -> None:
    """Whoever has the password after all needs none, and a mail that lies about is no way in."""
    token = reset_token(ADDRESS)
    login()
    assert is_refused(token)


def test_a_failed_login_leaves_the_link_alone(ada: User) -> None:
    """Or a stranger could keep somebody out."""
    token = reset_token(ADDRESS)
    with pytest.raises(InvalidCredentials):
        login(password="wrong")
    assert reset(token).user == ada


def test_a_link_dies_when_the_address_changes(ada: User) -> None:
    token = reset_token(ADDRESS)
    User.objects.update(email="elsewhere@example.com")
    assert is_refused(token)


def test_a_link_dies_when_the_account_is_deactivated(ada: User) -> None:
    token = reset_token(ADDRESS)
    User.objects.update(is_active=False)
    assert is_refused(token)


def test_a_link_of_a_deleted_account_is_refused(ada: User) -> None:
    token = reset_token(ADDRESS)
    ada.delete()
    assert is_refused(token)


def test_a_link_grows_old(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = reset_token(ADDRESS)
    lifetime = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    time_goes_by(lifetime + timedelta(seconds=5), monkeypatch)
    assert is_refused(token)
    time_goes_by(lifetime - timedelta(seconds=60), monkeypatch)
    assert reset(token).user == ada


def test_the_link_of_one_is_not_good_for_another(ada: User) -> None:
    grace = a_user("grace")
    _, _, rest = reset_token(ADDRESS).partition(".")
    assert is_refused(f"{grace.pk}.{rest}")


@pytest.mark.parametrize(
    "spoiled",
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
def test_what_is_no_token_is_refused(ada: User, spoiled: Any) -> None:
    assert is_refused(spoiled(reset_token(ADDRESS)))


def test_a_token_to_verify_an_address_sets_no_password(ada: User) -> None:
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    assert is_refused(mailed_token())


def test_a_weak_password_is_refused_and_the_link_is_still_good(ada: User) -> None:
    token = reset_token(ADDRESS)
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        reset(token, "password1")
    assert refused.value.fields == [
        FieldError("new_password", "password_too_common", "This password is too common."),
    ]
    assert reset(token).user == ada


def test_the_new_password_is_compared_with_who_they_are(ada: User) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        reset(links.PASSWORD_RESET.token(ada), "ada@example.com")
    assert [problem.code for problem in refused.value.fields] == ["password_too_similar"]


def test_a_token_is_stored_nowhere(ada: User) -> None:
    token = reset_token(ADDRESS)
    secret = token.rpartition("-")[2]
    assert secret not in str(everything())
