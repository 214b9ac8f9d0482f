"""What a permission is, to the API: Django's own, of an active account, as it is at this moment.

Whether an account is marked as staff opens the pages of `/admin/`, and nothing here: the permission alone decides.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from cinema.models import Movie, User
from tests import situations
from tests.api.permissions.actors import all_permissions
from tests.api.permissions.calls import call
from tests.api.permissions.tables import word_for
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.stored import nothing_changes


def word(api: Api, name: str, world: World) -> str:
    return word_for(call(api, name, world), name)


def test_every_permission_of_a_row_is_one_of_the_cinemas(db: None) -> None:
    assert set(OPERATIONS.permissions.values()) - {"-"} <= all_permissions()


def test_a_permission_that_comes_with_a_group_is_as_good(api: Api, world: World) -> None:
    group = Group.objects.create(name="programmers")
    group.permissions.set(Permission.objects.filter(codename="change_show"))
    user = situations.a_user(is_staff=True)
    user.groups.add(group)

    assert word(api.logged_in_as(user), "cancelShow", world) == "ok"


def test_a_permission_that_is_taken_away_is_gone_at_once(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_show")
    staff = api.logged_in_as(user)
    assert word(staff, "blockSeats", world) == "ok"
    user.user_permissions.clear()

    with nothing_changes():
        assert word(staff, "unblockSeats", world) == "denied"


def test_a_permission_of_the_same_name_on_something_else_is_another_permission(api: Api, world: World) -> None:
    of_groups = ContentType.objects.get_for_model(Group)
    user = situations.a_user(is_staff=True)
    user.user_permissions.add(Permission.objects.create(codename="change_show", content_type=of_groups))

    staff = api.logged_in_as(user)

    assert user.has_perm("auth.change_show")
    with nothing_changes():
        assert word(staff, "cancelShow", world) == "denied"


def test_an_account_that_is_closed_is_signed_out_at_once(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_movie")
    staff = api.logged_in_as(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    with nothing_changes():
        assert word(staff, "updateMovie", world) == "login"
        assert word(staff, "me", world) == "login"


def test_an_account_that_is_deleted_is_signed_out_at_once(api: Api, world: World) -> None:
    user = situations.a_staff_member("change_movie")
    staff = api.logged_in_as(user)
    user.delete()

    with nothing_changes():
        assert word(staff, "updateMovie", world) == "login"


@pytest.mark.parametrize("flag", ["isStaff", "isSuperuser", "userPermissions", "groups"])
def test_nobody_signs_up_as_staff(api: Api, flag: str) -> None:
    document = "mutation ($input: SignupInput!) { signup(input: $input) { __typename } }"
    grace = {"username": "grace", "email": "grace@example.com", "password": situations.PASSWORD}

    with nothing_changes():
        answer = api(document, input={**grace, flag: True})

    assert answer.code == "BAD_USER_INPUT"


def test_the_mutations_of_a_document_are_decided_one_by_one(api: Api, world: World) -> None:
    staff = api.logged_in_as(situations.a_staff_member("change_movie"))
    document = """
        mutation ($change: UpdateMovieInput!, $remove: DeleteMovieInput!) {
          updateMovie(input: $change) { __typename }
          deleteMovie(input: $remove) { __typename }
        }
    """

    answer = staff(
        document,
        change={"movieId": global_id(world.movie), "title": "Alien"},
        remove={"movieId": global_id(world.unseen)},
    )

    assert answer.code == "FORBIDDEN"
    assert answer.body["errors"][0]["path"] == ["deleteMovie"]
    assert Movie.objects.get(pk=world.movie.pk).title == "Alien"
    assert Movie.objects.filter(pk=world.unseen.pk).exists()
