"""Who may, and is refused all the same: a problem of every mutation. Nothing changes, and nothing of others is told."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.permissions.actors import viewer
from tests.api.permissions.calls import a_show_at, ask
from tests.api.permissions.selections import MUTATION
from tests.api.permissions.tables import word_for
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

# Each is refused to the owner, or to staff with the permission it takes and no other.
REFUSED: dict[str, tuple[str, Callable[[World], dict[str, Any]]]] = {
    "signup": ("InvalidInput", lambda world: {"username": "OPHELIA", "email": "new@example.com", "password": PASSWORD}),
    "login": ("InvalidCredentials", lambda world: {"username": world.owner.username, "password": "wrong"}),
    "refreshToken": ("InvalidRefreshToken", lambda world: {"refreshToken": "wrong"}),
    "logout": ("InvalidRefreshToken", lambda world: {"refreshToken": "wrong", "everywhere": True}),
    "changePassword": ("InvalidInput", lambda world: {"currentPassword": "wrong", "newPassword": "a-movie-for-two"}),
    "requestPasswordReset": ("InvalidInput", lambda world: {"email": "nobody"}),
    "resetPassword": ("LinkNotGood", lambda world: {"token": "wrong", "newPassword": "a-movie-for-two"}),
    "requestEmailVerification": ("InvalidInput", lambda world: {"email": "nobody@example.com"}),
    "verifyEmail": ("LinkNotGood", lambda world: {"token": "wrong"}),
    "bookSeat": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "seat": "A1"}),
    "holdSeats": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A2", "A4"]}}),
    "extendHold": ("HoldExpired", lambda world: {"bookingId": global_id(world.given_up)}),
    "confirmBooking": ("HoldExpired", lambda world: {"bookingId": global_id(world.given_up)}),
    "cancelBooking": ("UnknownSeats", lambda world: {"bookingId": global_id(world.booking), "seats": ["A1", "A2"]}),
    "createMovie": ("InvalidInput", lambda world: {"title": "Alien", "durationMinutes": 0, "genres": ["Horror"]}),
    "updateMovie": ("InvalidInput", lambda world: {"movieId": global_id(world.movie), "title": "", "genres": ["War"]}),
    "deleteMovie": ("MovieHasShows", lambda world: {"movieId": global_id(world.movie)}),
    "createTheater": ("InvalidInput", lambda world: {"name": "Olympia", "city": "Lisbon", "timeZone": "Lisbon"}),
    "updateTheater": ("InvalidInput", lambda world: {"theaterId": global_id(world.theater), "timeZone": "Lisbon"}),
    "createScreen": (
        "InvalidInput",
        lambda world: {"theaterId": global_id(world.theater), "name": "Great hall", "rows": ["SX"]},
    ),
    "updateScreen": (
        "SeatsSold",
        lambda world: {"screenId": global_id(world.screen), "name": "Hall", "rows": ["_SSS"]},
    ),
    "createShow": ("ScreenOccupied", lambda world: a_show_at(world, 96)),
    "updateShow": (
        "ShowHasBookings",
        lambda world: {"showId": global_id(world.show), "movieId": global_id(world.unseen)},
    ),
    "cancelShow": ("InvalidInput", lambda world: {"showId": global_id(world.over)}),
    "blockSeats": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "seats": ["A2", "A1"]}),
    "unblockSeats": ("UnknownSeats", lambda world: {"showId": global_id(world.show), "seats": ["A3", "Z9"]}),
}


def test_every_mutation_is_refused_once() -> None:
    assert set(REFUSED) == set(MUTATION.fields)


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_changes_nothing_and_tells_nothing_of_others(api: Api, world: World, name: str) -> None:
    problem, given = REFUSED[name]
    is_staffs = OPERATIONS.words("owner")[name] == "denied"
    who = viewer("clerk" if is_staffs else "owner", api, world, permission=OPERATIONS.permissions[name])

    with nothing_changes():
        answer = ask(who.api, name, given(world))

    assert word_for(answer, name) == problem
    assert world.secrets_in(str(answer.body)) == set()


@pytest.mark.parametrize("name", ["bookSeat", "holdSeats"])
def test_a_rival_is_not_told_who_has_the_seat(api: Api, world: World, name: str) -> None:
    problem, given = REFUSED[name]
    rival = viewer("other", api, world).api

    with nothing_changes():
        answer = ask(rival, name, given(world))

    assert word_for(answer, name) == problem
    assert world.secrets_in(str(answer.body)) == set()
