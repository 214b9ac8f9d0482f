"""The rows of the benchmark: a catalog, users with sessions, and sold tickets.

Foreign keys and indexes are dropped while tickets are loaded. Creating them again checks the rows.
"""

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import connection

from cinema.catalog import theaters
from cinema.catalog.layouts import SeatCategory
from cinema.core.text import searchable
from cinema.models import Genre, Movie, Price, RefreshToken, Screen, Show, User
from tests.bench.sizes import Size

GENRES = ["Action", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Horror", "Romance", "Thriller", "War"]
CITIES = {"Lisbon": "Europe/Lisbon", "Berlin": "Europe/Berlin", "Athens": "Europe/Athens", "Madrid": "Europe/Madrid"}
SYNOPSIS = "A stranger comes to a small town, and nothing stays as it was. " * 5
SCREENS_PER_CITY = 5
# 300 seats: 14 rows of 20, and a row with wheelchair spaces.
SEATS_300 = ["WCWC____SSSSSSSSSSSSSSSS", *["SSSSSSSSSS____SSSSSSSSSS"] * 9, *["PPPPPPPPPP____PPPPPPPPPP"] * 5]
SEATS_10_000 = ["S" * 100] * 80 + ["P" * 100] * 20
STARTS = [time(10), time(13), time(16), time(19), time(22)]
SHOWS_PER_DAY = len(CITIES) * SCREENS_PER_CITY * len(STARTS)
PASSWORD = "popcorn-and-a-movie"
TICKETS = Path(__file__).with_name("tickets.sql")

# The names by which other modules find the screens.
SCREEN_300 = "Screen 1"
SCREEN_10_000 = "Arena"


def fill(size: Size) -> None:
    """Fill an empty database."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    _add_movies(size.movies)
    screens = _add_screens()
    _add_shows(size, screens)
    _add_users(size.users)
    with _without_keys_and_indexes(), connection.cursor() as cursor:
        cursor.execute(TICKETS.read_text())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _add_movies(count: int) -> None:
    genres = Genre.objects.bulk_create(Genre(name=name) for name in GENRES)
    titles = [f"The {GENRES[n % len(GENRES)]} of Number {n * 7919 % 10_000}" for n in range(count)]
    movies = Movie.objects.bulk_create(
        Movie(
            title=title,
            search_text=searchable(title),
            synopsis=SYNOPSIS,
            duration_minutes=90 + n % 60,
            certificate="PG-13",
            language="en",
            release_date=date(2020, 1, 1) + timedelta(days=n),
            poster_url=f"https://posters.example/{n}.jpg",
        )
        for n, title in enumerate(titles)
    )
    of_movie = Movie.genres.through
    of_movie.objects.bulk_create(
        of_movie(movie=movie, genre=genres[number % len(genres)])
        for n, movie in enumerate(movies)
        for number in (n, n + 3)
    )


def _add_screens() -> list[Screen]:
    """Add the screens with 300 seats, and one with 10,000 in the first theater. Returns those with 300 seats."""
    screens = []
    for city, time_zone in CITIES.items():
        theater = theaters.add_theater(name="Odeon", city=city, time_zone=time_zone)
        screens += [
            theaters.add_screen(theater_id=theater.pk, name=f"Screen {number}", rows=SEATS_300)
            for number in range(1, SCREENS_PER_CITY + 1)
        ]
    theaters.add_screen(theater_id=screens[0].theater_id, name=SCREEN_10_000, rows=SEATS_10_000)
    return screens


def _add_shows(size: Size, screens: list[Screen]) -> None:
    """Add the same number of shows for each day. A quarter of the days are in the past."""
    days = size.shows // SHOWS_PER_DAY
    first_day = datetime.now(UTC).date() - timedelta(days=days // 4)
    movies = list(Movie.objects.order_by("pk"))
    slots = [
        (datetime.combine(first_day + timedelta(days=day), start, ZoneInfo(screen.theater.time_zone)), screen)
        for day in range(days)
        for start in STARTS
        for screen in screens
    ]
    shows = []
    for n, (starts_at, screen) in enumerate(slots):
        movie = movies[n % len(movies)]
        ends_at = starts_at.astimezone(UTC) + timedelta(minutes=movie.duration_minutes)
        shows.append(Show(movie=movie, screen=screen, starts_at=starts_at, ends_at=ends_at))
    Show.objects.bulk_create(shows, batch_size=2_000)
    Price.objects.bulk_create((price for n, show in enumerate(shows) for price in prices(show, n)), batch_size=5_000)


def prices(show: Show, n: int) -> list[Price]:
    """The prices of the nth show: standard seats cost 9 to 13."""
    standard = Decimal(9 + n % 5)
    premium = {SeatCategory.PREMIUM: standard + 4}
    return [Price(show=show, category=category, amount=premium.get(category, standard)) for category in SeatCategory]


def _add_users(count: int) -> None:
    password = make_password(PASSWORD)
    names = [f"buyer{n}" for n in range(count)]
    users = User.objects.bulk_create(
        (User(username=name, email=f"{name}@example.com", password=password) for name in names), batch_size=5_000
    )
    version = users[0].token_version
    RefreshToken.objects.bulk_create(
        (
            RefreshToken(
                user=user,
                token=sha256(secrets.token_bytes()).hexdigest(),
                family=uuid.uuid4(),
                version=version,
            )
            for user in users
        ),
        batch_size=5_000,
    )


@contextmanager
def _without_keys_and_indexes() -> Iterator[None]:
    """Drop the foreign keys and indexes of tickets and bookings, and create them again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
            [["cinema_booking", "cinema_ticket", "cinema_ticketevent"]],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
            [["cinema_booking", "cinema_ticket", "cinema_ticketevent"]],
        )
        indexes = cursor.fetchall()
        for table, name, _ in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
