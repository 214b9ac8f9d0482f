from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import DataError, connection

from cinema.core.times import IsoLoader

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (found,) = cursor.fetchone()
    assert isinstance(found, datetime)
    return found


def test_connections_use_the_loader() -> None:
    with connection.cursor() as cursor:
        loader = cursor.connection.adapters.get_loader(
            psycopg.postgres.types["timestamptz"].oid, psycopg.pq.Format.TEXT
        )
        assert cursor.adapters.get_loader(psycopg.postgres.types["timestamptz"].oid, psycopg.pq.Format.TEXT) is loader

    assert loader is IsoLoader


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 3, 1, 19, 30, tzinfo=UTC),
        datetime(2026, 3, 1, 19, 30, 5, 120_000, tzinfo=UTC),
        datetime(2026, 3, 1, 19, 30, 5, 7, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
    ids=str,
)
def test_times_are_those_that_were_stored(time: datetime) -> None:
    found = read(time.isoformat())

    assert found == time
    assert found.tzinfo is UTC


def test_offsets_are_converted() -> None:
    assert read("2026-03-01T20:30:00+01:00") == datetime(2026, 3, 1, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["infinity", "0044-03-15 BC"])
def test_times_that_python_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        read(text)


def test_a_connection_in_another_time_zone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Europe/Berlin'")

    found = read("2026-03-01T19:30:00+00:00")

    assert found == datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
    assert found.utcoffset() == timedelta(hours=1)
