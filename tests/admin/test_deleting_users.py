"""Deleting users at /admin/."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from django.urls import reverse

from cinema.accounts import users
from cinema.accounts.models import User
from tests import situations
from tests.admin.conftest import messages
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

LIST = reverse("admin:cinema_user_changelist")


def test_a_user_is_deleted(staff_client: Client) -> None:
    user = situations.a_user()
    assert staff_client.post(reverse("admin:cinema_user_delete", args=[user.pk]), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()


def test_a_user_with_bookings_cannot_be_deleted(staff_client: Client) -> None:
    user, other = situations.a_booking().user, situations.a_user()
    delete, refusal = reverse("admin:cinema_user_delete", args=[user.pk]), users.HAS_BOOKINGS
    with nothing_changes():
        # Before the confirmation, and in case of a booking since then.
        assert messages(staff_client.get(delete, follow=True)) == [refusal]
        assert messages(staff_client.post(delete, {"post": "yes"}, follow=True)) == [refusal]
        selected = {"action": "delete_selected", "_selected_action": [user.pk, other.pk]}
        confirmation = staff_client.post(LIST, selected)
    assert messages(confirmation) == [f"{user}: {refusal}"]
    assert list(confirmation.context["queryset"]) == [other]


def test_a_user_whose_changes_are_in_histories_cannot_be_deleted(staff_client: Client) -> None:
    """Their entries in the histories would be deleted, too."""
    colleague = situations.a_staff_member("change_movie")
    LogEntry.objects.log_actions(colleague.pk, [situations.a_movie()], CHANGE, "Changed.")
    delete, refusal = reverse("admin:cinema_user_delete", args=[colleague.pk]), users.HAS_CHANGES
    with nothing_changes():
        assert messages(staff_client.get(delete, follow=True)) == [refusal]
        assert messages(staff_client.post(delete, {"post": "yes"}, follow=True)) == [refusal]
