"""Which fields there are, who gets to them, and which of them are not the same for everybody.

A new field has no place here yet: decide for whom it is, and put it down as public, as personal, or, if it is not for
everybody who can ask for its type, as a row of its own.
"""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from tests import situations
from tests.api.permissions.actors import Viewer, viewer
from tests.api.permissions.calls import ARGUMENTS, BY_VIEWER, ask, call
from tests.api.permissions.selections import MUTATION, NODE, QUERY, SCHEMA, object_types, possible_types, selection
from tests.api.permissions.tables import WORDS, Case, Table
from tests.api.permissions.test_nodes import NODES, type_of
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, ApiResponse, global_id
from tests.stored import nothing_changes

FIELDS = Table("""
field             permission    anonymous  owner   other   staff   almost  clerk   granted  superuser  inactive

Booking.timeline  view_booking  login      denied  denied  denied  denied  ok      ok       ok         login
Show.seatMap      -             ok         ok      ok      ok      ok      ok      ok       ok         login
ShowSeat.mine     -             false      true    false   false   false   false   false    false      login
""")


def listed(text: str) -> dict[str, set[str]]:
    """The fields of each type, which may go on in another line."""
    fields: dict[str, set[str]] = {}
    for line in text.strip().splitlines():
        name, *some = line.split()
        fields.setdefault(name, set()).update(some)
    return fields


# The same for everybody, signed in or not.
PUBLIC = listed("""
Movie          id title synopsis durationMinutes durationIsEstimate releaseDate genres certificate language posterUrl
Movie          shows
Theater        id name city timeZone screens
Screen         id name seatCount rows theater
Show           id startsAt endsAt format language movie screen prices priceFrom status seatsTotal seatsAvailable
CategoryPrice  category price
Money          amount currency
SeatMap        cursor rows
SeatRow        label seats
SeatChanges    cursor seats
ShowSeat       label row number column category price status
PageInfo       hasNextPage hasPreviousPage startCursor endCursor
""")
# For those whom they are about, and whoever else is shown the thing they belong to.
PERSONAL = listed("""
Booking        id reference createdAt expiresAt confirmedAt cancelledAt status show tickets total
Ticket         id category status seat price
User           id username email emailVerified isStaff
Session        accessToken refreshToken expiresAt user
LoggedOut      everywhere
MailOnItsWay   email
""")
# For those who see the timelines that they are parts of.
OF_TIMELINES = listed("""
TicketEvent    kind at until seat by booking
""")
# What somebody is told who has just asked for it, and may.
PROBLEMS = listed("""
InvalidInput          message fields
FieldProblem          field code message
Busy                  message retryAfterMs
InvalidCredentials    message
TooManyAttempts       message retryAfterSeconds
InvalidRefreshToken   message
LinkNotGood           message
EmailAlreadyVerified  message
SeatsTaken            message seats alternatives
UnknownSeats          message seats
NotEnoughSeats        message requested available
ShowNotOnSale         message status
SeatLimitReached      message limit alreadyTaken
HoldExpired           message stillAvailable
TooLateToCancel       message deadline
IdempotencyKeyReused  message
MovieHasShows         message showCount
ScreenOccupied        message show
SeatsSold             message seats
ShowHasBookings       message bookingCount
""")
KNOWN = PUBLIC | PERSONAL | OF_TIMELINES | PROBLEMS
PAGE = {"edges", "nodes", "pageInfo", "totalCount"}
SHAPES = {"Connection": PAGE, "Edge": {"cursor", "node"}}


def of_a_list(name: str) -> set[str] | None:
    """The fields of a type that only wraps others in a list."""
    return next((fields for ending, fields in SHAPES.items() if name.endswith(ending)), None)


def test_every_field_of_every_type_is_known_and_there() -> None:
    there = {each.name: set(each.fields) for each in object_types()}
    lists = {name: fields for name in there if (fields := of_a_list(name))}
    with_rows: dict[str, set[str]] = {}
    for type_name, field in (name.split(".") for name in FIELDS.names):
        with_rows.setdefault(type_name, set()).add(field)

    assert {name: KNOWN[name] | with_rows.get(name, set()) for name in KNOWN} | lists == there


# ---------------------------------------------------------------------- which types who gets to


def reached_by(actor: str, roots: tuple[GraphQLObjectType, ...]) -> set[str]:
    """The names of the types that the schema leads `actor` to, along all that is not refused them in the tables."""
    words = FIELDS.words(actor) | OPERATIONS.words(actor)
    # What is null or absent to a customer is so because it is not theirs; nothing is theirs who is nobody.
    refusals = {"login", "denied"} | ({"null"} if actor == "anonymous" else set())
    refused = {name for name, word in words.items() if word in refusals}
    nodes = {type_of(row) for row, word in NODES.words(actor).items() if word == "ok"}
    reached: set[str] = set()
    pending = [field.type for root in roots for name, field in root.fields.items() if name not in refused]
    while pending:
        target = get_named_type(pending.pop())
        new = [each for each in possible_types(target) if each.name not in reached]
        if target is NODE:
            new = [each for each in new if each.name in nodes]
        reached |= {each.name for each in new}
        pending += [field.type for of in new for name, field in of.fields.items() if f"{of.name}.{name}" not in refused]
    return {name for name in reached if not of_a_list(name)}


def test_who_asks_without_signing_in_gets_to_what_is_public_and_no_further() -> None:
    assert reached_by("anonymous", (QUERY,)) == set(PUBLIC)


@pytest.mark.parametrize("actor", ["owner", "other", "staff", "almost"])
def test_nobody_gets_to_the_timelines_without_the_permission(actor: str) -> None:
    assert reached_by(actor, (QUERY, MUTATION)).isdisjoint(OF_TIMELINES)


def test_who_has_the_permission_gets_to_everything() -> None:
    assert reached_by("clerk", (QUERY, MUTATION)) == set(KNOWN)


# ---------------------------------------------------------------------- what they are shown there


def word_for_field(row: str, who: Viewer, world: World) -> tuple[str, ApiResponse]:
    """What the answer is in the words of the table; of a booking of their own, if they have one."""
    if row == "Booking.timeline":
        wanted = selection(SCHEMA.type_map["TicketEvent"])
        answer = who.api(f"{{ myBookings(first: 1) {{ nodes {{ timeline {{ {wanted} }} }} }} }}")
        told: Any = None if "errors" in answer.body else answer.data["myBookings"]["nodes"][0]["timeline"]
        word = "ok" if told else "nothing"
    else:
        document = "query ($id: ID!) { show(id: $id) { seatMap { cursor rows { seats { label mine } } } } }"
        answer = who.api(document, id=global_id(world.show))
        told = None if "errors" in answer.body else answer.data["show"]["seatMap"]["rows"][0]["seats"][0]
        word = "ok" if row == "Show.seatMap" else str(told and told["mine"]).lower()
    return (WORDS[answer.code] if "errors" in answer.body else word), answer


@FIELDS.every_case
def test_who_is_shown_what(api: Api, world: World, case: Case) -> None:
    who = viewer(case.actor, api, world, permission=case.permission)
    if who.user and who.user != world.owner:
        situations.a_booking("A8", show=world.show, by=who.user)

    with nothing_changes():
        word, answer = word_for_field(case.row, who, world)

    assert word == case.expected
    if word == "denied":
        assert answer.body["errors"][0]["message"] == f"You need the permission cinema.{case.permission}."
    if not who.may_see_what_is_the_owners(world):
        assert world.secrets_in(str(answer.body)) == set()


ABOUT_THE_VIEWER = {"node", "me", "myBookings", "booking", "seatTimeline", "seatChanges"}


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) - ABOUT_THE_VIEWER))
def test_what_is_public_is_the_same_for_everybody(api: Api, world: World, name: str) -> None:
    shown = call(api, name, world).data
    assert shown[name]

    for actor in ("owner", "other", "staff", "clerk", "superuser"):
        assert call(viewer(actor, api, world).api, name, world).data == shown


@pytest.mark.parametrize("actor", ["clerk", "granted", "superuser"])
@pytest.mark.parametrize("row", ["Booking", "Booking:held", "Ticket"])
def test_who_may_see_a_booking_sees_what_its_owner_does(api: Api, world: World, row: str, actor: str) -> None:
    thing = {"Booking": world.booking, "Booking:held": world.hold, "Ticket": world.ticket}[row]
    theirs, seen = (
        ask(viewer(each, api, world, permission="view_booking").api, "node", {"id": global_id(thing)}).data
        for each in ("owner", actor)
    )

    assert seen == theirs
    assert theirs["node"]["id"] == global_id(thing)


def test_what_depends_on_who_asks_has_a_row() -> None:
    assert set(FIELDS.names) >= BY_VIEWER
