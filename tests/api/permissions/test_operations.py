"""Who may do what: a row for every query and mutation of the schema. The words are those of `tables` and `actors`."""

from tests.api.permissions.actors import viewer
from tests.api.permissions.calls import ARGUMENTS, INPUTS, WITH_CREDENTIALS, call
from tests.api.permissions.selections import MUTATION, QUERY
from tests.api.permissions.tables import Case, Table, assert_refused, word_for
from tests.api.permissions.world import World
from tests.conftest import Api
from tests.stored import everything

OPERATIONS = Table("""
field                    permission      anonymous  owner   other   staff   almost  clerk   granted  superuser  inactive

node                     view_booking    null       ok      null    null    null    ok      ok       ok         login
me                       -               null       ok      ok      ok      ok      ok      ok       ok         login
movies                   -               ok         ok      ok      ok      ok      ok      ok       ok         ok
movie                    -               ok         ok      ok      ok      ok      ok      ok       ok         ok
theaters                 -               ok         ok      ok      ok      ok      ok      ok       ok         ok
shows                    -               ok         ok      ok      ok      ok      ok      ok       ok         ok
show                     -               ok         ok      ok      ok      ok      ok      ok       ok         ok
myBookings               -               login      ok      ok      ok      ok      ok      ok       ok         login
booking                  view_booking    login      ok      null    null    null    ok      ok       ok         login
seatTimeline             view_booking    login      denied  denied  denied  denied  ok      ok       ok         login
seatChanges              -               ok         ok      ok      ok      ok      ok      ok       ok         login

signup                   -               ok         ok      ok      ok      ok      ok      ok       ok         ok
login                    -               ok         ok      ok      ok      ok      ok      ok       ok         ok
refreshToken             -               ok         ok      ok      ok      ok      ok      ok       ok         ok
logout                   -               login      ok      ok      ok      ok      ok      ok       ok         login
changePassword           -               login      ok      ok      ok      ok      ok      ok       ok         login
requestPasswordReset     -               ok         ok      ok      ok      ok      ok      ok       ok         ok
resetPassword            -               ok         ok      ok      ok      ok      ok      ok       ok         ok
requestEmailVerification -               login      ok      ok      ok      ok      ok      ok       ok         login
verifyEmail              -               ok         ok      ok      ok      ok      ok      ok       ok         ok

bookSeat                 -               login      ok      ok      ok      ok      ok      ok       ok         login
holdSeats                -               login      ok      ok      ok      ok      ok      ok       ok         login
extendHold               -               login      ok      absent  absent  absent  absent  absent   absent     login
confirmBooking           -               login      ok      absent  absent  absent  absent  absent   absent     login
cancelBooking            -               login      ok      absent  absent  absent  absent  absent   absent     login

createMovie              add_movie       login      denied  denied  denied  denied  ok      ok       ok         login
updateMovie              change_movie    login      denied  denied  denied  denied  ok      ok       ok         login
deleteMovie              delete_movie    login      denied  denied  denied  denied  ok      ok       ok         login
createTheater            add_theater     login      denied  denied  denied  denied  ok      ok       ok         login
updateTheater            change_theater  login      denied  denied  denied  denied  ok      ok       ok         login
createScreen             add_screen      login      denied  denied  denied  denied  ok      ok       ok         login
updateScreen             change_screen   login      denied  denied  denied  denied  ok      ok       ok         login
createShow               add_show        login      denied  denied  denied  denied  ok      ok       ok         login
updateShow               change_show     login      denied  denied  denied  denied  ok      ok       ok         login
cancelShow               change_show     login      denied  denied  denied  denied  ok      ok       ok         login
blockSeats               change_show     login      denied  denied  denied  denied  ok      ok       ok         login
unblockSeats             change_show     login      denied  denied  denied  denied  ok      ok       ok         login
""")


def test_every_query_and_mutation_has_its_row() -> None:
    assert set(OPERATIONS.names) == {*QUERY.fields, *MUTATION.fields}
    assert (set(ARGUMENTS), set(INPUTS)) == (set(QUERY.fields), set(MUTATION.fields))


@OPERATIONS.every_case
def test_who_may_do_what(api: Api, world: World, case: Case) -> None:
    who = viewer(case.actor, api, world, permission=case.permission)
    before = everything()

    answer = call(who.api, case.row, world)

    assert word_for(answer, case.row) == case.expected
    assert (everything() != before) == (case.expected == "ok" and case.row in MUTATION.fields)
    if case.expected != "ok":
        assert_refused(answer, case.row, case.permission)
        # Whether the thing is there is not told.
        assert call(who.api, case.row, world.without_a_thing()).body == answer.body
    if not who.may_see_what_is_the_owners(world) and case.row not in WITH_CREDENTIALS:
        assert world.secrets_in(str(answer.body)) == set()
