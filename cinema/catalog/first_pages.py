"""The first rows of frequent lists of movies and shows, in plain SQL.

They are those of `cinema.catalog.queries`. The ORM takes longer to build most of these statements than PostgreSQL takes
to execute them. The statement for searches is in `cinema.catalog.search`.
"""

from django.db import DEFAULT_DB_ALIAS

from cinema.catalog.models import Movie, Screen, Show, Theater
from cinema.catalog.queries import ShowCriteria
from cinema.core import sql
from cinema.core.sql import columns, refer

MOVIES = f"SELECT {columns(Movie)} FROM cinema_movie ORDER BY sort_key, id LIMIT %(count)s"  # noqa: S608
COUNT_OF_MOVIES = "SELECT COUNT(*) FROM cinema_movie"
SHOWS = f"""
SELECT {columns(Show, "show")}, {columns(Movie, "movie")}, {columns(Screen, "screen")}, {columns(Theater, "theater")}
FROM cinema_show AS show
JOIN cinema_movie AS movie ON movie.id = show.movie_id
JOIN cinema_screen AS screen ON screen.id = show.screen_id
JOIN cinema_theater AS theater ON theater.id = screen.theater_id
"""  # noqa: S608
_CONDITIONS = {
    "movie_id": "show.movie_id = %(movie_id)s",
    "theater_id": "screen.theater_id = %(theater_id)s",
    "from_": "show.starts_at >= %(from_)s",
    "until": "show.starts_at < %(until)s",
}
# The first condition is for all theaters. PostgreSQL finds the shows with an index because of it.
_ON_DAY = "show.starts_at >= %(begin)s AND show.starts_at < %(end)s AND ({})"
_ON_DAY_OF_THEATER = (
    "theater.time_zone = %(time_zone_{n})s AND theater.day_ends_at = %(day_ends_at_{n})s"
    " AND show.starts_at >= %(begin_{n})s AND show.starts_at < %(end_{n})s"
)


def movies(count: int, *, using: str = DEFAULT_DB_ALIAS) -> list[Movie]:
    """The first movies by title."""
    return sql.read(Movie, MOVIES, {"count": count}, using=using)


def count_of_movies(*, using: str = DEFAULT_DB_ALIAS) -> int:
    ((count,),) = sql.fetch(COUNT_OF_MOVIES, {}, using=using)
    return int(count)


def shows(criteria: ShowCriteria, count: int) -> list[Show]:
    """The first shows by start, with their movies, screens and theaters. See `can_read`."""
    parameters = {name: value for name in _CONDITIONS if (value := getattr(criteria, name)) is not None}
    conditions = [_CONDITIONS[name] for name in parameters]
    if criteria.on is not None:
        if not criteria.days:
            return []
        conditions.append(_on_day(len(criteria.days)))
        parameters["begin"] = min(day.begin for day in criteria.days)
        parameters["end"] = max(day.end for day in criteria.days)
        for n, day in enumerate(criteria.days):
            parameters |= {f"{name}_{n}": value for name, value in day._asdict().items()}
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"{SHOWS} {where} ORDER BY show.starts_at, show.id LIMIT %(count)s"
    rows = sql.read_joined([Show, Movie, Screen, Theater], statement, {**parameters, "count": count})
    for show, movie, screen, theater in rows:
        link(show, movie, screen, theater)
    return [show for show, *_ in rows]


def can_read(criteria: ShowCriteria) -> bool:
    """Whether `shows` can read the shows that meet these criteria."""
    supported = {name: getattr(criteria, name) for name in ("on", *_CONDITIONS)}
    return criteria == ShowCriteria(**supported)


def link(show: Show, movie: Movie, screen: Screen, theater: Theater) -> None:
    """Let these rows refer to each other. Their keys already do."""
    refer(show, "movie", movie)
    refer(show, "screen", screen)
    refer(screen, "theater", theater)


def _on_day(kinds_of_theaters: int) -> str:
    return _ON_DAY.format(" OR ".join(_ON_DAY_OF_THEATER.format(n=n) for n in range(kinds_of_theaters)))
