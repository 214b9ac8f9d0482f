"""Plain SQL reads and writes the same values as the ORM."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from cinema.core import clock, sql
from cinema.models import Genre, Price, Show, Ticket
from tests import situations

pytestmark = pytest.mark.django_db

SHOW = f"SELECT {sql.columns(Show)} FROM cinema_show WHERE id = %(show)s {{for_key_share}}"  # noqa: S608 - our names


@pytest.mark.parametrize("microsecond", [0, 1, 120_000])
def test_instances_equal_those_of_the_orm(show: Show, microsecond: int) -> None:
    show.cancelled_at = datetime(2026, 3, 1, 12, 30, 15, microsecond, tzinfo=UTC)
    show.save()

    with transaction.atomic():
        (row,) = sql.fetch(SHOW, {"show": show.pk}, sql.fields(Show))

    found = sql.instance(Show, row)
    expected = Show.objects.get()
    assert {field.attname: getattr(found, field.attname) for field in sql.fields(Show)} == {
        field.attname: getattr(expected, field.attname) for field in sql.fields(Show)
    }
    assert not found._state.adding  # noqa: SLF001 - Django has no public API for it


def test_amounts_and_times_are_converted(show: Show) -> None:
    statement = "SELECT {now}, amount FROM cinema_price WHERE show_id = %(show)s AND category = 'PREMIUM'"

    ((now, amount),) = sql.fetch(statement, {"show": show.pk}, [sql.TIME, Price._meta.get_field("amount")])

    assert isinstance(amount, Decimal)
    assert amount == Decimal("15.50")
    assert abs((clock.now() - now).total_seconds()) < 60
    assert now.utcoffset() is not None


def test_a_list_stands_for_its_items(show: Show) -> None:
    statement = "SELECT label FROM cinema_seat WHERE screen_id = %(screen)s AND label {in_labels} ORDER BY label"

    def labels(*wanted: str) -> list[str]:
        return [label for (label,) in sql.fetch(statement, {"screen": show.screen_id, "labels": list(wanted)})]

    assert labels("A2", "A1", "'; DROP TABLE cinema_seat") == ["A1", "A2"]
    assert labels() == []


def test_inserted_rows_equal_those_of_bulk_create(show: Show) -> None:
    booking = situations.a_booking("A3", show=show)
    seats = list(show.screen.seats.current()[:2])
    expires_at = clock.now().replace(microsecond=0)

    def new(seat: int) -> Ticket:
        return Ticket(show=show, seat=seats[seat], booking=booking, price=Decimal("8.50"), expires_at=expires_at)

    (theirs,) = Ticket.objects.bulk_create([new(0)])
    ours = new(1)
    sql.insert([ours])

    def stored(ticket: Ticket) -> dict[str, object]:
        ((row),) = Ticket.objects.filter(pk=ticket.pk).values()
        return {name: value for name, value in row.items() if name not in {"id", "seat_id", "changed_at"}}

    assert stored(ours) == stored(theirs)
    assert Ticket.objects.get(seat=seats[1]) == ours
    assert not ours._state.adding  # noqa: SLF001 - as above
    ours.refresh_from_db()
    assert abs((clock.now() - ours.changed_at).total_seconds()) < 60


def test_rows_are_inserted_in_order(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(sql, "_ROWS_PER_INSERT", 2)
    genres = [Genre(name=name, name_key=name) for name in "edcba"]

    with django_assert_num_queries(3):
        sql.insert(genres)

    assert [genre.name for genre in Genre.objects.order_by("pk")] == list("edcba")
    assert {genre.pk: genre.name for genre in genres} == dict(Genre.objects.values_list("pk", "name"))


def test_inserting_no_rows_runs_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        sql.insert([])


def test_a_constraint_refuses_all_rows_of_a_statement() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        sql.insert([Genre(name="a", name_key="a"), Genre(name="A", name_key="a")])

    assert not Genre.objects.exists()
