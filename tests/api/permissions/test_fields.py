"""Every field of the schema, and the actors that can read it.

A new field fails these tests until it is listed as public or personal, or has a row in `FIELDS` because its access
differs from the rest of its type.
"""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from tests import situations
from tests.api.permissions.actors import Viewer, create_viewer
from tests.api.permissions.calls import ARGUMENTS, BY_VIEWER, call, send
from tests.api.permissions.selections import MUTATION, NODE, QUERY, SCHEMA, object_types, possible_types, selection
from tests.api.permissions.tables import OUTCOMES, Case, Table
from tests.api.permissions.test_nodes import NODES, type_of
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, ApiResponse, global_id
from tests.stored import nothing_changes

FIELDS = Table("""
field            permission   anonymous  owner   other   staff   lacking  allowed  nonstaff  superuser  closed

Booking.timeline view_booking login      denied  denied  denied  denied   ok       ok        ok         login
Show.seatMap     -            ok         ok      ok      ok      ok       ok       ok        ok         login
ShowSeat.mine    -            false      true    false   false   false    false    false     false      login
User.bookings    -            null       ok      ok      ok      ok       ok       ok        ok         login
""")


def listed(text: str) -> dict[str, set[str]]:
    """The fields by type. A type can have several lines."""
    fields: dict[str, set[str]] = {}
    for line in text.strip().splitlines():
        name, *some = line.split()
        fields.setdefault(name, set()).update(some)
    return fields


# Fields with the same value for every viewer, logged in or not.
PUBLIC = listed("""
Movie          id title synopsis durationMinutes durationIsEstimate releaseDate genres certificate language posterUrl
Movie          shows trailerUrl cast
Theater        id name city timeZone screens currency shows dayEndsAt
Theater        bookingClosesMinutesBeforeStart cancellingClosesMinutesBeforeStart
Cinema         seatsPerPerson openHolds holdMinutes holdMinutesAtMost
Cinema         openHoldsWithoutVerifiedEmail heldSeatsWithoutVerifiedEmail
Screen         id name seatCount rows rowLabels numbering theater
Show           id startsAt endsAt format language movie screen prices priceFrom status seatsTotal seatsAvailable
Show           accessibleSeatsAvailable
Show           bookableUntil cancellableUntil movedAt subtitles
CategoryPrice  category price
Money          amount currency
SeatMap        cursor rows
SeatRow        label position seats
SeatChanges    cursor seats show
ShowSeat       id label row number column category unit price status
PageInfo       hasNextPage hasPreviousPage startCursor endCursor
""")
# Fields for the owner, and for other viewers who may see the object.
PERSONAL = listed("""
Booking        id reference createdAt expiresAt confirmedAt cancelledAt status show tickets total paid secondsLeft
Booking        cancellableUntil
Ticket         id category status seat price showSeat
User           id username email emailVerified newEmail isStaff
Session        accessToken refreshToken expiresAt user
LoggedOut      everywhere
MailOnItsWay   email
PersonalData   json
AccountErased  erasedAt
""")
# Fields for viewers who may see timelines.
TIMELINES = listed("""
TicketEvent    kind at until seat by booking
""")
# Fields of problems. They are returned only to the viewer that made the refused call.
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
ShowNotOnSale         message showStatus
AccessibleSeatsOnly   message seats
SeatsSoldTogether     message seats missing
SeatLimitReached      message limit alreadyTaken
HoldExpired           message stillAvailable
BookingCancelled      message cancelledAt
TooLateToCancel       message deadline
IdempotencyKeyReused  message
MovieHasShows         message showCount
ScreenOccupied        message show
SeatsSold             message seats
ShowHasBookings       message bookingCount
""")
KNOWN = PUBLIC | PERSONAL | TIMELINES | PROBLEMS
PAGE = {"edges", "nodes", "pageInfo", "totalCount"}
SHAPES = {"Connection": PAGE, "Edge": {"cursor", "node"}}


def pagination_fields(name: str) -> set[str] | None:
    """The fields of a connection or an edge."""
    return next((fields for ending, fields in SHAPES.items() if name.endswith(ending)), None)


def test_every_field_of_the_schema_is_listed() -> None:
    actual = {each.name: set(each.fields) for each in object_types()}
    lists = {name: fields for name in actual if (fields := pagination_fields(name))}
    with_rows: dict[str, set[str]] = {}
    for type_name, field in (name.split(".") for name in FIELDS.names):
        with_rows.setdefault(type_name, set()).add(field)

    assert {name: KNOWN[name] | with_rows.get(name, set()) for name in KNOWN} | lists == actual


# ---------------------------------------------------------------------- reachable types


def reached_by(actor: str, roots: tuple[GraphQLObjectType, ...]) -> set[str]:
    """The names of the types that `actor` can reach through the fields that the tables do not refuse."""
    outcomes = FIELDS.outcomes(actor) | OPERATIONS.outcomes(actor)
    # For customers, null and absent refer to data of other users. They can reach data of the same type that they own.
    refusals = {"login", "denied"} | ({"null"} if actor == "anonymous" else set())
    refused = {name for name, outcome in outcomes.items() if outcome in refusals}
    nodes = {type_of(row) for row, outcome in NODES.outcomes(actor).items() if outcome == "ok"}
    reached: set[str] = set()
    pending = [field.type for root in roots for name, field in root.fields.items() if name not in refused]
    while pending:
        target = get_named_type(pending.pop())
        new = [each for each in possible_types(target) if each.name not in reached]
        if target is NODE:
            new = [each for each in new if each.name in nodes]
        reached |= {each.name for each in new}
        pending += [
            field.type for type_ in new for name, field in type_.fields.items() if f"{type_.name}.{name}" not in refused
        ]
    return {name for name in reached if not pagination_fields(name)}


def test_anonymous_viewers_reach_only_public_types() -> None:
    assert reached_by("anonymous", (QUERY,)) == set(PUBLIC)


@pytest.mark.parametrize("actor", ["owner", "other", "staff", "lacking"])
def test_timelines_require_the_permission(actor: str) -> None:
    assert reached_by(actor, (QUERY, MUTATION)).isdisjoint(TIMELINES)


def test_a_staff_member_with_the_permission_reaches_every_type() -> None:
    assert reached_by("allowed", (QUERY, MUTATION)) == set(KNOWN)


# ---------------------------------------------------------------------- values


def outcome_of_field(row: str, viewer: Viewer, world: World) -> tuple[str, ApiResponse]:
    """The outcome and the response. A timeline is read from the viewer's own booking, if there is one."""
    if row == "Booking.timeline":
        wanted = selection(SCHEMA.type_map["TicketEvent"])
        response = viewer.api(f"{{ myBookings(first: 1) {{ nodes {{ timeline {{ {wanted} }} }} }} }}")
        value: Any = None if "errors" in response.body else response.data["myBookings"]["nodes"][0]["timeline"]
        outcome = "ok" if value else "nothing"
    elif row == "User.bookings":
        response = viewer.api("{ me { bookings { nodes { id } } } }")
        value = response.body["data"]["me"]
        outcome = "ok" if value and value["bookings"]["nodes"] else "null"
    else:
        document = "query ($id: ID!) { show(id: $id) { seatMap { cursor rows { seats { label mine } } } } }"
        response = viewer.api(document, id=global_id(world.show))
        value = None if "errors" in response.body else response.data["show"]["seatMap"]["rows"][0]["seats"][0]
        outcome = "ok" if row == "Show.seatMap" else str(value and value["mine"]).lower()
    return (OUTCOMES[response.code] if "errors" in response.body else outcome), response


@FIELDS.every_case
def test_fields_are_visible_as_listed(api: Api, world: World, case: Case) -> None:
    viewer = create_viewer(case.actor, api, world, permission=case.permission)
    if viewer.user and viewer.user != world.owner:
        situations.a_booking("A8", show=world.show, by=viewer.user)

    with nothing_changes():
        outcome, response = outcome_of_field(case.row, viewer, world)

    assert outcome == case.expected
    if outcome == "denied":
        assert response.body["errors"][0]["message"] == f"You need the permission cinema.{case.permission}."
    if not viewer.may_see_owner_data(world):
        assert world.secrets_in(str(response.body)) == set()


VIEWER_DEPENDENT = {"node", "nodes", "me", "myBookings", "booking", "seatTimeline", "seatChanges"}


@pytest.mark.parametrize("name", sorted(set(ARGUMENTS) - VIEWER_DEPENDENT))
def test_public_data_is_the_same_for_every_viewer(api: Api, world: World, name: str) -> None:
    public = call(api, name, world).data
    assert public[name]

    for actor in ("owner", "other", "staff", "allowed", "superuser"):
        assert call(create_viewer(actor, api, world).api, name, world).data == public


@pytest.mark.parametrize("actor", ["allowed", "nonstaff", "superuser"])
@pytest.mark.parametrize("row", ["Booking", "Booking:held", "Ticket"])
def test_viewers_with_the_permission_see_a_booking_as_its_owner_does(
    api: Api, world: World, row: str, actor: str
) -> None:
    thing = {"Booking": world.booking, "Booking:held": world.hold, "Ticket": world.ticket}[row]
    owner_sees, viewer_sees = (
        send(create_viewer(each, api, world, permission="view_booking").api, "node", {"id": global_id(thing)}).data
        for each in ("owner", actor)
    )
    # It may be a second less the second time.
    owner_sees["node"].pop("secondsLeft", None)
    viewer_sees["node"].pop("secondsLeft", None)

    assert viewer_sees == owner_sees
    assert owner_sees["node"]["id"] == global_id(thing)


def test_fields_excluded_from_calls_have_a_row() -> None:
    assert set(FIELDS.names) >= BY_VIEWER
