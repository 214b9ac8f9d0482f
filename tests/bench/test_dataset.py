"""The rows of the benchmark are valid, and the SQL statements return the same JSON as the API."""

import pytest
from django.db import connection
from django.db.models import Count, F, Model, QuerySet, Sum
from django.test import Client, override_settings

from cinema.models import Booking, Movie, Price, Screen, Seat, Show, Ticket, TicketEvent, User
from tests.bench import dataset, groups, rows
from tests.bench.dataset import SHOWS_PER_DAY
from tests.bench.sizes import Size

pytestmark = [pytest.mark.postgresql("the loader is written for it"), pytest.mark.django_db(transaction=True)]

SIZE = Size("tiny", movies=20, shows=6 * SHOWS_PER_DAY, users=100)
MODELS: tuple[type[Model], ...] = (Movie, Screen, Seat, Show, Price, User, Booking, Ticket, TicketEvent)
# A response with fewer bytes lacks rows.
SMALLEST_RESPONSE = {
    rows.MOVIES: 2_000,
    rows.SEARCH: 100,
    rows.DAY: 20_000,
    rows.MAP: 30_000,
    rows.BOOKINGS: 5_000,
}
LOADED_WITHOUT_KEYS = (Booking, Ticket, TicketEvent)


@pytest.mark.deep
def test_dataset() -> None:
    """Loading takes seconds, so there is one test."""
    dataset.fill(SIZE)
    # The loader has changed settings of its connection.
    connection.close()

    assert_that_row_counts_are_correct()
    assert_that_rows_are_valid()
    assert_that_bookings_agree_with_their_tickets()
    assert_that_every_index_and_foreign_key_exists_again()
    assert_that_statements_return_what_the_api_returns()


def assert_that_row_counts_are_correct() -> None:
    assert Movie.objects.count() == SIZE.movies
    assert Show.objects.count() == SIZE.shows
    assert Ticket.objects.live().sold().count() == 50 * SIZE.shows
    bookings = User.objects.annotate(bookings_made=Count("bookings")).values_list("bookings_made", flat=True)
    assert set(bookings) == {26 * SIZE.shows // SIZE.users}


def assert_that_rows_are_valid() -> None:
    for model in MODELS:
        # Forms require some fields that can be null in the database.
        empty = [field.name for field in model._meta.concrete_fields if field.null]
        stored: QuerySet[Model] = QuerySet(model)
        for row in stored.order_by("pk")[:20]:
            row.clean_fields(exclude=empty)


def assert_that_bookings_agree_with_their_tickets() -> None:
    paid = Booking.objects.filter(status="CONFIRMED").annotate(paid=Sum("tickets__price"))
    assert not paid.exclude(paid=F("total")).exists()
    assert not Ticket.objects.exclude(show=F("booking__show")).exists()
    assert not Ticket.objects.exclude(seat__screen=F("show__screen")).exists()
    assert not Ticket.objects.filter(events=None).exists()
    assert not Booking.objects.filter(created_at__gte=F("show__starts_at")).exists()


def assert_that_every_index_and_foreign_key_exists_again() -> None:
    for model in LOADED_WITHOUT_KEYS:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        assert {constraint.name for constraint in (*model._meta.constraints, *model._meta.indexes)} <= set(found)
        keys = {column for each in found.values() if each["foreign_key"] for column in each["columns"]}
        indexed = {each["columns"][0] for each in found.values() if each["index"] and each["columns"]}
        columns = {field.column for field in model._meta.concrete_fields if field.is_relation}
        assert keys == columns
        assert columns <= indexed


def assert_that_statements_return_what_the_api_returns() -> None:
    for read in groups.reads("default"):
        for ours, sql in zip(read.ours, read.sql, strict=True):
            headers = {"Authorization": f"Bearer {ours.token}"} if ours.token else {}
            response = Client().post(ours.path, ours.body, content_type="application/json", headers=headers)
            with override_settings(ROOT_URLCONF="tests.bench.baselines.bare"):
                expected = Client().get(sql.path)
            assert response.json() == expected.json(), read.row
            assert len(response.content) > SMALLEST_RESPONSE[read.row]
