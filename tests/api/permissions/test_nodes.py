"""Access to nodes with `node(id)`. Every type with an ID has a row, and so do bookings and tickets in other states."""

from collections.abc import Callable
from typing import Any

from tests.api.permissions.actors import create_viewer
from tests.api.permissions.calls import send
from tests.api.permissions.selections import NODE, possible_types
from tests.api.permissions.tables import Case, Table, assert_refused, outcome_of
from tests.api.permissions.world import UNUSED_KEY, World
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

NODES = Table("""
node             permission   anonymous  owner  other  staff  lacking  allowed  nonstaff  superuser  closed

Movie            -            ok         ok     ok     ok     ok       ok       ok        ok         ok
Theater          -            ok         ok     ok     ok     ok       ok       ok        ok         ok
Screen           -            ok         ok     ok     ok     ok       ok       ok        ok         ok
Show             -            ok         ok     ok     ok     ok       ok       ok        ok         ok
ShowSeat         -            ok         ok     ok     ok     ok       ok       ok        ok         login
Booking          view_booking null       ok     null   null   null     ok       ok        ok         login
Booking:held     view_booking null       ok     null   null   null     ok       ok        ok         login
Booking:released view_booking null       ok     null   null   null     ok       ok        ok         login
Ticket           view_booking null       ok     null   null   null     ok       ok        ok         login
Ticket:held      view_booking null       ok     null   null   null     ok       ok        ok         login
Ticket:block     view_booking null       null   null   null   null     null     null      null       login
User             view_user    null       ok     null   null   null     null     null      null       login
""")


class ShowSeat:
    """The seat A1 of a show, for `global_id`. It is not an instance of a model."""

    def __init__(self, pk: int) -> None:
        self.pk = f"{pk}:A1"


THINGS: dict[str, Callable[[World], Any]] = {
    "Movie": lambda world: world.movie,
    "Theater": lambda world: world.theater,
    "Screen": lambda world: world.screen,
    "Show": lambda world: world.show,
    "ShowSeat": lambda world: ShowSeat(world.show.pk),
    "Booking": lambda world: world.booking,
    "Booking:held": lambda world: world.hold,
    "Booking:released": lambda world: world.released,
    "Ticket": lambda world: world.ticket,
    "Ticket:held": lambda world: world.hold.tickets.get(),
    "Ticket:block": lambda world: world.block,
    "User": lambda world: world.owner,
}


def type_of(row: str) -> str:
    return row.partition(":")[0]


def test_every_node_type_has_a_row() -> None:
    assert {type_of(row) for row in NODES.names} == {each.name for each in possible_types(NODE)}


@NODES.every_case
def test_nodes_are_visible_as_listed(api: Api, world: World, case: Case) -> None:
    viewer = create_viewer(case.actor, api, world, permission=case.permission)
    thing = THINGS[case.row](world)

    with nothing_changes():
        response = send(viewer.api, "node", {"id": global_id(thing)})

    assert outcome_of(response, "node") == case.expected
    if case.expected == "ok":
        found = response.data["node"]
        assert (found["__typename"], found["id"]) == (type_of(case.row), global_id(thing))
    else:
        assert_refused(response, "node", case.permission)
        nonexistent = send(viewer.api, "node", {"id": global_id(type(thing)(pk=UNUSED_KEY))})
        assert nonexistent.body == response.body
    if not viewer.may_see_owner_data(world):
        assert world.secrets_in(str(response.body)) == set()
