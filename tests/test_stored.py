"""That `nothing_changes` would notice."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection

from cinema.models import User
from tests import situations
from tests.stored import COUNTERS, nothing_changes, stored_models


@pytest.mark.django_db
def test_every_table_is_looked_at_but_for_those_that_count_attempts() -> None:
    tables = set(connection.introspection.table_names()) - {model._meta.db_table for model in COUNTERS}

    assert {model._meta.db_table for model in stored_models()} == tables - {"django_migrations"}


def test_a_changed_field_is_noticed(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        User.objects.filter(pk=buyer.pk).update(sessions_ended=1)


def replace(user: User) -> None:
    user.delete()
    situations.a_user(user.username)


def test_a_row_that_is_replaced_is_noticed(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        replace(buyer)


def test_a_permission_that_is_granted_is_noticed(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        buyer.user_permissions.set(Permission.objects.filter(codename="view_booking"))


def test_a_group_that_is_made_is_noticed(buyer: User) -> None:
    with pytest.raises(AssertionError), nothing_changes():
        Group.objects.create(name="managers")
