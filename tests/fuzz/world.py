"""The data that generated calls query and change."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet

from cinema.accounts import sessions
from cinema.booking import blocks
from cinema.catalog import scheduling
from cinema.models import Booking, Movie, Screen, Show, Theater, User
from schema.catalog.seat_maps import FIRST_MOMENT, cursor_of
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import PASSWORD

# Some are available in every show, some in no show, and some do not exist.
SEATS = ["A7", "A8", "A4", "b2", "A1", "A2", "A5", "A6", "Z99", ""]
TIME_ZONES = ["Europe/Lisbon", "UTC", "America/St_Johns", "Mars/Olympus"]
PLAN_ROWS = ["SSSS_S", "PP____", "WC____", "______", "(SS)P", "X"]
ROW_LABELS = ["A", "b", "ZZ", "AA", "", "x1"]
# Some are too long for some fields, or have characters that some databases do not accept.
TEXTS = ["Casablanca", "x" * 300, "\u0000", "İstanbul ß ǆ", "%_'\"\\", "\u202e", "🍿" * 60]


@dataclass
class World:
    customer: User
    staff: User

    def dictionaries(self, api: Api) -> dict[str, list[str | int]]:
        """The values of each dictionary of `calls.ARGUMENTS` and `calls.IDS`. Most of them are valid."""
        return {
            "username": [self.customer.username, self.staff.username, "grace", "Grace@example.com"],
            "email": ["grace@example.com", "alan@example.com", self.customer.email, "invalid"],
            "password": [PASSWORD, "a-movie-and-popcorn", "short"],
            "refresh_token": [a_session(self.customer), a_session(self.staff), "x"],
            "movie": ids_of(Movie),
            "theater": ids_of(Theater),
            "screen": ids_of(Screen),
            "show": ids_of(Show),
            "booking": ids_of(Booking),
            "node": [global_id(self.staff), *ids_of(Movie), *ids_of(Screen), *ids_of(Booking), *ids_of(Show)],
            "reference": [*Booking.objects.values_list("reference", flat=True), "invalid"],
            "cursor": cursors(api),
            "change_cursor": change_cursors(),
            "seat": [*SEATS],
            "row": [*PLAN_ROWS],
            "row_label": [*ROW_LABELS],
            "time_zone": [*TIME_ZONES],
            "text": [*TEXTS],
            "genre": ["Drama", "drama", "Crime"],
            "key": ["one", "two", "three", "x" * 201],
            "page": [1, 2, 3, 4, 0, 100, 101, -1],
            "count": [1, 2, 3, 0, 10, 11, -1],
            "minutes": [90, 120, 1, 0, 2_000],
        }


def create_world() -> World:
    """Shows and bookings in every state, for a customer and for a staff member with every permission."""
    staff = situations.a_user(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="cinema"))
    world = World(situations.a_user(), staff)
    screen = situations.a_screen(["SSSSSSSS", "PPPPWC"])
    situations.a_movie(genres=["Drama"])
    shows = [situations.a_show(screen=screen, starts_at=situations.in_hours(24 * day)) for day in (1, 2, 3)]
    for number, user in enumerate((world.customer, world.staff)):
        for seat in ("A1", "B1"):
            situations.a_booking(seat, show=shows[number], by=user)
        situations.a_hold("A2", show=shows[number], by=user)
        situations.expire_hold(situations.a_hold("A3", show=shows[number], by=user))
    blocks.block(show_id=shows[0].pk, labels=["A5", "A6"])
    situations.a_started_show(rows=["SS"])
    scheduling.cancel(show_id=situations.a_show(rows=["SS"]).pk)
    return world


def a_session(user: User) -> str:
    return sessions.login(name=user.username, password=PASSWORD, address="127.0.0.1").refresh_token


def ids_of(model: type[Model]) -> list[str | int]:
    """The IDs of every instance, and one that does not exist."""
    instances: QuerySet[Model] = QuerySet(model).order_by("pk")
    return [global_id(each) for each in (*instances, model(pk=2**63 - 1))]


def change_cursors() -> list[str | int]:
    now = datetime.now(UTC)
    return [*map(cursor_of, (now, now - timedelta(days=2), now + timedelta(days=2), FIRST_MOMENT)), "invalid"]


def cursors(api: Api) -> list[str | int]:
    connections = ("movies", "shows", "theaters")
    data = api(f"{{ {' '.join(f'{name} {{ pageInfo {{ startCursor }} }}' for name in connections)} }}").data
    return [*(data[name]["pageInfo"]["startCursor"] for name in connections), "invalid"]
