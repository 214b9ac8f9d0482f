"""Loads the demo data. Data that already exists is not added again."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

from cinema.catalog import movies, price_lists, scheduling, theaters
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.models import Movie, PriceList, Screen, Show, ShowFormat, Theater
from cinema.catalog.prices import currency_of
from cinema.core import clock
from cinema.management.demo import accounts, schedule
from cinema.management.demo.films import FILMS, DemoFilm
from cinema.management.demo.schedule import Slot
from cinema.management.demo.theaters import THEATERS, DemoScreen, DemoTheater

DAYS = 14
# A show whose start has passed is refused, so shows that start within this time are not scheduled.
MIN_LEAD_TIME = timedelta(minutes=1)


@dataclass
class LoadResult:
    """The numbers of added objects. `skipped_shows` counts shows that would overlap another show."""

    movies: int = 0
    theaters: int = 0
    screens: int = 0
    shows: int = 0
    skipped_shows: int = 0
    price_lists: int = 0
    accounts: int = 0


def is_needed() -> bool:
    """Whether the catalog is still empty."""
    return not Movie.objects.exists()


def load() -> LoadResult:
    """Add those accounts, movies, theaters, price lists and shows of the next `DAYS` days that do not exist yet."""
    result = LoadResult(accounts=accounts.add_missing())
    movie_ids = {film: _movie_id(film, result) for film in FILMS}
    for theater in THEATERS:
        stored = _stored(theater, result)
        # A theater that was loaded earlier, or that staff have changed, keeps its currency.
        theater = replace(theater, currency=currency_of(stored))  # noqa: PLW2901 - the same theater
        _add_price_lists(theater, result)
        for screen in theater.screens:
            screen_id = _screen_id(screen, stored.pk, result)
            _schedule(_upcoming(theater, screen), screen_id, movie_ids, result)
    return result


def _movie_id(film: DemoFilm, result: LoadResult) -> int:
    same = Movie.objects.filter(title=film.title, release_date__year=film.release_date.year)
    movie = same.order_by("pk").first()
    if movie is None:
        movie = movies.add(
            title=film.title,
            synopsis=film.synopsis,
            duration_minutes=film.minutes,
            genres=list(film.genres),
            cast=list(film.cast),
            certificate=film.certificate,
            language=film.language,
            release_date=film.release_date,
            trailer_url=film.trailer_url,
        )
        result.movies += 1
    return movie.pk


def _stored(theater: DemoTheater, result: LoadResult) -> Theater:
    found = Theater.objects.filter(name__iexact=theater.name, city__iexact=theater.city).first()
    if found is None:
        found = theaters.add_theater(
            name=theater.name, city=theater.city, time_zone=theater.time_zone, currency=theater.currency
        )
        result.theaters += 1
    return found


def _screen_id(screen: DemoScreen, theater_id: int, result: LoadResult) -> int:
    found = Screen.objects.filter(theater=theater_id, name__iexact=screen.name).first()
    if found is None:
        found = theaters.add_screen(theater_id=theater_id, name=screen.name, rows=screen.rows)
        result.screens += 1
    return found.pk


def _add_price_lists(theater: DemoTheater, result: LoadResult) -> None:
    """Add lists with the prices of the shows of the theater, for staff who schedule more."""
    formats = [each for each in ShowFormat if any(each in screen.formats for screen in theater.screens)]
    for each, in_the_evening in product(formats, (False, True)):
        name = f"{theater.name}: {each.usual_name}, {'evening' if in_the_evening else 'daytime'}"
        if not PriceList.objects.filter(name__iexact=name).exists():
            prices = schedule.prices(each, in_the_evening=in_the_evening, currency=theater.currency)
            price_lists.add(name=name, prices=prices, currency=theater.currency)
            result.price_lists += 1


def _upcoming(theater: DemoTheater, screen: DemoScreen) -> list[Slot]:
    now = clock.now()
    today = now.astimezone(ZoneInfo(theater.time_zone)).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    found = [slot for day in days for slot in schedule.slots(day, theater=theater, screen=screen)]
    return [slot for slot in found if slot.starts_at > now + MIN_LEAD_TIME]


def _schedule(slots: list[Slot], screen_id: int, movie_ids: dict[DemoFilm, int], result: LoadResult) -> None:
    # Including cancelled shows, so that they are not scheduled again.
    scheduled = set(Show.objects.filter(screen=screen_id).values_list("movie_id", "starts_at"))
    for slot in slots:
        if (movie_ids[slot.film], slot.starts_at) in scheduled:
            continue
        try:
            scheduling.schedule(
                movie_id=movie_ids[slot.film],
                screen_id=screen_id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                format=slot.format,
                language=slot.language,
                subtitles=slot.subtitles,
                prices=slot.prices,
            )
            result.shows += 1
        except ScreenOccupied:
            result.skipped_shows += 1
