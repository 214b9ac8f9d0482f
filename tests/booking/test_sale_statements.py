"""The number of statements of a sale and a refusal, and the plain SQL among them compared with the models."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from cinema.booking import bookings, holds, queries, sql
from cinema.booking.errors import NotEnoughSeats, SeatsTaken
from cinema.booking.models import TicketEvent
from cinema.booking.seats import BestAvailable
from cinema.catalog import plans
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

STATEMENTS = {
    **{name: value for name, value in vars(sql).items() if isinstance(value, str) and "FROM cinema_" in value},
    "SEATS": plans.SEATS,
}
# Lock the user, lock the show, read the quote; insert the booking, its tickets, and their events.
# A test runs in a transaction, so the transaction of the use case is a savepoint, which takes two statements.
INSERTS = 1 if connection.vendor == "postgresql" else 3
SALE = 3 + INSERTS + 2
# Read the early quote and the taken seats nearby. There is no transaction.
REFUSAL = 2
# Lock the user, lock the show, read the quote and the taken seats nearby.
FIRST_REFUSAL = 4 + 3


def test_a_sale_takes_four_statements(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SALE):
        bookings.book(show_id=show.pk, labels=["A1", "B1", "A3"], by=buyer)


def test_a_hold_takes_four_statements(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SALE):
        holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)


def test_a_key_takes_two_more_statements(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SALE + 2):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer, key="k")


def test_sold_booking_is_returned_with_its_tickets_and_its_show(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booking = bookings.book(show_id=show.pk, labels=["B1", "A2"], by=buyer)

    with django_assert_num_queries(0):
        (tickets,) = queries.tickets_of([booking]).values()
        assert [(ticket.seat.label, str(ticket.cost().amount)) for ticket in tickets] == [
            ("A2", "10.00"),
            ("B1", "15.50"),
        ]
        assert booking.show == show


@pytest.mark.parametrize("sold", [["A1"], ["A1", "A2", "A3", "B1"]])
def test_a_refusal_after_the_first_takes_two_statements_and_stores_nothing(
    buyer: User, sold: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    show = situations.a_show(rows=["S" * 50] * 40)
    situations.a_booking(*sold, show=show)
    # Only the first refusal of a process reads the plan.
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    for statements in (FIRST_REFUSAL, REFUSAL, REFUSAL):
        with nothing_changes(), django_assert_num_queries(statements), pytest.raises(SeatsTaken) as refusal:
            bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

        assert refusal.value.alternatives == ["A4" if len(sold) > 1 else "A2"]


def test_a_sale_after_a_refusal_takes_one_more_statement(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    situations.a_booking("A1", show=show)
    with pytest.raises(SeatsTaken):
        bookings.book(show_id=show.pk, labels=["A1"], by=buyer)

    for label, statements in {"A2": 1 + SALE, "A3": SALE}.items():
        with django_assert_num_queries(statements):
            bookings.book(show_id=show.pk, labels=[label], by=buyer)


def test_best_available_takes_six_statements(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with django_assert_num_queries(5 + INSERTS + 2):
        holds.acquire(show_id=show.pk, wanted=BestAvailable(count=2), by=buyer)


def test_refused_best_available_takes_four_statements_and_stores_nothing(
    show: Show, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plans.of_screen(show.screen_id, version=show.screen.plan_version)

    with nothing_changes(), django_assert_num_queries(4 + 3), pytest.raises(NotEnoughSeats):
        holds.acquire(show_id=show.pk, wanted=BestAvailable(count=9), by=buyer)


# ---------------------------------------------------------------------- names


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_every_name_belongs_to_a_table_or_column(statement: str) -> None:
    models = {model._meta.db_table: model for model in apps.get_models()}
    aliases = dict(re.findall(r"(?:FROM|JOIN) (cinema_\w+)(?: AS (\w+))?", statement))

    assert aliases
    for table, alias in aliases.items():
        used = set(re.findall(rf'\b{alias}\."?(\w+)', statement)) if alias else set(re.findall(r'"(\w+)"', statement))
        assert used
        assert used <= {field.column for field in models[table]._meta.concrete_fields}


def test_every_qualified_name_has_an_alias() -> None:
    for statement in STATEMENTS.values():
        prefixes = set(re.findall(r"\b([a-z_]+)\.", statement))
        assert prefixes <= {alias for _, alias in re.findall(r"(?:FROM|JOIN) (cinema_\w+) AS (\w+)", statement)}


@pytest.mark.parametrize(
    ("model", "left_to_the_database"),
    [
        (Booking, {"id", "cancelled_at"}),
        (Ticket, {"id", "released_at", "changed_at"}),
        (TicketEvent, {"id"}),
    ],
)
def test_a_sale_sets_every_column_of_its_rows(model: type[Model], left_to_the_database: set[str]) -> None:
    (names,) = re.findall(rf"INSERT INTO {model._meta.db_table}\s+\(([^)]+)\)", sql.SALE)

    columns = {field.column for field in model._meta.concrete_fields}
    assert set(re.findall(r"\w+", names)) == columns - left_to_the_database
