import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from tests import situations

pytestmark = pytest.mark.django_db


def test_before_a_group_is_deleted_the_page_tells_how_many_users_have_it(staff_client: Client) -> None:
    used, unused = (Group.objects.create(name=name) for name in ("Box office", "Managers"))
    used.permissions.set(Permission.objects.all()[:2])
    for _ in range(2):
        situations.a_user().groups.add(used)
    for group, users_of_group in ((used, "2 users"), (unused, "0 users")):
        delete = reverse("admin:auth_group_delete", args=[group.pk])
        html = staff_client.get(delete).content.decode()
        assert f"{group.name} (removed from {users_of_group})" in html
        assert "Group_permissions object" not in html
        assert staff_client.post(delete, {"post": "yes"}).status_code == 302
    assert not Group.objects.exists()


def test_a_group_can_be_given_permissions_of_this_project(staff_client: Client) -> None:
    add = reverse("admin:auth_group_add")
    response = staff_client.get(add)
    assert ">Can view booking</option>" in response.content.decode()
    offered = response.context["adminform"].form.fields["permissions"].queryset
    assert set(offered.values_list("content_type__app_label", flat=True)) == {"auth", "cinema"}
    permission = offered.get(codename="change_show")
    assert staff_client.post(add, {"name": "Managers", "permissions": [permission.pk]}).status_code == 302
    assert list(Group.objects.get().permissions.all()) == [permission]
