"""The actors that send requests, some with the permission that an operation requires.

    anonymous   no user is logged in
    owner       the customer who owns the requested data
    other       another customer
    staff       a staff member without permissions
    lacking     a staff member with every permission of the cinema app except the required one
    allowed     a staff member with the required permission only
    nonstaff    a user with the required permission only, who is not marked as staff
    superuser   a superuser without assigned permissions
    closed      a superuser, deactivated after login

If an operation requires no permission, `lacking`, `allowed` and `nonstaff` have every permission.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Permission

from cinema.models import User
from tests import situations
from tests.api.permissions.world import World
from tests.conftest import Api

ANY = "-"


@dataclass(frozen=True)
class Viewer:
    """A user, or the anonymous user, and their access to the API."""

    user: User | None
    api: Api

    def may_see_owner_data(self, world: World) -> bool:
        return self.user is not None and (self.user == world.owner or self.user.has_perm("cinema.view_booking"))


def all_permissions() -> set[str]:
    return set(Permission.objects.filter(content_type__app_label="cinema").values_list("codename", flat=True))


def permissions_of(actor: str, permission: str) -> set[str]:
    """The permissions of the actor if `permission` is the required one."""
    match actor:
        case "lacking":
            return all_permissions() - {permission}
        case "allowed" | "nonstaff":
            return all_permissions() if permission == ANY else {permission}
    return set()


def create_viewer(actor: str, api: Api, world: World, *, permission: str = ANY) -> Viewer:
    if actor == "anonymous":
        return Viewer(None, api)
    if actor == "owner":
        return Viewer(world.owner, api.logged_in_as(world.owner))
    user = situations.a_staff_member(*permissions_of(actor, permission))
    user.is_staff = actor in {"staff", "lacking", "allowed"}
    user.is_superuser = actor in {"superuser", "closed"}
    user.save()
    logged_in = api.logged_in_as(user)
    if actor == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return Viewer(user, logged_in)
