from typing import Any

import pytest

from cinema.accounts import registration, sessions
from cinema.accounts.errors import InvalidCredentials, TooManyAttempts
from cinema.accounts.models import User
from cinema.accounts.rules import rules as account_rules
from cinema.accounts.sessions import Session
from cinema.core.errors import FieldError, InvalidInput
from tests.accounts.sessions import HOME, LIMIT, can_be_refreshed, fail_to_log_in, is_logged_in, login
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db
PASSWORD_LIMIT = account_rules().rates["change_password"]["account"].amount
NEW_PASSWORD = "a-seat-in-the-last-row"


def change_password(ada: User, current: str = PASSWORD, new: str = NEW_PASSWORD) -> Session:
    return sessions.change_password(by=ada, current=current, new=new, address=HOME)


def test_after_a_change_only_the_new_password_is_valid(ada: User) -> None:
    change_password(ada)
    assert login(password=NEW_PASSWORD).user == ada
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD)


def test_a_new_password_ends_every_session_and_starts_one(ada: User) -> None:
    session, other = login(), login()
    changed = change_password(ada)
    assert [is_logged_in(each) for each in (session, other, changed)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, changed)] == [False, False, True]


def test_a_new_password_leaves_the_sessions_of_others_alone(ada: User) -> None:
    a_user("grace")
    of_grace = login("grace")
    change_password(ada)
    assert is_logged_in(of_grace)


def test_a_wrong_current_password_is_refused(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        change_password(ada, current="wrong")
    assert refused.value.fields == [
        FieldError("current_password", "password_incorrect", "The current password is wrong.")
    ]
    assert is_logged_in(session)


def test_a_weak_new_password_is_refused(ada: User) -> None:
    session = login()
    with pytest.raises(InvalidInput) as refused:
        change_password(ada, new="ada")
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [
        ("new_password", "password_too_similar"),
        ("new_password", "password_too_short"),
        ("new_password", "password_too_common"),
    ]
    assert is_logged_in(session)
    assert login().user == ada


def test_guesses_of_the_current_password_are_limited(ada: User) -> None:
    for _ in range(PASSWORD_LIMIT):
        with pytest.raises(InvalidInput):
            change_password(ada, current="wrong")
    for current in ("wrong", PASSWORD):
        with pytest.raises(TooManyAttempts) as refused:
            change_password(ada, current=current)
        assert 600 < refused.value.retry_after_seconds <= 900


def test_failed_logins_do_not_prevent_a_password_change(ada: User) -> None:
    fail_to_log_in(LIMIT)
    change_password(ada)


def test_a_weak_new_password_does_not_count_as_a_guess(ada: User) -> None:
    for _ in range(PASSWORD_LIMIT + 1):
        with pytest.raises(InvalidInput):
            change_password(ada, new="ada")


def test_setting_a_password_without_a_use_case_ends_every_session(ada: User) -> None:
    session, other = login(), login()
    ada.set_password(NEW_PASSWORD)
    ada.save()
    assert [is_logged_in(session), is_logged_in(other)] == [False, False]
    assert [can_be_refreshed(session), can_be_refreshed(other)] == [False, False]


def test_setting_the_same_password_again_ends_every_session(ada: User) -> None:
    session = login()
    ada.set_password(PASSWORD)
    ada.save()
    assert not is_logged_in(session)
    assert not can_be_refreshed(session)


def test_a_password_set_during_a_change_is_not_replaced(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    problems_of = registration.password_problems

    def set_concurrently(*args: Any, **kwargs: Any) -> list[FieldError]:
        """Set another password after the current one was checked and before the new one is stored."""
        other = User.objects.get(pk=ada.pk)
        other.set_password("set-with-a-link-from-an-email")
        other.save()
        return problems_of(*args, **kwargs)

    monkeypatch.setattr(registration, "password_problems", set_concurrently)
    with pytest.raises(InvalidInput) as refused:
        change_password(ada)
    assert [(field.field, field.code) for field in refused.value.fields] == [("current_password", "password_incorrect")]
    ada.refresh_from_db()
    assert ada.check_password("set-with-a-link-from-an-email")
