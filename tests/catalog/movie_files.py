"""Files of movies, and the results of importing them."""

import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from cinema.catalog.models import Movie

FIELDS = (
    "title",
    "synopsis",
    "duration_minutes",
    "duration_is_estimate",
    "certificate",
    "language",
    "release_date",
    "poster_url",
)


def a_csv(directory: Path, text: str) -> Path:
    path = directory / "movies.csv"
    path.write_text(text, encoding="utf-8")
    return path


def a_json(directory: Path, rows: str | list[dict[str, Any]]) -> Path:
    """A JSON file with these rows, or with exactly this text."""
    path = directory / "movies.json"
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows), encoding="utf-8")
    return path


def load(path: Path, *options: str) -> tuple[list[str], list[str]]:
    """Run the command, and return the lines that it writes to stdout and to stderr."""
    out, err = StringIO(), StringIO()
    call_command("import_movies", str(path), *options, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def catalog() -> list[tuple[Any, ...]]:
    """Everything that an import can change: the `FIELDS` of each movie, and its genres."""
    return [
        (*(getattr(movie, field) for field in FIELDS), sorted(genre.name for genre in movie.genres.all()))
        for movie in Movie.objects.order_by("pk")
    ]


def writes(queries: Iterable[dict[str, str]]) -> list[str]:
    """The SQL of the queries that write."""
    return [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
