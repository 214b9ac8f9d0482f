"""Those who ask: nobody, two customers, and staff with and without the permission it takes.

    anonymous   nobody is signed in
    owner       the customer whose things are asked for
    other       another customer
    staff       staff without any permission
    almost      staff with every permission of the cinema but that one
    clerk       staff with that one and no other
    granted     with that one, and not marked as staff
    superuser   with no permission of their own
    inactive    a superuser whose account was closed while they were signed in

Where no permission makes a difference, `almost`, `clerk` and `granted` have all there are.
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
    """Somebody who asks, or nobody."""

    user: User | None
    api: Api

    def may_see_what_is_the_owners(self, world: World) -> bool:
        return self.user is not None and (self.user == world.owner or self.user.has_perm("cinema.view_booking"))


def all_permissions() -> set[str]:
    return set(Permission.objects.filter(content_type__app_label="cinema").values_list("codename", flat=True))


def permissions_of(actor: str, permission: str) -> set[str]:
    """Those that the actor has, where `permission` is what it takes."""
    match actor:
        case "almost":
            return all_permissions() - {permission}
        case "clerk" | "granted":
            return all_permissions() if permission == ANY else {permission}
    return set()


def viewer(actor: str, api: Api, world: World, *, permission: str = ANY) -> Viewer:
    if actor == "anonymous":
        return Viewer(None, api)
    if actor == "owner":
        return Viewer(world.owner, api.logged_in_as(world.owner))
    user = situations.a_staff_member(*permissions_of(actor, permission))
    user.is_staff = actor in {"staff", "almost", "clerk"}
    user.is_superuser = actor in {"superuser", "inactive"}
    user.save()
    signed_in = api.logged_in_as(user)
    if actor == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    return Viewer(user, signed_in)
