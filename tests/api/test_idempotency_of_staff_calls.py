"""A staff mutation that is repeated with its idempotency key takes effect once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections

from cinema.models import Movie, Screen, Show, Theater
from schema.catalog import inputs
from schema.root import schema
from tests import situations
from tests.conftest import Api, ApiResponse, global_id
from tests.situations import PRICES
from tests.stored import nothing_changes

pytestmark = pytest.mark.both

KEY = "a double click"
PERMISSIONS = (
    *(f"{action}_{model}" for model in ("movie", "theater", "screen", "show") for action in ("add", "change")),
    "delete_movie",
)


@dataclass
class World:
    movie: Movie
    theater: Theater
    screen: Screen
    show: Show


def prices() -> list[dict[str, Any]]:
    return [{"category": category.name, "amount": str(amount)} for category, amount in PRICES.items()]


# An input of each mutation, and a change that makes it another call.
CALLS: dict[str, tuple[Callable[[World], dict[str, Any]], dict[str, Any]]] = {
    "createMovie": (
        lambda w: {"title": "Alien", "durationMinutes": 117, "releaseDate": "1979-05-25"},
        {"title": "Aliens"},
    ),
    "updateMovie": (lambda w: {"movieId": global_id(w.movie), "title": "Heat"}, {"title": "Heat 2"}),
    "createTheater": (lambda w: {"name": "Odeon", "city": "Lisbon", "timeZone": "Europe/Lisbon"}, {"city": "Porto"}),
    "updateTheater": (lambda w: {"theaterId": global_id(w.theater), "name": "Roxy"}, {"name": "Rex"}),
    "createScreen": (lambda w: {"theaterId": global_id(w.theater), "name": "One", "rows": ["SS"]}, {"rows": ["SSS"]}),
    "updateScreen": (lambda w: {"screenId": global_id(w.screen), "name": "Two"}, {"name": "Three"}),
    "createShow": (
        lambda w: {
            "movieId": global_id(w.movie),
            "screenId": global_id(w.screen),
            "startsAt": situations.in_hours(100).replace(minute=0, second=0).isoformat(),
            "prices": prices(),
        },
        {"format": "IMAX"},
    ),
    "updateShow": (lambda w: {"showId": global_id(w.show), "prices": prices()[:1]}, {"prices": prices()[1:]}),
    "cancelShow": (lambda w: {"showId": global_id(w.show)}, {"showId": global_id(Show(pk=2**40))}),
    "blockSeats": (lambda w: {"showId": global_id(w.show), "seats": ["A1", "A2"]}, {"seats": ["A1"]}),
    "unblockSeats": (lambda w: {"showId": global_id(w.show), "seats": ["A1"]}, {"seats": ["A2"]}),
}


@pytest.fixture
def world() -> World:
    show = situations.a_show()
    return World(show.movie, show.screen.theater, show.screen, show)


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member(*PERMISSIONS))


def send(staff: Api, name: str, arguments: dict[str, Any], key: str | None = KEY) -> ApiResponse:
    type_name = f"{name[0].upper()}{name[1:]}Input"
    document = f"""
        mutation ($input: {type_name}!) {{
          {name}(input: $input) {{ __typename ... on Node {{ id }} ... on Problem {{ message }} }}
        }}
    """
    return staff(document, input={**arguments, "idempotencyKey": key})


def result(staff: Api, name: str, arguments: dict[str, Any], key: str | None = KEY) -> dict[str, Any]:
    found: dict[str, Any] = send(staff, name, arguments, key).data[name]
    return found


@pytest.mark.parametrize("name", CALLS)
def test_a_repeated_call_takes_effect_once(name: str, staff: Api, world: World) -> None:
    build, change = CALLS[name]
    arguments = build(world)
    first = result(staff, name, arguments)
    assert "id" in first, first
    with nothing_changes():
        assert result(staff, name, arguments) == first
        another = {**arguments, **change}
        assert result(staff, name, another)["__typename"] == "IdempotencyKeyReused"


@pytest.mark.parametrize("name", ["createMovie", "createTheater"])
def test_without_a_key_or_with_another_one_it_is_another_call(name: str, staff: Api, world: World) -> None:
    build, change = CALLS[name]
    first = result(staff, name, build(world))
    assert result(staff, name, build(world) | change, key="another")["id"] != first["id"]


def test_a_deleted_movie_is_not_found_by_a_repeated_call(staff: Api) -> None:
    movie = situations.a_movie()
    assert result(staff, "deleteMovie", {"movieId": global_id(movie)})["__typename"] == "Movie"
    with nothing_changes():
        assert send(staff, "deleteMovie", {"movieId": global_id(movie)}).code == "NOT_FOUND"


def test_a_refused_call_can_be_repeated_with_its_key(staff: Api, world: World) -> None:
    refused = {"title": "", "durationMinutes": 100}
    with nothing_changes():
        assert result(staff, "createMovie", refused)["__typename"] == "InvalidInput"
    assert "id" in result(staff, "createMovie", {**refused, "title": "Alien"})


@pytest.mark.django_db(transaction=True)
def test_a_double_click_creates_one_movie(staff: Api) -> None:
    def click(_: int) -> dict[str, Any]:
        try:
            return result(staff, "createMovie", {"title": "Alien", "durationMinutes": 117})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len({click["id"] for click in pool.map(click, range(4))}) == 1
    assert Movie.objects.count() == 1


def test_every_staff_mutation_takes_a_key() -> None:
    prefixes = ("Create", "Update", "Delete", "Cancel")
    types = [name for name in dir(inputs) if name.endswith("Input") and name.startswith(prefixes)]
    assert len(types) == 10
    for name in [*types, "BlockSeatsInput", "UnblockSeatsInput"]:
        assert "idempotencyKey" in schema._schema.type_map[name].fields, name  # type: ignore[attr-defined]  # noqa: SLF001
