"""Calls of every query and mutation of the schema. They succeed if the viewer is allowed to make them."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import get_named_type, is_leaf_type

from cinema.accounts import links
from cinema.accounts.links import Link
from cinema.models import User
from schema.catalog.seat_maps import FIRST_MOMENT as LONG_AGO
from schema.catalog.seat_maps import cursor_of
from tests.api.permissions.selections import MUTATION, QUERY, selection
from tests.api.permissions.world import World
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import PASSWORD, in_hours

Arguments = Callable[[World], dict[str, Any]]

# Fields that depend on the viewer more than the rest of their type does. `test_fields` has a row for each.
BY_VIEWER = {"Booking.timeline", "Show.seatMap", "ShowSeat.mine", "User.bookings"}
# These operations authenticate the owner by their input.
WITH_CREDENTIALS = {"login", "refreshToken", "resetPassword", "verifyEmail"}

ARGUMENTS: dict[str, Arguments] = {
    "node": lambda world: {"id": global_id(world.booking)},
    "nodes": lambda world: {"ids": [global_id(world.booking)]},
    "me": lambda world: {},
    "cinema": lambda world: {},
    "movies": lambda world: {},
    "movie": lambda world: {"id": global_id(world.movie)},
    "genres": lambda world: {},
    "theaters": lambda world: {},
    "theater": lambda world: {"id": global_id(world.theater)},
    "shows": lambda world: {},
    "show": lambda world: {"id": global_id(world.show)},
    "myBookings": lambda world: {},
    "booking": lambda world: {"reference": world.booking.reference},
    "seatTimeline": lambda world: {"showId": global_id(world.show), "seat": "A1"},
    "seatChanges": lambda world: {"showId": global_id(world.show), "since": cursor_of(LONG_AGO)},
}
INPUTS: dict[str, Arguments] = {
    "signup": lambda world: {"username": "grace", "email": "grace@example.com", "password": PASSWORD},
    "login": lambda world: {"username": world.owner.username, "password": PASSWORD},
    "refreshToken": lambda world: {"refreshToken": world.session.refresh_token},
    "logout": lambda world: {},
    "changePassword": lambda world: {"currentPassword": PASSWORD, "newPassword": "a-movie-and-popcorn"},
    # Not the owner's address, because the response contains the given address.
    "requestPasswordReset": lambda world: {"email": "unknown@example.com"},
    "resetPassword": lambda world: {"token": a_token(links.PASSWORD_RESET, world), "newPassword": "a-movie-for-two"},
    "requestEmailVerification": lambda world: {},
    "verifyEmail": lambda world: {"token": a_token(links.VERIFICATION, world)},
    "changeEmail": lambda world: {"email": "new@example.com", "currentPassword": PASSWORD},
    "exportMe": lambda world: {},
    "eraseMe": lambda world: {"currentPassword": PASSWORD},
    "bookSeat": lambda world: {"showId": global_id(world.show), "seat": "A2"},
    "holdSeats": lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A2"]}},
    "extendHold": lambda world: {"bookingId": global_id(world.hold)},
    "confirmBooking": lambda world: {"bookingId": global_id(world.hold)},
    "cancelBooking": lambda world: {"bookingId": global_id(world.booking)},
    "createMovie": lambda world: {"title": "Alien", "durationMinutes": 117, "genres": ["Horror"]},
    "updateMovie": lambda world: {"movieId": global_id(world.movie), "title": "Alien", "genres": ["Horror"]},
    "deleteMovie": lambda world: {"movieId": global_id(world.unscheduled_movie)},
    "createTheater": lambda world: {"name": "Olympia", "city": "Lisbon", "timeZone": "Europe/Lisbon"},
    "updateTheater": lambda world: {"theaterId": global_id(world.theater), "name": "Olympia"},
    "createScreen": lambda world: {"theaterId": global_id(world.theater), "name": "Great hall", "rows": ["S"]},
    "updateScreen": lambda world: {"screenId": global_id(world.screen), "rows": ["SSSSSSSSS"]},
    "createShow": lambda world: a_show_at(world, 48),
    "updateShow": lambda world: {"showId": global_id(world.show), "startsAt": in_hours(72)},
    "cancelShow": lambda world: {"showId": global_id(world.show)},
    "blockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A2"]},
    "unblockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A3"]},
}


def a_token(link: Link, world: World) -> str:
    """The token in the email to the owner."""
    return link.token(User.objects.get(pk=world.owner.pk))


def a_show_at(world: World, hours: float) -> dict[str, Any]:
    return {
        "movieId": global_id(world.movie),
        "screenId": global_id(world.screen),
        "startsAt": in_hours(hours),
        "prices": [{"category": "STANDARD", "amount": "10"}],
    }


def send(api: Api, name: str, arguments: Mapping[str, Any]) -> ApiResponse:
    """Send the query or mutation `name`. Select every field that it leads to, except `BY_VIEWER`."""
    if name in MUTATION.fields and MUTATION.fields[name].args:
        arguments = {"input": arguments}
    root, operation = (MUTATION, "mutation") if name in MUTATION.fields else (QUERY, "query")
    field = root.fields[name]
    declared = ", ".join(f"${arg}: {field.args[arg].type}" for arg in arguments)
    passed = ", ".join(f"{arg}: ${arg}" for arg in arguments)
    first = "first: 2" if "first" in field.args else ""
    parentheses = f"({passed}{first})" if passed or first else ""
    fields = (
        ""
        if is_leaf_type(get_named_type(field.type))
        else f" {{ {selection(get_named_type(field.type), without=BY_VIEWER)} }}"
    )
    document = f"{operation}{f' ({declared})' if declared else ''} {{ {name}{parentheses}{fields} }}"
    return api(document, **arguments)


def call(api: Api, name: str, world: World) -> ApiResponse:
    return send(api, name, (ARGUMENTS | INPUTS)[name](world))
