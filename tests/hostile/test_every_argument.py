"""Every argument of every field is given every hostile value of its type, in a call that is otherwise good."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import CharField, Model, QuerySet
from pytest_django import DjangoDbBlocker
from strawberry.relay.utils import to_base64

from tests.hostile import judge, values
from tests.hostile.judge import Exchange
from tests.hostile.walk import Place, fields, good_call, places
from tests.hostile.world import World, a_world
from tests.shared import shared
from tests.stored import everything

PLACES = places()
# What calls with good arguments are answered with, by the fields that mutations have.
WELL_MEANT = {"Session", "Booking", "Movie", "Theater", "Screen", "Show", "SeatChanges"} | {
    "InvalidCredentials",
    "InvalidRefreshToken",
    "LinkNotGood",
    "MailOnItsWay",
    "MovieHasShows",
}


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with shared(a_world, django_db_blocker) as world:
        yield world


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    return copy.deepcopy(shared_world)


@contextmanager
def undone_if_done() -> Iterator[list[Exchange]]:
    """What was done within has not happened; what was refused changed nothing, or else that stays to be seen."""
    exchanges: list[Exchange] = []
    block = transaction.atomic()
    # As Django's own tests mark theirs: use cases, which want no transaction around them, do not mind these.
    block._from_testcase = True  # type: ignore[attr-defined]  # noqa: SLF001
    with block:
        yield exchanges
        transaction.set_rollback(not all(is_refused(exchange) for exchange in exchanges))


def told(exchange: Exchange) -> set[str]:
    """The codes of the errors, and the types of what mutations answer."""
    data = exchange.body.get("data") or {}
    types = {value["__typename"] for value in data.values() if isinstance(value, dict) and "__typename" in value}
    return types | {error["extensions"]["code"] for error in exchange.errors}


def is_refused(exchange: Exchange) -> bool:
    problem = any(
        isinstance(value, dict) and "message" in value for value in (exchange.body.get("data") or {}).values()
    )
    return bool(exchange.errors) or problem


def overlong() -> Iterator[tuple[str, str, int]]:
    """What is stored in a column that it is too long for: SQLite lets it in."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field for field in model._meta.concrete_fields if isinstance(field, CharField) and field.max_length]
        for row in rows_of(model).values_list(*(field.attname for field in columns)) if columns else ():
            for field, value in zip(columns, row, strict=True):
                if isinstance(value, str) and len(value) > (field.max_length or 0):
                    yield model._meta.label, field.name, len(value)


def rows_of(model: type[Model]) -> QuerySet[Any]:
    return QuerySet(model)


@pytest.mark.parametrize(("parent", "field"), fields())
def test_the_calls_are_good_but_for_the_value(world: World, parent: str, field: str) -> None:
    """Else hostile values would be refused for another mistake, and prove nothing."""
    exchange = judge.send(good_call(parent, field, world), token=world.token)
    assert told(exchange) <= WELL_MEANT, exchange.content


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_third_of_the_values_does_no_harm(world: World, caplog: pytest.LogCaptureFixture, place: Place) -> None:
    """Another third for the next argument, so that all arguments of a type together are given every value."""
    all_values = values.of_type(place.type, is_list=place.is_list)
    assert_harmless(place, all_values[PLACES.index(place) % 3 :: 3], world, caplog)


@pytest.mark.deep
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_value_does_harm(world: World, caplog: pytest.LogCaptureFixture, place: Place) -> None:
    assert_harmless(place, values.of_type(place.type, is_list=place.is_list), world, caplog)


def assert_harmless(place: Place, hostile: list[Any], world: World, caplog: pytest.LogCaptureFixture) -> None:
    before = everything()
    for value in hostile:
        caplog.clear()
        with undone_if_done() as exchanges:
            exchange = judge.send(place.with_value(value, world), token=world.token)
            exchange.records = list(caplog.records)
            what = f"{value!r:.80}: {exchange.content[:300]!r}"
            assert judge.crimes(exchange) == set(), what
            assert is_refused(exchange) or list(overlong()) == [], what
            exchanges.append(exchange)
    assert everything() == before


@pytest.mark.parametrize("place", [place for place in PLACES if place.type == "String"], ids=str)
def test_text_that_cannot_be_stored_is_refused(world: World, place: Place) -> None:
    for text in values.UNSTORABLE:
        exchange = judge.send(place.with_value([text] if place.is_list else text, world), token=world.token)
        assert told(exchange) == {"BAD_USER_INPUT"}, (text, exchange.content)


@pytest.mark.parametrize("place", [place for place in PLACES if place.type == "ID"], ids=str)
def test_what_is_no_id_is_refused(world: World, place: Place) -> None:
    for no_id in values.NO_IDS:
        exchange = judge.send(place.with_value(no_id, world), token=world.token)
        assert told(exchange) == {"BAD_USER_INPUT"}, (no_id[:50], exchange.content)


@pytest.mark.parametrize("place", [p for p in PLACES if p.type == "ID" and p.field != "node"], ids=str)
def test_an_id_of_another_type_is_refused(world: World, place: Place) -> None:
    own = (place.field if place.path == ("id",) else str(place.path[-1]).removesuffix("Id")).capitalize()
    for name in values.OTHER_TYPES:
        exchange = judge.send(place.with_value(to_base64(name, 1), world), token=world.token)
        assert (told(exchange) == {"BAD_USER_INPUT"}) is (name != own), (name, exchange.content)


@pytest.mark.parametrize("place", [p for p in PLACES if p.path[-1] in {"after", "before", "since"}], ids=str)
def test_what_is_no_cursor_is_refused(world: World, place: Place) -> None:
    for cursor in values.CURSORS:
        exchange = judge.send(place.with_value(cursor, world), token=world.token)
        assert judge.crimes(exchange) == set(), (cursor[:80], exchange.content)
        assert told(exchange) == {"BAD_USER_INPUT"}, (cursor[:80], exchange.content)
