"""Every query and mutation of the schema, called so that it succeeds for whoever may."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import get_named_type

from cinema.accounts import links
from cinema.accounts.links import Link
from cinema.models import User
from schema.catalog.seat_maps import FIRST_MOMENT as LONG_AGO
from schema.catalog.seat_maps import cursor_of
from tests.api.permissions.selections import MUTATION, QUERY, selection
from tests.api.permissions.world import World
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import PASSWORD, in_hours

Given = Callable[[World], dict[str, Any]]

# What is not the same for whoever can ask for the rest of its type. They have rows of their own.
BY_VIEWER = {"Booking.timeline", "Show.seatMap"}
# Whoever has what these take is the owner, as far as the cinema can tell.
WITH_CREDENTIALS = {"login", "refreshToken", "resetPassword", "verifyEmail"}

ARGUMENTS: dict[str, Given] = {
    "node": lambda world: {"id": global_id(world.booking)},
    "me": lambda world: {},
    "movies": lambda world: {},
    "movie": lambda world: {"id": global_id(world.movie)},
    "theaters": lambda world: {},
    "shows": lambda world: {},
    "show": lambda world: {"id": global_id(world.show)},
    "myBookings": lambda world: {},
    "booking": lambda world: {"reference": world.booking.reference},
    "seatTimeline": lambda world: {"showId": global_id(world.show), "seat": "A1"},
    "seatChanges": lambda world: {"showId": global_id(world.show), "since": cursor_of(LONG_AGO)},
}
INPUTS: dict[str, Given] = {
    "signup": lambda world: {"username": "grace", "email": "grace@example.com", "password": PASSWORD},
    "login": lambda world: {"username": world.owner.username, "password": PASSWORD},
    "refreshToken": lambda world: {"refreshToken": world.session.refresh_token},
    "logout": lambda world: {},
    "changePassword": lambda world: {"currentPassword": PASSWORD, "newPassword": "a-movie-and-popcorn"},
    # Not the owner's address, which would come back as it was given.
    "requestPasswordReset": lambda world: {"email": "nobody@example.com"},
    "resetPassword": lambda world: {"token": a_token(links.PASSWORD_RESET, world), "newPassword": "a-movie-for-two"},
    "requestEmailVerification": lambda world: {},
    "verifyEmail": lambda world: {"token": a_token(links.VERIFICATION, world)},
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
    "updateScreen": lambda world: {"screenId": global_id(world.screen), "rows": ["SSSSSSSSS"]},
    "createShow": lambda world: a_show_at(world, 48),
    "updateShow": lambda world: {"showId": global_id(world.show), "startsAt": in_hours(72)},
    "cancelShow": lambda world: {"showId": global_id(world.show)},
    "blockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A2"]},
    "unblockSeats": lambda world: {"showId": global_id(world.show), "seats": ["A3"]},
}


def a_token(link: Link, world: World) -> str:
    """As it comes to the owner by mail."""
    return link.token(User.objects.get(pk=world.owner.pk))


def a_show_at(world: World, hours: float) -> dict[str, Any]:
    return {
        "movieId": global_id(world.movie),
        "screenId": global_id(world.screen),
        "startsAt": in_hours(hours),
        "prices": [{"category": "STANDARD", "amount": "10"}],
    }


def ask(api: Api, name: str, given: Mapping[str, Any]) -> ApiResponse:
    """Call the query or mutation `name`, and ask for all it leads to, but for `BY_VIEWER`."""
    if name in MUTATION.fields:
        given = {"input": given}
    root, operation = (MUTATION, "mutation") if name in MUTATION.fields else (QUERY, "query")
    field = root.fields[name]
    wanted = selection(get_named_type(field.type), without=BY_VIEWER)
    declared = ", ".join(f"${arg}: {field.args[arg].type}" for arg in given)
    passed = ", ".join(f"{arg}: ${arg}" for arg in given)
    first = "first: 2" if "first" in field.args else ""
    arguments = f"({passed}{first})" if passed or first else ""
    document = f"{operation}{f' ({declared})' if declared else ''} {{ {name}{arguments} {{ {wanted} }} }}"
    return api(document, **given)


def call(api: Api, name: str, world: World) -> ApiResponse:
    return ask(api, name, (ARGUMENTS | INPUTS)[name](world))
