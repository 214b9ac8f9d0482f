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
def _few_failures(change_rules: ChangeRules) -> None:
    rates = {"account_and_address": limits.parse(f"{LIMIT}/15 minutes")}
    change_rules(rates={**account_rules().rates, "login": {**account_rules().rates["login"], **rates}})


@pytest.fixture
def clerk(db: None) -> User:
    return situations.a_user("clerk", is_staff=True)


def sign_in(name: str, password: str) -> Any:
    return Client().post(reverse("admin:login"), {"username": name, "password": password}, REMOTE_ADDR="192.0.2.1")


def complaints(response: Any) -> list[str]:
    assert response.status_code == 200
    return list(response.context["form"].non_field_errors())


def codes(response: Any) -> list[str]:
    return [error.code for error in response.context["form"].non_field_errors().as_data()]


def test_staff_signs_in(clerk: User) -> None:
    assert sign_in("clerk", situations.PASSWORD)["Location"] == reverse("admin:index")


def test_after_too_many_wrong_passwords_the_right_one_is_not_listened_to(clerk: User) -> None:
    for _ in range(LIMIT):
        assert codes(sign_in("clerk", "wrong")) == ["invalid_login"]
    with nothing_changes():
        refused = sign_in("clerk", situations.PASSWORD)
    assert codes(refused) == ["too_many_attempts"]
    (complaint,) = complaints(refused)
    assert complaint in {f"Too many attempts. Please try again in {seconds} seconds." for seconds in range(890, 901)}
    assert complaint in refused.content.decode()
    assert "_auth_user_id" not in refused.wsgi_request.session


def test_signing_in_forgets_the_failures(clerk: User) -> None:
    for _ in range(2):
        for _ in range(LIMIT - 1):
            sign_in("clerk", "wrong")
        assert sign_in("clerk", situations.PASSWORD).status_code == 302


@pytest.mark.parametrize("name", ["CLERK", " clerk "])
def test_a_name_is_the_same_in_any_case(clerk: User, name: str) -> None:
    for _ in range(LIMIT):
        sign_in(name, "wrong")
    assert codes(sign_in("clerk", situations.PASSWORD)) == ["too_many_attempts"]


def test_a_customers_right_password_counts_as_a_wrong_one_and_looks_like_one(db: None) -> None:
    situations.a_user("customer")
    for _ in range(LIMIT):
        right, nobodys = sign_in("customer", situations.PASSWORD), sign_in("nobody", situations.PASSWORD)
        assert complaints(right) == complaints(nobodys)
    assert codes(sign_in("customer", situations.PASSWORD)) == ["too_many_attempts"]


def test_what_was_guessed_here_cannot_be_guessed_on_at_the_api(clerk: User) -> None:
    for _ in range(LIMIT):
        sign_in("clerk", "wrong")
    with pytest.raises(TooManyAttempts):
        sessions.login(name="clerk", password=situations.PASSWORD, address="192.0.2.1")


def test_what_was_guessed_at_the_api_cannot_be_guessed_on_here(clerk: User) -> None:
    for _ in range(LIMIT):
        with pytest.raises(InvalidCredentials):
            sessions.login(name="clerk", password="wrong", address="192.0.2.1")
    assert codes(sign_in("clerk", situations.PASSWORD)) == ["too_many_attempts"]


@pytest.mark.parametrize("name", ["", "nobody", "x" * 300])
@pytest.mark.parametrize("password", ["", "wrong", "x" * 100_000])
def test_a_form_that_nobody_fills_in_like_this_is_refused(db: None, name: str, password: str) -> None:
    with nothing_changes():
        assert sign_in(name, password).status_code == 200
