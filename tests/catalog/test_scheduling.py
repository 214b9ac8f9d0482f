from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.catalog.layouts import SeatCategory
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Movie, Screen
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.shows import MINUTE, NOW, STANDARD, at, prices_of, schedule, stored
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- schedule


def test_a_show_is_stored_with_all_fields(movie: Movie, screen: Screen) -> None:
    starts_at, ends_at = at(24), at(27)

    show = schedule(
        movie,
        screen,
        starts_at,
        ends_at=ends_at,
        format="IMAX",
        language="pt-BR",
        prices={STANDARD: Decimal("12.50")},
    )

    found = stored(show)
    assert (found.movie, found.screen) == (movie, screen)
    assert (found.starts_at, found.ends_at) == (starts_at, ends_at)
    assert (found.format, found.language, found.cancelled_at) == ("IMAX", "pt-BR", None)
    assert prices_of(found) == {"STANDARD": Decimal("12.50")}


def test_a_show_ends_with_its_movie_by_default(movie: Movie, screen: Screen) -> None:
    show = schedule(movie, screen, at(24))

    assert stored(show).ends_at - show.starts_at == 100 * MINUTE


def test_a_show_is_two_d_without_a_language_by_default(movie: Movie, screen: Screen) -> None:
    show = stored(schedule(movie, screen, at(24)))

    assert (show.format, show.language) == ("TWO_D", "")


def test_a_show_of_a_movie_with_an_estimate_requires_an_end(screen: Screen) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24))

    assert problems(refusal) == [("ends_at", "required")]


def test_a_movie_with_an_estimate_can_be_scheduled_with_an_end(screen: Screen) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    show = schedule(movie, screen, at(24), ends_at=at(26))

    assert stored(show).ends_at - show.starts_at == timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"starts_at": -timedelta(seconds=10)}, ("starts_at", "in_the_past")),
        ({"starts_at": timedelta(days=731)}, ("starts_at", "too_far")),
        ({"ends_at": timedelta(hours=23)}, ("ends_at", "before_start")),
        ({"ends_at": timedelta(hours=24)}, ("ends_at", "before_start")),
        ({"ends_at": timedelta(hours=48, seconds=1)}, ("ends_at", "too_long")),
    ],
    ids=str,
)
def test_invalid_times_are_refused(
    movie: Movie, screen: Screen, fields: dict[str, timedelta], problem: tuple[str, str]
) -> None:
    times = {"starts_at": at(24)} | {name: NOW + delta for name, delta in fields.items()}

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, **times)

    assert problems(refusal) == [problem]


def test_a_show_can_last_a_whole_day(movie: Movie, screen: Screen) -> None:
    assert schedule(movie, screen, at(24), ends_at=at(48)).pk


def test_a_show_can_be_scheduled_two_years_ahead(movie: Movie, screen: Screen) -> None:
    assert schedule(movie, screen, at(24 * 730 - 1)).pk


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"language": "Portuguese"}, ("language", "invalid")), ({"format": "SMELL"}, ("format", "invalid_choice"))],
    ids=str,
)
def test_invalid_show_fields_are_refused(
    movie: Movie, screen: Screen, fields: dict[str, str], problem: tuple[str, str]
) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), **fields)

    assert problems(refusal) == [problem]


def test_a_show_of_an_unknown_movie_is_refused(screen: Screen) -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such movie\.$"):
        schedule(Movie(pk=0), screen, at(24))


def test_a_show_on_an_unknown_screen_is_refused(movie: Movie) -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such screen\.$"):
        schedule(movie, Screen(pk=0), at(24))


# ---------------------------------------------------------------------- prices


def test_every_category_of_the_screen_needs_a_price(movie: Movie) -> None:
    screen = situations.a_screen(["SP", "WC"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), prices={STANDARD: Decimal(10), SeatCategory.WHEELCHAIR: Decimal(8)})

    assert problems(refusal) == [("prices", "unpriced_category")]
    assert str(refusal.value) == "Enter a price for each seat category of the screen. Missing: COMPANION, PREMIUM."


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Decimal("-0.01"), "min_value"),
        (Decimal("10.005"), "max_decimal_places"),
        (Decimal(100000000), "max_whole_digits"),
        (Decimal("NaN"), "invalid"),
        (Decimal("Infinity"), "invalid"),
    ],
    ids=str,
)
def test_an_invalid_price_is_refused(movie: Movie, screen: Screen, amount: Decimal, code: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        schedule(movie, screen, at(24), prices={STANDARD: amount})

    assert problems(refusal)[0] == ("prices", code)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("0.01"), Decimal("99999999.99")], ids=str)
def test_prices_can_be_zero_or_high(movie: Movie, screen: Screen, amount: Decimal) -> None:
    assert prices_of(schedule(movie, screen, at(24), prices={STANDARD: amount})) == {"STANDARD": amount}
