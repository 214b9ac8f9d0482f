"""The `load_demo` command: the loaded data, and that loading again adds only what is missing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from pytest_django import Settings

from cinema.accounts.models import User
from cinema.catalog import movies, scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Movie, PriceList, Screen, Show, Theater
from cinema.core import clock
from cinema.management.demo import loading, schedule
from cinema.management.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from cinema.management.demo.films import FILMS
from cinema.management.demo.theaters import LISBON, THEATERS, TOKYO

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CLEANING = timedelta(minutes=15)

# A Tuesday: 13:00 in Lisbon, 08:00 in New York, 21:00 in Tokyo.
NOON = datetime(2031, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def two_days(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A development machine at `NOON` that loads two days at a time."""
    settings.DEBUG = True
    monkeypatch.setattr(loading, "DAYS", 2)
    monkeypatch.setattr(clock, "now", lambda: NOON)


def load_demo(*options: str) -> str:
    out = StringIO()
    call_command("load_demo", *options, stdout=out)
    return out.getvalue()


def shows() -> list[tuple[Any, ...]]:
    return list(
        Show.objects.order_by("pk").values_list("screen", "movie", "starts_at", "ends_at", "format", "language")
    )


def test_loading_adds_everything(two_days: None) -> None:
    output = load_demo()

    assert Movie.objects.count() == len(FILMS) >= 12
    assert Theater.objects.count() == 3
    assert Screen.objects.count() == 6
    shows_added = Show.objects.count()
    assert output.splitlines() == [
        f"Added {len(FILMS)} movies, 3 theaters, 6 screens, {shows_added} shows, 16 price lists and 3 accounts.",
        "Accounts: staff, alice, bob. Password: popcorn-and-a-movie, unless it has been changed.",
    ]


@pytest.mark.deep
def test_shows_that_would_have_started_are_left_out(two_days: None) -> None:
    load_demo()

    for theater in THEATERS:
        today = NOON.astimezone(ZoneInfo(theater.time_zone)).date()
        for screen in theater.screens:
            schedule_of_both_days = [
                slot.starts_at
                for day in (today, today + timedelta(days=1))
                for slot in schedule.slots(day, theater=theater, screen=screen)
            ]
            found = Show.objects.filter(screen__name=screen.name, screen__theater__name=theater.name)
            assert set(found.values_list("starts_at", flat=True)) == {
                start for start in schedule_of_both_days if start > NOON
            }
    in_tokyo = Show.objects.filter(screen__theater__city=TOKYO.city)
    assert in_tokyo.filter(starts_at__lt=NOON + timedelta(hours=3)).count() == 1


@pytest.mark.deep
def test_movies_are_complete(two_days: None) -> None:
    load_demo()

    movie = Movie.objects.get(title="Spirited Away")
    assert (movie.release_date, movie.duration_minutes) == (date(2001, 7, 20), 125)
    assert (movie.certificate, movie.language, movie.poster_url) == ("PG", "ja", "")
    assert {genre.name for genre in movie.genres.all()} == {"Animation", "Fantasy", "Family"}
    assert not Movie.objects.filter(duration_is_estimate=True).exists()
    for movie in Movie.objects.all():
        movie.full_clean()
        assert movie.synopsis
        assert movie.trailer_url


@pytest.mark.deep
def test_price_lists_have_the_prices_of_the_shows(two_days: None) -> None:
    load_demo()

    lists = {
        (found.currency, tuple(sorted(found.prices.values_list("category", "amount"))))
        for found in PriceList.objects.all()
    }
    for show in Show.objects.select_related("screen__theater"):
        prices = dict(show.prices.values_list("category", "amount"))
        assert any(
            currency == show.screen.theater.currency and prices.items() <= dict(amounts).items()
            for currency, amounts in lists
        )


def test_loading_again_adds_nothing(two_days: None) -> None:
    load_demo()
    before = shows()

    output = load_demo()

    assert shows() == before
    assert output.startswith("Added 0 movies, 0 theaters, 0 screens, 0 shows, 0 price lists and 0 accounts.\nAccounts")


@pytest.mark.deep
def test_loading_on_the_next_day_adds_one_day(two_days: None, monkeypatch: pytest.MonkeyPatch) -> None:
    load_demo()
    before = shows()
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=1))

    load_demo()

    added = shows()[len(before) :]
    assert shows()[: len(before)] == before
    zones = {screen.pk: ZoneInfo(screen.theater.time_zone) for screen in Screen.objects.select_related("theater")}
    assert {start.astimezone(zones[screen]).date() for screen, _, start, *_ in added} == {date(2031, 5, 8)}
    assert {screen for screen, *_ in added} == zones.keys()


@pytest.mark.deep
def test_shows_scheduled_by_staff_are_kept_and_not_overlapped(two_days: None) -> None:
    theater = theaters.add_theater(name=LISBON.name, city=LISBON.city, time_zone=LISBON.time_zone)
    screen = theaters.add_screen(theater_id=theater.pk, name="Sala 1", rows=["SSS"])
    movie = movies.add(title="Our own", duration_minutes=24 * 60)
    own = scheduling.schedule(
        movie_id=movie.pk,
        screen_id=screen.pk,
        starts_at=NOON + timedelta(hours=1),
        prices={SeatCategory.STANDARD: Decimal(10)},
    )

    output = load_demo()

    planned = [
        slot
        for day in (date(2031, 5, 6), date(2031, 5, 7))
        for slot in schedule.slots(day, theater=LISBON, screen=LISBON.screens[0])
        if slot.starts_at > NOON
    ]
    free = {slot.starts_at for slot in planned if slot.starts_at >= own.ends_at + CLEANING}
    others = Show.objects.filter(screen=screen).exclude(pk=own.pk)
    assert 0 < len(free) < len(planned)
    assert set(others.values_list("starts_at", flat=True)) == free
    assert f"Skipped {len(planned) - len(free)} shows because they overlap other shows." in output


@pytest.mark.deep
def test_a_show_cancelled_by_staff_stays_cancelled(two_days: None) -> None:
    load_demo()
    cancelled = scheduling.cancel(show_id=Show.objects.order_by("starts_at")[0].pk)
    count = Show.objects.count()

    load_demo()

    assert Show.objects.count() == count
    assert Show.objects.not_cancelled().filter(screen=cancelled.screen, starts_at=cancelled.starts_at).count() == 0


@pytest.mark.deep
def test_movies_in_the_catalog_are_reused(two_days: None) -> None:
    movie = movies.add(
        title="Parasite", release_date=date(2019, 10, 11), duration_minutes=90, duration_is_estimate=True
    )

    load_demo()

    assert Movie.objects.filter(title__iexact="parasite").get() == movie
    assert {show.ends_at - show.starts_at for show in movie.shows.all()} == {timedelta(minutes=132)}


def test_the_accounts_are_one_staff_member_and_two_customers(two_days: None) -> None:
    load_demo()

    users = {user.username: user for user in User.objects.all()}
    assert users.keys() == {account.username for account in DEMO_ACCOUNTS} == {"staff", "alice", "bob"}
    assert all(user.check_password(DEMO_PASSWORD) for user in users.values())
    assert users["alice"].email == "alice@example.com"
    assert [user.username for user in users.values() if user.is_staff] == ["staff"]
    assert not any(user.is_superuser for user in users.values())


@pytest.mark.deep
def test_the_staff_account_has_exactly_the_permissions_of_the_cinema(two_days: None) -> None:
    load_demo()

    staff = User.objects.get(username="staff")
    assert [group.name for group in staff.groups.all()] == ["Cinema staff"]
    cinema = Permission.objects.filter(content_type__app_label="cinema")
    assert staff.get_all_permissions() == {f"cinema.{permission.codename}" for permission in cinema}
    assert staff.has_perms(["cinema.view_show", "cinema.add_show", "cinema.change_movie", "cinema.view_booking"])
    assert User.objects.get(username="alice").get_all_permissions() == set()


@pytest.mark.deep
def test_loading_again_keeps_a_changed_password(two_days: None) -> None:
    load_demo()
    alice = User.objects.get(username="alice")
    alice.set_password("another-pass-phrase")
    alice.save()

    load_demo()

    alice.refresh_from_db()
    assert alice.check_password("another-pass-phrase")


@pytest.mark.deep
def test_an_existing_customer_named_staff_does_not_become_staff(two_days: None) -> None:
    User.objects.create_user("Staff", "customer@example.org", "the-password-of-a-customer")

    load_demo()

    user = User.objects.get(username="Staff")
    assert (user.is_staff, user.groups.count(), user.check_password(DEMO_PASSWORD)) == (False, 0, False)
    assert not User.objects.filter(is_staff=True).exists()


def test_without_debug_nothing_is_added(settings: Settings) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="only if DEBUG is true"):
        load_demo()

    assert not User.objects.exists()
    assert not Movie.objects.exists()


def test_if_empty_does_nothing_if_a_movie_exists(two_days: None) -> None:
    movies.add(title="Our own", duration_minutes=90)

    assert load_demo("--if-empty") == ""

    assert Movie.objects.count() == 1
    assert not User.objects.exists()
    assert not Theater.objects.exists()


def test_if_empty_loads_into_an_empty_catalog(two_days: None) -> None:
    assert load_demo("--if-empty").startswith(f"Added {len(FILMS)} movies")
