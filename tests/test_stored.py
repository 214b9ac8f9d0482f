"""`nothing_changes` detects every change."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from cinema.models import User
from tests import situations
from tests.stored import COUNTERS, nothing_changes, stored_models


@pytest.mark.django_db
def test_every_table_is_compared_except_counts_of_attempts() -> None:
    tables = set(connection.introspection.table_names()) - {model._meta.db_table for model in COUNTERS}

    assert {model._meta.db_table for model in stored_models()} == tables - {"django_migrations"}


def test_a_changed_field_is_detected(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        User.objects.filter(pk=buyer.pk).update(sessions_ended=1)


def replace(user: User) -> None:
    user.delete()
    situations.a_user(user.username)


def test_a_replaced_row_is_detected(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        replace(buyer)


def test_a_granted_permission_is_detected(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        buyer.user_permissions.set(Permission.objects.filter(codename="view_booking"))


def test_a_created_group_is_detected(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        Group.objects.create(name="managers")
