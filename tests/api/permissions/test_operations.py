"""Access to every query and mutation. The outcomes are defined in `tables`, the actors in `actors`."""

from graphql import GraphQLNonNull

from tests.api.permissions.actors import create_viewer
from tests.api.permissions.calls import ARGUMENTS, INPUTS, WITH_CREDENTIALS, call
from tests.api.permissions.selections import MUTATION, QUERY
from tests.api.permissions.tables import Case, Table, assert_refused, outcome_of
from tests.api.permissions.world import World
from tests.conftest import Api
from tests.stored import everything

# Mutations that change nothing. Their result is not for the cache of a client.
READING = {"exportMe"}
OPERATIONS = Table("""
field                    permission     anonymous  owner   other   staff   lacking  allowed  nonstaff  superuser  closed

node                     view_booking   null       ok      null    null    null     ok       ok        ok         login
nodes                    view_booking   null       ok      null    null    null     ok       ok        ok         login
me                       -              null       ok      ok      ok      ok       ok       ok        ok         login
cinema                   -              ok         ok      ok      ok      ok       ok       ok        ok         ok
movies                   -              ok         ok      ok      ok      ok       ok       ok        ok         ok
movie                    -              ok         ok      ok      ok      ok       ok       ok        ok         ok
genres                   -              ok         ok      ok      ok      ok       ok       ok        ok         ok
theaters                 -              ok         ok      ok      ok      ok       ok       ok        ok         ok
theater                  -              ok         ok      ok      ok      ok       ok       ok        ok         ok
shows                    -              ok         ok      ok      ok      ok       ok       ok        ok         ok
show                     -              ok         ok      ok      ok      ok       ok       ok        ok         ok
myBookings               -              login      ok      ok      ok      ok       ok       ok        ok         login
booking                  view_booking   login      ok      null    null    null     ok       ok        ok         login
seatTimeline             view_booking   login      denied  denied  denied  denied   ok       ok        ok         login
seatChanges              -              ok         ok      ok      ok      ok       ok       ok        ok         login

signup                   -              ok         ok      ok      ok      ok       ok       ok        ok         ok
login                    -              ok         ok      ok      ok      ok       ok       ok        ok         ok
refreshToken             -              ok         ok      ok      ok      ok       ok       ok        ok         ok
logout                   -              login      ok      ok      ok      ok       ok       ok        ok         login
changePassword           -              login      ok      ok      ok      ok       ok       ok        ok         login
requestPasswordReset     -              ok         ok      ok      ok      ok       ok       ok        ok         ok
resetPassword            -              ok         ok      ok      ok      ok       ok       ok        ok         ok
requestEmailVerification -              login      ok      ok      ok      ok       ok       ok        ok         login
verifyEmail              -              ok         ok      ok      ok      ok       ok       ok        ok         ok
changeEmail              -              login      ok      ok      ok      ok       ok       ok        ok         login
exportMe                 -              login      ok      ok      ok      ok       ok       ok        ok         login
eraseMe                  -              login      ok      ok      ok      ok       ok       ok        ok         login

bookSeat                 -              login      ok      ok      ok      ok       ok       ok        ok         login
holdSeats                -              login      ok      ok      ok      ok       ok       ok        ok         login
extendHold               -              login      ok      absent  absent  absent   absent   absent    absent     login
confirmBooking           -              login      ok      absent  absent  absent   absent   absent    absent     login
cancelBooking            -              login      ok      absent  absent  absent   absent   absent    absent     login

createMovie              add_movie      login      denied  denied  denied  denied   ok       ok        ok         login
updateMovie              change_movie   login      denied  denied  denied  denied   ok       ok        ok         login
deleteMovie              delete_movie   login      denied  denied  denied  denied   ok       ok        ok         login
createTheater            add_theater    login      denied  denied  denied  denied   ok       ok        ok         login
updateTheater            change_theater login      denied  denied  denied  denied   ok       ok        ok         login
createScreen             add_screen     login      denied  denied  denied  denied   ok       ok        ok         login
updateScreen             change_screen  login      denied  denied  denied  denied   ok       ok        ok         login
createShow               add_show       login      denied  denied  denied  denied   ok       ok        ok         login
updateShow               change_show    login      denied  denied  denied  denied   ok       ok        ok         login
cancelShow               change_show    login      denied  denied  denied  denied   ok       ok        ok         login
blockSeats               change_show    login      denied  denied  denied  denied   ok       ok        ok         login
unblockSeats             change_show    login      denied  denied  denied  denied   ok       ok        ok         login
""")


def test_every_query_and_mutation_has_a_row() -> None:
    assert set(OPERATIONS.names) == {*QUERY.fields, *MUTATION.fields}
    assert (set(ARGUMENTS), set(INPUTS)) == (set(QUERY.fields), set(MUTATION.fields))


def test_only_public_queries_are_not_nullable() -> None:
    """Public queries need no valid session. If any other field could not be null, its error would remove all data."""
    refused = {name for name, outcome in OPERATIONS.outcomes("closed").items() if outcome != "ok"}
    # The objects of `nodes` can be null.
    not_nullable = {name for name, field in QUERY.fields.items() if str(field.type).endswith("!")} - {"nodes"}
    assert not_nullable & refused == set()
    assert [name for name, field in MUTATION.fields.items() if isinstance(field.type, GraphQLNonNull)] == []


@OPERATIONS.every_case
def test_operations_are_allowed_as_listed(api: Api, world: World, case: Case) -> None:
    viewer = create_viewer(case.actor, api, world, permission=case.permission)
    before = everything()

    response = call(viewer.api, case.row, world)

    assert outcome_of(response, case.row) == case.expected
    assert (everything() != before) == (case.expected == "ok" and case.row in MUTATION.fields.keys() - READING)
    if case.expected != "ok":
        assert_refused(response, case.row, case.permission)
        # The response does not reveal whether the object exists.
        assert call(viewer.api, case.row, world.nonexistent()).body == response.body
    if not viewer.may_see_owner_data(world) and case.row not in WITH_CREDENTIALS:
        assert world.secrets_in(str(response.body)) == set()
