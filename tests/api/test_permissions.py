"""Who may do what: a row for every query and mutation of the schema.

The customer owns the booking and the hold that are asked for, kept or given back. Staff have every permission of the
cinema but the one of the row, or else that one and no other. `-`: no permission makes a difference; staff have none, or
else all.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from graphql import build_schema

from cinema.accounts import sessions
from cinema.booking import blocks
from cinema.models import Booking, Movie, Screen, Show, Theater, User
from schema.root import schema
from tests import situations
from tests.conftest import Answer, Api, global_id
from tests.situations import PASSWORD, in_hours
from tests.stored import nothing_changes

MATRIX = """
field                    permission      anonymous        customer   other      staff      permitted

Query.node               view_booking    null             ok         null       null       ok
Query.me                 -               null             ok         ok         ok         ok
Query.movies             -               ok               ok         ok         ok         ok
Query.movie              -               ok               ok         ok         ok         ok
Query.theaters           -               ok               ok         ok         ok         ok
Query.shows              -               ok               ok         ok         ok         ok
Query.show               -               ok               ok         ok         ok         ok
Query.myBookings         -               UNAUTHENTICATED  ok         ok         ok         ok
Query.booking            view_booking    UNAUTHENTICATED  ok         null       null       ok
Query.seatTimeline       view_booking    UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok

Mutation.signup          -               ok               ok         ok         ok         ok
Mutation.login           -               ok               ok         ok         ok         ok
Mutation.refreshToken    -               ok               ok         ok         ok         ok
Mutation.logout          -               UNAUTHENTICATED  ok         ok         ok         ok
Mutation.changePassword  -               UNAUTHENTICATED  ok         ok         ok         ok

Mutation.bookSeat        -               UNAUTHENTICATED  ok         ok         ok         ok
Mutation.holdSeats       -               UNAUTHENTICATED  ok         ok         ok         ok
Mutation.extendHold      -               UNAUTHENTICATED  ok         NOT_FOUND  NOT_FOUND  NOT_FOUND
Mutation.confirmBooking  -               UNAUTHENTICATED  ok         NOT_FOUND  NOT_FOUND  NOT_FOUND
Mutation.cancelBooking   -               UNAUTHENTICATED  ok         NOT_FOUND  NOT_FOUND  NOT_FOUND

Mutation.createMovie     add_movie       UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.updateMovie     change_movie    UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.deleteMovie     delete_movie    UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.createTheater   add_theater     UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.updateTheater   change_theater  UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.createScreen    add_screen      UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.updateScreen    change_screen   UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.createShow      add_show        UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.updateShow      change_show     UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.cancelShow      change_show     UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.blockSeats      change_show     UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
Mutation.unblockSeats    change_show     UNAUTHENTICATED  FORBIDDEN  FORBIDDEN  FORBIDDEN  ok
"""

QUERIES = {
    "node": "query ($id: ID!) { node(id: $id) { __typename } }",
    "me": "{ me { __typename } }",
    "movies": "{ movies { nodes { __typename } } }",
    "movie": "query ($id: ID!) { movie(id: $id) { __typename } }",
    "theaters": "{ theaters { nodes { __typename } } }",
    "shows": "{ shows { nodes { __typename } } }",
    "show": "query ($id: ID!) { show(id: $id) { __typename seatMap { cursor } } }",
    "myBookings": "{ myBookings { nodes { __typename } } }",
    "booking": "query ($reference: String!) { booking(reference: $reference) { __typename } }",
    "seatTimeline": 'query ($id: ID!) { seatTimeline(showId: $id, seat: "A1") { kind } }',
}
SUCCESSES = {"User", "Session", "LoggedOut", "Booking", "Movie", "Theater", "Screen", "Show"}


@dataclass
class World:
    """What there is to ask for and to change."""

    customer: User
    session: sessions.Session
    booking: Booking
    hold: Booking
    show: Show
    screen: Screen
    theater: Theater
    movie: Movie
    unseen: Movie


@dataclass(frozen=True)
class Case:
    """A row of the matrix, and one of those who may be in it."""

    field: str
    permission: str
    actor: str
    expected: str


VARIABLES: dict[str, Callable[[World], dict[str, Any]]] = {
    "node": lambda world: {"id": global_id(world.booking)},
    "movie": lambda world: {"id": global_id(world.movie)},
    "show": lambda world: {"id": global_id(world.show)},
    "booking": lambda world: {"reference": world.booking.reference},
    "seatTimeline": lambda world: {"id": global_id(world.show)},
}
INPUTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "signup": lambda world: {"username": "grace", "email": "grace@example.com", "password": PASSWORD},
    "login": lambda world: {"username": world.customer.username, "password": PASSWORD},
    "refreshToken": lambda world: {"refreshToken": world.session.refresh_token},
    "logout": lambda world: {},
    "changePassword": lambda world: {"currentPassword": PASSWORD, "newPassword": "a-movie-and-popcorn"},
    "bookSeat": lambda world: {"showId": global_id(world.show), "seat": "A2"},
    "holdSeats": lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A2"]}},
    "extendHold": lambda world: {"bookingId": global_id(world.hold)},
    "confirmBooking": lambda world: {"bookingId": global_id(world.hold)},
    "cancelBooking": lambda world: {"bookingId": global_id(world.booking)},
    "createMovie": lambda world: {"title": "Alien", "durationMinutes": 117, "genres": ["Horror"]},
    "updateMovie": lambda world: {"movieId": global_id(world.movie), "title": "Alien", "genres": ["Horror"]},
    "deleteMovie": lambda world: {"movieId": global_id(world.unseen)},
    "createTheater": lambda world: {"name": "Olympia", "city": "Lisbon", "timeZone": "Europe/Lisbon"},
    "updateTheater": lambda world: {"theaterId": global_id(world.theater), "name": "Olympia"},
    "createScreen": lambda world: {"theaterId": global_id(world.theater), "name": "Great hall", "rows": ["S"]},
    "updateScreen": lambda world: {"screenId": global_id(world.screen), "rows": ["SSSSP"]},
    "createShow": lambda world: {
        "movieId": global_id(world.movie),
        "screenId": global_id(world.screen),
        "startsAt": in_hours(48),
        "prices": [{"category": "STANDARD", "amount": "10"}],
    },
    "updateShow": lambda world: {"showId": global_id(world.show), "startsAt": in_hours(72)},
    "cancelShow": lambda world: {"showId": global_id(world.show)},
    "blockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A2"]},
    "unblockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A3"]},
}


def rows() -> list[list[str]]:
    return [line.split() for line in MATRIX.strip().splitlines() if line]


def cases() -> list[Case]:
    (_, _, *actors), *table = rows()
    return [
        Case(field, permission, actor, expected)
        for field, permission, *outcomes in table
        for actor, expected in zip(actors, outcomes, strict=True)
    ]


@pytest.fixture
def world(db: None) -> World:
    customer = situations.a_user()
    show = situations.a_show(rows=["SSSS"])
    booking = situations.a_booking("A1", show=show, by=customer)
    hold = situations.a_hold("A4", show=show, by=customer)
    blocks.block(show_id=show.pk, labels=["A3"])
    session = sessions.login(name=customer.username, password=PASSWORD, address="127.0.0.1")
    house, unseen = (show.screen, show.screen.theater, show.movie), situations.a_movie()
    return World(customer, session, booking, hold, show, *house, unseen)


def all_permissions() -> set[str]:
    return set(Permission.objects.filter(content_type__app_label="cinema").values_list("codename", flat=True))


def as_actor(api: Api, case: Case, world: World) -> Api:
    some = {case.permission} - {"-"}
    match case.actor:
        case "anonymous":
            return api
        case "customer":
            return api.signed_in(world.customer)
        case "other":
            return api.signed_in(situations.a_user())
        case "staff":
            return api.signed_in(situations.a_staff_member(*(all_permissions() - some if some else ())))
    return api.signed_in(situations.a_staff_member(*(some or all_permissions())))


def ask(viewer: Api, field: str, world: World) -> Answer:
    kind, name = field.split(".")
    if kind == "Query":
        return viewer(QUERIES[name], **(VARIABLES[name](world) if name in VARIABLES else {}))
    type_name = f"{name[0].upper()}{name[1:]}Input"
    return viewer(
        f"mutation ($input: {type_name}!) {{ {name}(input: $input) {{ __typename }} }}", input=INPUTS[name](world)
    )


def outcome(answer: Answer) -> str:
    if "errors" in answer.body:
        return answer.code
    (result,) = answer.data.values()
    if result is None:
        return "null"
    # Neither a list nor a connection has a name of its own.
    name = result.get("__typename") if isinstance(result, dict) else None
    return "ok" if name is None or name in SUCCESSES else str(name)


def test_every_field_of_the_schema_has_its_row() -> None:
    parsed = build_schema(schema.as_str())
    roots = [root for root in (parsed.query_type, parsed.mutation_type, parsed.subscription_type) if root]
    fields = {f"{root.name}.{name}" for root in roots for name in root.fields}

    assert {field for field, *_ in rows()[1:]} == fields


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.field}-{case.actor}")
def test_who_may_do_what(api: Api, world: World, case: Case) -> None:
    viewer = as_actor(api, case, world)
    may_change = case.expected == "ok" and case.field.startswith("Mutation.")

    with nullcontext() if may_change else nothing_changes():
        answer = ask(viewer, case.field, world)

    assert outcome(answer) == case.expected


def test_a_permission_that_comes_with_a_group_is_as_good(api: Api, world: World) -> None:
    group = Group.objects.create(name="programmers")
    group.permissions.set(Permission.objects.filter(codename="change_show"))
    user = situations.a_user(is_staff=True)
    user.groups.add(group)

    assert outcome(ask(api.signed_in(user), "Mutation.cancelShow", world)) == "ok"


def test_a_superuser_may_do_everything(api: Api, world: World) -> None:
    viewer = api.signed_in(situations.a_user(is_superuser=True))

    assert outcome(ask(viewer, "Mutation.updateMovie", world)) == "ok"
    assert outcome(ask(viewer, "Query.booking", world)) == "ok"
