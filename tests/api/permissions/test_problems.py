"""Every mutation, refused for an allowed actor. A refusal changes nothing and reveals nothing about other users."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.permissions.actors import create_viewer
from tests.api.permissions.calls import a_show_at, send
from tests.api.permissions.selections import MUTATION
from tests.api.permissions.tables import outcome_of
from tests.api.permissions.test_operations import OPERATIONS
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

# Each call is refused for the owner, or for a staff member with the required permission only.
REFUSED: dict[str, tuple[str, Callable[[World], dict[str, Any]]]] = {
    "signup": ("InvalidInput", lambda world: {"username": "OPHELIA", "email": "new@example.com", "password": PASSWORD}),
    "login": ("InvalidCredentials", lambda world: {"username": world.owner.username, "password": "wrong"}),
    "refreshToken": ("InvalidRefreshToken", lambda world: {"refreshToken": "wrong"}),
    "logout": ("InvalidRefreshToken", lambda world: {"refreshToken": "wrong", "everywhere": True}),
    "changePassword": ("InvalidInput", lambda world: {"currentPassword": "wrong", "newPassword": "a-movie-for-two"}),
    "requestPasswordReset": ("InvalidInput", lambda world: {"email": "invalid"}),
    "resetPassword": ("LinkNotGood", lambda world: {"token": "wrong", "newPassword": "a-movie-for-two"}),
    "requestEmailVerification": ("InvalidInput", lambda world: {"email": "other@example.com"}),
    "verifyEmail": ("LinkNotGood", lambda world: {"token": "wrong"}),
    "changeEmail": ("InvalidInput", lambda world: {"email": "new@example.com", "currentPassword": "wrong"}),
    "eraseMe": ("InvalidInput", lambda world: {"currentPassword": "wrong"}),
    "bookSeat": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "seat": "A1"}),
    "holdSeats": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A2", "A4"]}}),
    "extendHold": ("BookingCancelled", lambda world: {"bookingId": global_id(world.released)}),
    "confirmBooking": ("BookingCancelled", lambda world: {"bookingId": global_id(world.released)}),
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
        lambda world: {"showId": global_id(world.show), "movieId": global_id(world.unscheduled_movie)},
    ),
    "cancelShow": ("InvalidInput", lambda world: {"showId": global_id(world.ended_show)}),
    "blockSeats": ("SeatsTaken", lambda world: {"showId": global_id(world.show), "seats": ["A2", "A1"]}),
    "unblockSeats": ("UnknownSeats", lambda world: {"showId": global_id(world.show), "seats": ["A3", "Z9"]}),
}


def test_every_mutation_has_a_refused_call() -> None:
    # A viewer can always export their own data.
    assert set(REFUSED) == set(MUTATION.fields) - {"exportMe"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_changes_nothing_and_reveals_no_secrets(api: Api, world: World, name: str) -> None:
    problem, arguments = REFUSED[name]
    staff_only = OPERATIONS.outcomes("owner")[name] == "denied"
    viewer = create_viewer("allowed" if staff_only else "owner", api, world, permission=OPERATIONS.permissions[name])

    with nothing_changes():
        response = send(viewer.api, name, arguments(world))

    assert outcome_of(response, name) == problem
    assert world.secrets_in(str(response.body)) == set()


@pytest.mark.parametrize("name", ["bookSeat", "holdSeats"])
def test_seats_taken_does_not_reveal_the_buyer(api: Api, world: World, name: str) -> None:
    problem, arguments = REFUSED[name]
    other = create_viewer("other", api, world).api

    with nothing_changes():
        response = send(other, name, arguments(world))

    assert outcome_of(response, name) == problem
    assert world.secrets_in(str(response.body)) == set()
