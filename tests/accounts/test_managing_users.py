"""Use cases for managing users. Only superusers can change privileges and users with privileges."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission

from cinema.accounts import users
from cinema.accounts.models import User
from cinema.core.errors import InvalidInput, NotFound
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

OPERATIONS: dict[str, Callable[[int, User], Any]] = {
    "change": lambda pk, by: users.change(user_id=pk, by=by, email="mine@example.com"),
    "set_password": lambda pk, by: users.set_password(user_id=pk, by=by, password="a-quiet-row-of-seats"),
    "remove": lambda pk, by: users.remove(user_id=pk, by=by),
}


@pytest.fixture
def staff() -> User:
    return situations.a_staff_member("change_user", "delete_user")


@pytest.fixture
def superuser() -> User:
    return situations.a_user(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_a_superuser_can_change_a_user_with_privileges(operation: str, staff: User, superuser: User) -> None:
    colleague = situations.a_staff_member("change_movie")
    before = User.objects.values().get(pk=colleague.pk)
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        OPERATIONS[operation](colleague.pk, staff)
    assert [(error.field, error.code) for error in refused.value.fields] == [("user_id", "forbidden")]
    OPERATIONS[operation](colleague.pk, superuser)
    assert User.objects.values().filter(pk=colleague.pk).first() != before


@pytest.mark.parametrize("privilege", users.PRIVILEGES)
def test_only_a_superuser_can_change_privileges(privilege: str, staff: User) -> None:
    user = situations.a_user()
    values: dict[str, Any] = {
        "groups": [Group.objects.create(name="Managers")],
        "user_permissions": list(Permission.objects.all()[:1]),
    }
    changes: Any = {"email": "new@example.com", privilege: values.get(privilege, True)}
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        users.change(user_id=user.pk, by=staff, **changes)
    assert [(error.field, error.code) for error in refused.value.fields] == [(privilege, "forbidden")]


def test_a_changed_email_is_stored_in_lower_case(staff: User) -> None:
    user = situations.a_user()
    assert users.change(user_id=user.pk, by=staff, email=" New@Example.com ").email == "new@example.com"
    user.refresh_from_db()
    assert user.email == "new@example.com"


def test_all_problems_of_a_change_are_reported_at_once(staff: User) -> None:
    user = situations.a_user()
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        users.change(user_id=user.pk, by=staff, username="a b", email="invalid", is_active=False)
    assert {error.field for error in refused.value.fields} == {"username", "email"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_unknown_user_is_not_found(operation: str, staff: User) -> None:
    with pytest.raises(NotFound):
        OPERATIONS[operation](0, staff)


def test_a_user_whose_changes_are_in_histories_is_not_deleted(superuser: User) -> None:
    colleague = situations.a_staff_member("change_movie")
    LogEntry.objects.log_actions(colleague.pk, [situations.a_movie()], CHANGE, "Changed.")
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        users.remove(user_id=colleague.pk, by=superuser)
    assert [(error.field, error.code) for error in refused.value.fields] == [("user_id", "has_changes")]
