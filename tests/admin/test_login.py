import re
from typing import Any

import limits
import pytest
from django.test import Client
from django.urls import reverse

from cinema.accounts import sessions
from cinema.accounts.errors import InvalidCredentials, TooManyAttempts
from cinema.accounts.rules import rules as account_rules
from cinema.models import User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

LIMIT = 3


@pytest.fixture(autouse=True)
def _low_limit(change_rules: ChangeRules) -> None:
    rates = {"account_and_address": limits.parse(f"{LIMIT}/15 minutes")}
    change_rules(rates={**account_rules().rates, "login": {**account_rules().rates["login"], **rates}})


@pytest.fixture
def clerk(db: None) -> User:
    return situations.a_user("clerk", is_staff=True)


def log_in(name: str, password: str) -> Any:
    return Client().post(reverse("admin:login"), {"username": name, "password": password}, REMOTE_ADDR="192.0.2.1")


def error_messages(response: Any) -> list[str]:
    assert response.status_code == 200
    return list(response.context["form"].non_field_errors())


def codes(response: Any) -> list[str]:
    return [error.code for error in response.context["form"].non_field_errors().as_data()]


def test_staff_can_log_in(clerk: User) -> None:
    assert log_in("clerk", situations.PASSWORD)["Location"] == reverse("admin:index")


@pytest.mark.parametrize("name", ["CLERK", "Clerk", " clerk ", "clerk@example.com", "CLERK@Example.com"])
def test_staff_can_log_in_with_a_username_in_any_case_or_an_email(clerk: User, name: str) -> None:
    assert log_in(name, situations.PASSWORD)["Location"] == reverse("admin:index")


def test_the_form_has_room_for_an_email(clerk: User) -> None:
    assert 'maxlength="254"' in Client().get(reverse("admin:login")).content.decode()


def test_a_password_is_accepted_in_another_form(clerk: User) -> None:
    clerk.set_password("cr\u00e8me")
    clerk.save()

    assert codes(log_in("clerk", "creme")) == ["invalid_login"]
    assert log_in("clerk", "cre\u0300me")["Location"] == reverse("admin:index")


@pytest.mark.parametrize(("name", "password"), [("", situations.PASSWORD), ("clerk", "")])
def test_an_empty_field_is_refused(clerk: User, name: str, password: str) -> None:
    with nothing_changes():
        response = log_in(name, password)
    assert response.status_code == 200
    assert "_auth_user_id" not in response.wsgi_request.session


def test_an_inactive_user_cannot_log_in(clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)

    assert codes(log_in("clerk", situations.PASSWORD)) == ["invalid_login"]


def test_after_too_many_failures_the_correct_password_is_refused(clerk: User) -> None:
    for _ in range(LIMIT):
        assert codes(log_in("clerk", "wrong")) == ["invalid_login"]
    with nothing_changes():
        refused = log_in("clerk", situations.PASSWORD)
    assert codes(refused) == ["too_many_attempts"]
    (message,) = error_messages(refused)
    assert re.fullmatch(r"Too many attempts\. Please try again in \d+ minutes\.", message)
    assert message in refused.content.decode()
    assert "_auth_user_id" not in refused.wsgi_request.session


def test_a_login_resets_the_failures(clerk: User) -> None:
    for _ in range(2):
        for _ in range(LIMIT - 1):
            log_in("clerk", "wrong")
        assert log_in("clerk", situations.PASSWORD).status_code == 302


@pytest.mark.parametrize("name", ["CLERK", " clerk "])
def test_failures_are_counted_ignoring_the_case_of_the_name(clerk: User, name: str) -> None:
    for _ in range(LIMIT):
        log_in(name, "wrong")
    assert codes(log_in("clerk", situations.PASSWORD)) == ["too_many_attempts"]


def test_a_customer_login_counts_and_looks_like_a_wrong_password(db: None) -> None:
    situations.a_user("customer")
    for _ in range(LIMIT):
        correct, unknown = log_in("customer", situations.PASSWORD), log_in("unknown", situations.PASSWORD)
        assert error_messages(correct) == error_messages(unknown)
    assert codes(log_in("customer", situations.PASSWORD)) == ["too_many_attempts"]


def test_failures_in_the_admin_count_for_the_api(clerk: User) -> None:
    for _ in range(LIMIT):
        log_in("clerk", "wrong")
    with pytest.raises(TooManyAttempts):
        sessions.login(name="clerk", password=situations.PASSWORD, address="192.0.2.1")


def test_failures_in_the_api_count_for_the_admin(clerk: User) -> None:
    for _ in range(LIMIT):
        with pytest.raises(InvalidCredentials):
            sessions.login(name="clerk", password="wrong", address="192.0.2.1")
    assert codes(log_in("clerk", situations.PASSWORD)) == ["too_many_attempts"]


@pytest.mark.parametrize("name", ["", "unknown", "x" * 300])
@pytest.mark.parametrize("password", ["", "wrong", "x" * 100_000])
def test_invalid_credentials_of_any_length_are_refused(db: None, name: str, password: str) -> None:
    with nothing_changes():
        assert log_in(name, password).status_code == 200


def test_after_a_logout_staff_see_the_login_page(staff_client: Client) -> None:
    response = staff_client.post(reverse("admin:logout"), follow=True)
    assert response.redirect_chain == [(reverse("admin:login"), 302)]
    assert not response.wsgi_request.user.is_authenticated


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/admin/cinema/show/add/?screen=1&back=schedule", "/admin/cinema/show/add/?screen=1&amp;back=schedule"),
        ("/admin/login/?next=/admin/cinema/show/", "/admin/cinema/show/"),
        ("/admin/login/?next=https://example.com/", "/admin/"),
        ("/admin/logout/", "/admin/"),
    ],
)
def test_a_form_that_was_opened_before_the_login_leads_to_its_page(db: None, sent_to: str, page: str) -> None:
    with nothing_changes():
        response = Client(enforce_csrf_checks=True).post(sent_to, {"title": "New"})
    assert response.status_code == 403
    assert f'<a href="{page}">Open the page again</a>' in response.content.decode()
