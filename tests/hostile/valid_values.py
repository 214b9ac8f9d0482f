"""Valid values for the arguments of a call, made by a user with every permission."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission

from cinema.booking import blocks
from cinema.models import Booking, Show, User
from schema.catalog.seat_maps import FIRST_MOMENT, cursor_of
from tests import situations
from tests.conftest import global_id
from tests.situations import PASSWORD


@dataclass
class World:
    """A user with every permission, an access token, and the objects that calls refer to."""

    user: User
    token: str
    show: Show
    hold: Booking
    booking: Booking

    def value_of(self, name: str, *, operation: str) -> Any:
        """A valid value for this argument or input field."""
        if name == "id" or name.endswith("Id"):
            return self._id_of(operation if name == "id" else name.removesuffix("Id"), operation=operation)
        start = self.show.starts_at
        of_this_world: dict[str, Any] = {
            "ids": [global_id(self.booking)],
            "reference": self.booking.reference,
            "date": start.date().isoformat(),
            "showingOn": start.date().isoformat(),
            "from": start.isoformat(),
            "until": (start + timedelta(hours=1)).isoformat(),
        }
        if operation == "cancelBooking":
            of_this_world["seats"] = ["B1"]
        if operation == "requestEmailVerification":
            of_this_world["email"] = self.user.email
        return {**VALID, **of_this_world}[name]

    def _id_of(self, name: str, *, operation: str) -> str:
        screen = self.show.screen
        named = {"movie": self.show.movie, "show": self.show, "screen": screen, "theater": screen.theater}
        return global_id(named.get(name, self.booking if operation == "cancelBooking" else self.hold))


VALID: dict[str, Any] = {
    "username": "grace",
    "email": "grace@example.com",
    "password": PASSWORD,
    "currentPassword": PASSWORD,
    "newPassword": "a-movie-and-popcorn",
    "refreshToken": "x",
    "token": "x",
    "everywhere": False,
    "seat": "A2",
    "seats": ["A2"],
    "idempotencyKey": "the first call",
    "count": 1,
    "together": True,
    "needsAccessible": True,
    "wheelchairSpaces": 0,
    "category": "STANDARD",
    "amount": "10.00",
    "title": "Alien",
    "synopsis": "In space no one can hear you scream.",
    "durationMinutes": 117,
    "genres": ["Horror"],
    "genre": "Horror",
    "certificate": "R",
    "language": "en",
    "subtitles": "pt-BR",
    "currency": "USD",
    "bookingClosesMinutesBeforeStart": 0,
    "cancellingClosesMinutesBeforeStart": 60,
    "dayEndsAt": "06:00",
    "releaseDate": "1979-05-25",
    "posterUrl": "https://example.com/alien.png",
    "trailerUrl": "https://example.com/alien",
    "cast": ["Sigourney Weaver", "Tom Skerritt"],
    "name": "Great hall",
    "city": "Lisbon",
    "timeZone": "Europe/Lisbon",
    "rows": ["SSSS", "SSSS", "SS(PP)"],
    "rowLabels": ["A", "B", "CC"],
    "numbering": "LEFT_TO_RIGHT",
    "startsAt": situations.in_hours(240).isoformat(),
    "endsAt": situations.in_hours(244).isoformat(),
    "format": "TWO_D",
    "search": "alien",
    "onSale": True,
    "bookable": True,
    "upcoming": True,
    "since": cursor_of(FIRST_MOMENT),
    "status": "CONFIRMED",
    "statuses": ["CONFIRMED"],
    "formats": ["TWO_D"],
    "languages": ["en"],
}


def a_world() -> World:
    user = situations.a_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cinema"))
    movie = situations.a_movie(VALID["title"], genres=VALID["genres"], language=VALID["language"])
    show = situations.a_show(movie=movie, rows=["SSSS", "SSSS"])
    booking = situations.a_booking("B1", show=show, by=user)
    hold = situations.a_hold("B2", show=show, by=user)
    blocks.block(show_id=show.pk, labels=["B3"])
    return World(user, situations.an_access_token(user), show, hold, booking)
