"""Who is shown what by `node(id)`: a row for every type that has an id, and for what only looks like one of it."""

from collections.abc import Callable
from typing import Any

from tests.api.permissions.actors import viewer
from tests.api.permissions.calls import ask
from tests.api.permissions.selections import NODE, possible_types
from tests.api.permissions.tables import Case, Table, assert_refused, word_for
from tests.api.permissions.world import NO_KEY, World
from tests.conftest import Api, global_id
from tests.stored import nothing_changes

NODES = Table("""
node            permission      anonymous  owner   other   staff   almost  clerk   granted  superuser  inactive

Movie           -               ok         ok      ok      ok      ok      ok      ok       ok         ok
Theater         -               ok         ok      ok      ok      ok      ok      ok       ok         ok
Screen          -               ok         ok      ok      ok      ok      ok      ok       ok         ok
Show            -               ok         ok      ok      ok      ok      ok      ok       ok         ok
Booking         view_booking    null       ok      null    null    null    ok      ok       ok         login
Booking:held    view_booking    null       ok      null    null    null    ok      ok       ok         login
Booking:gone    view_booking    null       ok      null    null    null    ok      ok       ok         login
Ticket          view_booking    null       ok      null    null    null    ok      ok       ok         login
Ticket:held     view_booking    null       ok      null    null    null    ok      ok       ok         login
Ticket:block    view_booking    null       null    null    null    null    null    null     null       login
User            view_user       null       ok      null    null    null    null    null     null       login
""")
THINGS: dict[str, Callable[[World], Any]] = {
    "Movie": lambda world: world.movie,
    "Theater": lambda world: world.theater,
    "Screen": lambda world: world.screen,
    "Show": lambda world: world.show,
    "Booking": lambda world: world.booking,
    "Booking:held": lambda world: world.hold,
    "Booking:gone": lambda world: world.given_up,
    "Ticket": lambda world: world.ticket,
    "Ticket:held": lambda world: world.hold.tickets.get(),
    "Ticket:block": lambda world: world.block,
    "User": lambda world: world.owner,
}


def type_of(row: str) -> str:
    return row.partition(":")[0]


def test_every_type_that_has_an_id_has_its_row() -> None:
    assert {type_of(row) for row in NODES.names} == {each.name for each in possible_types(NODE)}


@NODES.every_case
def test_who_is_shown_what(api: Api, world: World, case: Case) -> None:
    who = viewer(case.actor, api, world, permission=case.permission)
    thing = THINGS[case.row](world)

    with nothing_changes():
        answer = ask(who.api, "node", {"id": global_id(thing)})

    assert word_for(answer, "node") == case.expected
    if case.expected == "ok":
        found = answer.data["node"]
        assert (found["__typename"], found["id"]) == (type_of(case.row), global_id(thing))
    else:
        assert_refused(answer, "node", case.permission)
        nothing_there = ask(who.api, "node", {"id": global_id(type(thing)(pk=NO_KEY))})
        assert nothing_there.body == answer.body
    if not who.may_see_what_is_the_owners(world):
        assert world.secrets_in(str(answer.body)) == set()
