"""Permissions are Django's permissions of an active account, loaded for every request.

The staff flag gives access to `/admin/` only. In the API, the permission alone decides.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from cinema.models import Movie, User
from tests import situations
from tests.api.permissions.actors import all_permissions
from tests.api.permissions.calls import call
from tests.api.permissions.tables import outcome_of
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.stored import nothing_changes


def outcome(api: Api, name: str, world: World) -> str:
    return outcome_of(call(api, name, world), name)


def test_required_permissions_exist(db: None) -> None:
    assert set(OPERATIONS.permissions.values()) - {"-"} <= all_permissions()


def test_a_permission_of_a_group_is_enough(api: Api, world: World) -> None:
    group = Group.objects.create(name="schedulers")
    group.permissions.set(Permission.objects.filter(codename="change_show"))
    user = situations.a_user(is_staff=True)
    user.groups.add(group)

    assert outcome(api.logged_in_as(user), "cancelShow", world) == "ok"


def test_a_removed_permission_is_lost_immediately(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_show")
    staff = api.logged_in_as(user)
    assert outcome(staff, "blockSeats", world) == "ok"
    user.user_permissions.clear()

    with nothing_changes():
        assert outcome(staff, "unblockSeats", world) == "denied"


def test_a_permission_of_the_same_name_for_another_model_is_not_enough(api: Api, world: World) -> None:
    of_groups = ContentType.objects.get_for_model(Group)
    user = situations.a_user(is_staff=True)
    user.user_permissions.add(Permission.objects.create(codename="change_show", content_type=of_groups))

    staff = api.logged_in_as(user)

    assert user.has_perm("auth.change_show")
    with nothing_changes():
        assert outcome(staff, "cancelShow", world) == "denied"


def test_a_deactivated_user_is_logged_out_immediately(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_movie")
    staff = api.logged_in_as(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    with nothing_changes():
        assert outcome(staff, "updateMovie", world) == "login"
        assert outcome(staff, "me", world) == "login"


def test_a_deleted_user_is_logged_out_immediately(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_movie")
    staff = api.logged_in_as(user)
    user.delete()

    with nothing_changes():
        assert outcome(staff, "updateMovie", world) == "login"


@pytest.mark.parametrize("flag", ["isStaff", "isSuperuser", "userPermissions", "groups"])
def test_signup_does_not_accept_staff_fields(api: Api, flag: str) -> None:
    document = "mutation ($input: SignupInput!) { signup(input: $input) { __typename } }"
    grace = {"username": "grace", "email": "grace@example.com", "password": situations.PASSWORD}

    with nothing_changes():
        response = api(document, input={**grace, flag: True})

    assert response.code == "BAD_USER_INPUT"


def test_mutations_of_one_document_are_authorized_separately(api: Api, world: World) -> None:
    staff = api.logged_in_as(situations.a_staff_member("change_movie"))
    document = """
        mutation ($change: UpdateMovieInput!, $remove: DeleteMovieInput!) {
          updateMovie(input: $change) { __typename }
          deleteMovie(input: $remove) { __typename }
        }
    """

    response = staff(
        document,
        change={"movieId": global_id(world.movie), "title": "Alien"},
        remove={"movieId": global_id(world.unscheduled_movie)},
    )

    assert response.code == "FORBIDDEN"
    assert response.body["errors"][0]["path"] == ["deleteMovie"]
    assert Movie.objects.get(pk=world.movie.pk).title == "Alien"
    assert Movie.objects.filter(pk=world.unscheduled_movie.pk).exists()
