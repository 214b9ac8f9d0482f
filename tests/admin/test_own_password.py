"""Staff change their own password through the same use case as the API."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidRefreshToken, InvalidToken
from cinema.accounts.models import User
from cinema.accounts.rules import rules as account_rules
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:password_change")
NEW_PASSWORD = "a-quiet-row-of-seats"
LIMIT = account_rules().rates["change_password"]["account"].amount


@pytest.fixture
def clerk() -> User:
    return situations.a_user("clerk", is_staff=True)


@pytest.fixture
def clerk_client(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


def change_password(client: Client, *, current: str = situations.PASSWORD, new: str = NEW_PASSWORD) -> Any:
    return client.post(PAGE, {"old_password": current, "new_password1": new, "new_password2": new})


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


def test_a_new_password_ends_every_api_session_and_starts_none(clerk: User, clerk_client: Client) -> None:
    session = sessions.login(name="clerk", password=situations.PASSWORD, address="192.0.2.1")
    assert clerk_client.get(PAGE).status_code == 200

    assert change_password(clerk_client)["Location"] == reverse("admin:password_change_done")

    clerk.refresh_from_db()
    assert clerk.check_password(NEW_PASSWORD)
    assert not clerk.session_tokens.filter(revoked=None).exists()
    with pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)
    with pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=session.refresh_token, address="192.0.2.1")


def test_only_the_admin_session_that_changed_the_password_continues(clerk: User, clerk_client: Client) -> None:
    other = Client()
    other.force_login(clerk)

    change_password(clerk_client)

    assert clerk_client.get(reverse("admin:index")).status_code == 200
    assert other.get(reverse("admin:index")).status_code == 302


def test_a_wrong_current_password_is_refused(clerk_client: Client) -> None:
    with nothing_changes():
        response = change_password(clerk_client, current="wrong")

    assert errors(response) == {"old_password": ["The current password is wrong."]}


def test_a_weak_new_password_is_refused(clerk_client: Client) -> None:
    with nothing_changes():
        response = change_password(clerk_client, new="12345678")

    assert "This password is too common." in errors(response)["new_password1"]


def test_different_new_passwords_are_refused(clerk_client: Client) -> None:
    fields = {"old_password": situations.PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": "another"}
    with nothing_changes():
        response = clerk_client.post(PAGE, fields)

    assert list(errors(response)) == ["new_password2"]


def test_after_too_many_failures_the_correct_password_is_refused(clerk_client: Client) -> None:
    for _ in range(LIMIT):
        change_password(clerk_client, current="wrong")

    with nothing_changes():
        response = change_password(clerk_client)

    (message,) = errors(response)["old_password"]
    assert message.startswith("Too many attempts. Please try again in ")
    assert message in response.content.decode()


def test_an_empty_form_is_refused(clerk_client: Client) -> None:
    with nothing_changes():
        response = clerk_client.post(PAGE, {})

    assert list(errors(response)) == ["old_password", "new_password1", "new_password2"]
