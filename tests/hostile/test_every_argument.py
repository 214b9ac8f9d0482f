"""Every argument of every field gets every hostile value of its type, in a call that is otherwise valid."""

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

from tests.hostile import checks, hostile_values
from tests.hostile.arguments import Argument, all_arguments, fields, valid_call
from tests.hostile.checks import Exchange
from tests.hostile.valid_values import World, a_world
from tests.shared import shared
from tests.stored import everything

ARGUMENTS = all_arguments()
# `make test` sends each argument one part of the values.
PARTS = 10
# The types that mutations return for valid arguments.
VALID_RESULTS = {"Session", "Booking", "Movie", "Theater", "Screen", "Show", "SeatChanges"} | {
    "InvalidCredentials",
    "InvalidRefreshToken",
    "LinkNotGood",
    "AccountErased",
    "MailOnItsWay",
    "PersonalData",
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
def rolled_back_on_success() -> Iterator[list[Exchange]]:
    """Roll back if a request succeeded. After refused requests every change remains, so that the test can see it."""
    exchanges: list[Exchange] = []
    block = transaction.atomic()
    # Like the transactions of Django's own test cases: use cases, which refuse to run in a transaction, ignore it.
    block._from_testcase = True  # type: ignore[attr-defined]  # noqa: SLF001
    with block:
        yield exchanges
        transaction.set_rollback(not all(is_refused(exchange) for exchange in exchanges))


def result_names(exchange: Exchange) -> set[str]:
    """The codes of the errors, and the types that mutations returned."""
    data = exchange.body.get("data") or {}
    types = {value["__typename"] for value in data.values() if isinstance(value, dict) and "__typename" in value}
    return types | {error["extensions"]["code"] for error in exchange.errors}


def is_refused(exchange: Exchange) -> bool:
    problem = any(
        isinstance(value, dict) and "message" in value for value in (exchange.body.get("data") or {}).values()
    )
    return bool(exchange.errors) or problem


def overlong() -> Iterator[tuple[str, str, int]]:
    """Values that are too long for their column. SQLite stores them, PostgreSQL does not."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field for field in model._meta.concrete_fields if isinstance(field, CharField) and field.max_length]
        for row in rows_of(model).values_list(*(field.attname for field in columns)) if columns else ():
            for field, value in zip(columns, row, strict=True):
                if isinstance(value, str) and len(value) > (field.max_length or 0):
                    yield model._meta.label, field.name, len(value)


def rows_of(model: type[Model]) -> QuerySet[Any]:
    return QuerySet(model)


@pytest.mark.parametrize(("parent", "field"), fields())
def test_calls_with_valid_values_succeed(world: World, parent: str, field: str) -> None:
    """Otherwise hostile values would be refused for another reason."""
    exchange = checks.send(valid_call(parent, field, world), token=world.token)
    assert result_names(exchange) <= VALID_RESULTS, exchange.content


@pytest.mark.parametrize("argument", ARGUMENTS, ids=str)
def test_some_values_are_handled(world: World, caplog: pytest.LogCaptureFixture, argument: Argument) -> None:
    """A sixth of the values. The next argument of the same type gets the next sixth."""
    same_type = [each for each in ARGUMENTS if (each.type, each.is_list) == (argument.type, argument.is_list)]
    all_values = hostile_values.of_type(argument.type, is_list=argument.is_list)
    assert_handled(argument, all_values[same_type.index(argument) % PARTS :: PARTS], world, caplog)


@pytest.mark.deep
@pytest.mark.parametrize("argument", ARGUMENTS, ids=str)
def test_every_value_is_handled(world: World, caplog: pytest.LogCaptureFixture, argument: Argument) -> None:
    assert_handled(argument, hostile_values.of_type(argument.type, is_list=argument.is_list), world, caplog)


def assert_handled(argument: Argument, hostile: list[Any], world: World, caplog: pytest.LogCaptureFixture) -> None:
    before = everything()
    for value in hostile:
        caplog.clear()
        with rolled_back_on_success() as exchanges:
            exchange = checks.send(argument.with_value(value, world), token=world.token)
            exchange.records = list(caplog.records)
            what = f"{value!r:.80}: {exchange.content[:300]!r}"
            assert checks.violations(exchange) == set(), what
            assert is_refused(exchange) or list(overlong()) == [], what
            exchanges.append(exchange)
    assert everything() == before


@pytest.mark.parametrize("argument", [argument for argument in ARGUMENTS if argument.type == "String"], ids=str)
def test_unstorable_text_is_refused(world: World, argument: Argument) -> None:
    for text in hostile_values.UNSTORABLE:
        exchange = checks.send(argument.with_value([text] if argument.is_list else text, world), token=world.token)
        assert result_names(exchange) == {"BAD_USER_INPUT"}, (text, exchange.content)


@pytest.mark.parametrize("argument", [argument for argument in ARGUMENTS if argument.type == "ID"], ids=str)
def test_invalid_id_is_refused(world: World, argument: Argument) -> None:
    for invalid_id in hostile_values.INVALID_IDS:
        exchange = checks.send(argument.with_value(invalid_id, world), token=world.token)
        assert result_names(exchange) == {"BAD_USER_INPUT"}, (invalid_id[:50], exchange.content)


@pytest.mark.parametrize(
    "argument", [p for p in ARGUMENTS if p.type == "ID" and p.field not in {"node", "nodes"}], ids=str
)
def test_id_of_another_type_is_refused(world: World, argument: Argument) -> None:
    own = (argument.field if argument.path == ("id",) else str(argument.path[-1]).removesuffix("Id")).capitalize()
    for name in hostile_values.OTHER_TYPES:
        exchange = checks.send(argument.with_value(to_base64(name, 1), world), token=world.token)
        assert (result_names(exchange) == {"BAD_USER_INPUT"}) is (name != own), (name, exchange.content)


@pytest.mark.parametrize("argument", [p for p in ARGUMENTS if p.path[-1] in {"after", "before", "since"}], ids=str)
def test_invalid_cursor_is_refused(world: World, argument: Argument) -> None:
    for cursor in hostile_values.CURSORS:
        exchange = checks.send(argument.with_value(cursor, world), token=world.token)
        assert checks.violations(exchange) == set(), (cursor[:80], exchange.content)
        assert result_names(exchange) == {"BAD_USER_INPUT"}, (cursor[:80], exchange.content)
