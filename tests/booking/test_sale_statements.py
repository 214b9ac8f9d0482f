"""The number of statements of a sale and a refusal, and the plain SQL among them compared with the models."""

import re
from collections import defaultdict
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from pytest_django import DjangoAssertNumQueries

from cinema.booking import bookings, holds, queries, sql
from cinema.booking.errors import NotEnoughSeats, SeatsTaken
from cinema.booking.models import TicketEvent
from cinema.booking.seats import BestAvailable
from cinema.catalog import plans
from cinema.core import sql as core_sql
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

FUNCTION = import_module("cinema.migrations.0020_function_that_sells_seats").CREATE
STATEMENTS = {
    **{name: value for name, value in vars(sql).items() if isinstance(value, str) and "FROM cinema_" in value},
    "SEATS": plans.SEATS,
}
# The parameters that are lists.
LISTS = ["labels", "seats", "shows", "tickets", "bookings"]
# Prefixes that are not aliases of tables: common table expressions, and results of functions.
NOT_TABLES = defaultdict(
    set, SELL={"sold", "wanted", "quote"}, HOLD={"sold", "wanted", "quote"}, HOLD_USAGE={"released"}
)
# PostgreSQL has it in every table: the version of the row.
SYSTEM_COLUMN = "xmin"
# A sale on PostgreSQL is one statement. A test runs in a transaction, so the statement, and the transaction of a use
# case, has a savepoint, which takes two statements more.
IS_POSTGRESQL = connection.vendor == "postgresql"
SAVEPOINT = 2
# Lock the user, lock the show, read the quote; insert the booking, its tickets, and their events.
INSERTS = 1 if IS_POSTGRESQL else 3
TRANSACTION = 3 + INSERTS + SAVEPOINT
# SQLite reads the early quote first.
AT_ONCE = 1 + (SAVEPOINT if IS_POSTGRESQL else 0)
SALE = AT_ONCE if IS_POSTGRESQL else AT_ONCE + TRANSACTION
# One more reads the taken seats. In a transaction, others read the limits of holds, and the quote of the picked seats.
BEST_IN_TRANSACTION = TRANSACTION + 3
BEST = 1 + AT_ONCE if IS_POSTGRESQL else BEST_IN_TRANSACTION
REFUSED_BEST = 1 + AT_ONCE if IS_POSTGRESQL else BEST_IN_TRANSACTION - INSERTS
# One more reads the taken seats nearby.
REFUSAL = AT_ONCE + 1


def test_number_of_statements_of_a_sale(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SALE):
        bookings.book(show_id=show.pk, labels=["A1", "B1", "A3"], by=buyer)


def test_number_of_statements_of_a_hold(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # On SQLite, its transaction also reads the usage of limits and stores the client.
    with django_assert_num_queries(SALE if IS_POSTGRESQL else SALE + 2):
        holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer, address="192.0.2.1")


def test_number_of_statements_of_a_sale_with_a_key(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SALE if IS_POSTGRESQL else SALE + 2):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer, key="k")


@pytest.mark.usefixtures("only_transactions")
def test_number_of_statements_of_a_sale_in_a_transaction(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(TRANSACTION):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)


def test_sold_booking_is_returned_with_its_tickets_and_its_show(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = bookings.book(show_id=show.pk, labels=["B1", "A2"], by=buyer)

    with django_assert_num_queries(0):
        (tickets,) = queries.tickets_of([booking]).values()
        assert [(ticket.seat.label, str(ticket.cost().rounded)) for ticket in tickets] == [
            ("A2", "10.00"),
            ("B1", "15.50"),
        ]
        assert booking.show == show


@pytest.mark.parametrize("sold", [["A1"], ["A1", "A2", "A3", "B1"]])
def test_a_refusal_takes_two_statements_and_stores_nothing(
    buyer: User, sold: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    show = situations.a_show(rows=["S" * 50] * 40)
    situations.a_booking(*sold, show=show)
    # Only the first refusal of a process reads the plan.
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with nothing_changes(), django_assert_num_queries(REFUSAL), pytest.raises(SeatsTaken) as refusal:
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

    assert refusal.value.alternatives == ["A4" if len(sold) > 1 else "A2"]


def test_number_of_statements_of_the_best_available(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with django_assert_num_queries(BEST):
        holds.acquire(show_id=show.pk, wanted=BestAvailable(count=2), by=buyer)


@pytest.mark.usefixtures("only_transactions")
def test_number_of_statements_of_the_best_available_in_a_transaction(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with django_assert_num_queries(BEST_IN_TRANSACTION + (1 if IS_POSTGRESQL else 0)):
        holds.acquire(show_id=show.pk, wanted=BestAvailable(count=2), by=buyer)


def test_number_of_statements_of_a_refused_best_available_which_stores_nothing(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with nothing_changes(), django_assert_num_queries(REFUSED_BEST), pytest.raises(NotEnoughSeats):
        holds.acquire(show_id=show.pk, wanted=BestAvailable(count=9), by=buyer)


@pytest.mark.postgresql
@pytest.mark.parametrize("template", STATEMENTS.values(), ids=STATEMENTS)
def test_the_driver_parses_the_statement_once(template: str) -> None:
    statement, _ = core_sql.prepare(template, {name: ["A1"] for name in LISTS}, "postgresql")

    # It parses longer ones each time they are executed, which takes as long as another statement.
    assert len(statement) <= MAX_CACHED_STATEMENT_LENGTH


# ---------------------------------------------------------------------- names


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_every_name_belongs_to_a_table_or_column(statement: str) -> None:
    models = {model._meta.db_table: model for model in apps.get_models()}
    aliases = dict(re.findall(r"(?:FROM|JOIN) (cinema_\w+)(?: AS (\w+))?", statement))

    assert aliases
    for table, alias in aliases.items():
        used = set(re.findall(rf'\b{alias}\."?(\w+)', statement)) if alias else set(re.findall(r'"(\w+)"', statement))
        assert used
        assert used <= {field.column for field in models[table]._meta.concrete_fields} | {SYSTEM_COLUMN}


def test_every_qualified_name_has_an_alias() -> None:
    for name, statement in STATEMENTS.items():
        prefixes = set(re.findall(r"\b([a-z_]+)\.", statement))
        aliases = {alias for _, alias in re.findall(r"(?:FROM|JOIN) (cinema_\w+) AS (\w+)", statement)}
        assert prefixes - NOT_TABLES[name] <= aliases


@pytest.mark.parametrize(
    ("model", "left_to_the_database"),
    [
        (Booking, {"id", "cancelled_at"}),
        (Ticket, {"id", "released_at", "changed_at"}),
        (TicketEvent, {"id"}),
    ],
)
@pytest.mark.parametrize("statement", [sql.SALE, FUNCTION], ids=["SALE", "function"])
def test_a_sale_sets_every_column_of_its_rows(
    model: type[Model], left_to_the_database: set[str], statement: str
) -> None:
    (names,) = re.findall(rf"INSERT INTO {model._meta.db_table}\s+\(([^)]+)\)", statement)

    columns = {field.column for field in model._meta.concrete_fields}
    assert set(re.findall(r"\w+", names)) | left_to_the_database == columns
