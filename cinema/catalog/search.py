"""Searches for movies by the words of their titles.

A title matches if it contains each word, as in `cinema.core.text.folded`. Titles that start with the search come first,
then those in which each word is the start of a word, then the others.
"""

import sys
from collections.abc import Sequence
from enum import Enum
from functools import cache
from typing import Any

from django.core.exceptions import FullResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Case, Func, Q, QuerySet, Value, When
from django.db.models.sql.compiler import SQLCompiler

from cinema.catalog.models import Movie
from cinema.core import sql
from cinema.core.fields import SORT_KEY_LENGTH
from cinema.core.sql import columns, fields
from cinema.core.text import folded

# The index contains the parts of `search_text` that have up to this many characters.
_PART_LENGTH = 3
# A few parts are in few titles. Looking for many takes longer.
_MAX_PARTS = 20


class Where(Enum):
    """Where in the title the words of a search must be."""

    ANYWHERE = "anywhere"
    AT_START = "at its start"
    NOT_AT_START = "anywhere but at its start"


def words(search: str | None) -> list[str]:
    """The words to find, folded. A search can have no words."""
    return folded(search or "").split()


def find(movies: QuerySet[Movie], words: Sequence[str], where: Where) -> QuerySet[Movie]:
    """The `movies` that match, in the order above, then by title. There is at least one word.

    `AT_START` and then `NOT_AT_START` are the same movies in the same order as `ANYWHERE`. The database reads the first
    of `AT_START` with an index that has their order, without reading the others.
    """
    start = " ".join(words)
    at_start = Q(search_text__startswith=start)
    if where is Where.AT_START:
        return movies.filter(at_start, _in_range(start)).order_by(Value(0), "sort_key", "pk")
    for word in words:
        movies = movies.filter(Q(search_text__contains=word), _HasParts(word))
    ranks = [When(_has_words_that_start_with(words), then=1)]
    if where is Where.NOT_AT_START:
        movies = movies.exclude(at_start)
    else:
        ranks.insert(0, When(at_start, then=0))
    return movies.order_by(Case(*ranks, default=2), "sort_key", "pk")


def _in_range(start: str) -> Q:
    first, last = _key_range(start)
    return Q(sort_key__gte=first, sort_key__lte=last)


def _key_range(start: str) -> tuple[str, str]:
    """The first and the last sort key that begins with `start`. Databases find a range with the index of the column."""
    first = start[:SORT_KEY_LENGTH]
    return first, first.ljust(SORT_KEY_LENGTH, chr(sys.maxunicode))


def _has_words_that_start_with(starts: Sequence[str]) -> Q:
    matching = Q()
    for start in starts:
        matching &= Q(search_text__startswith=start) | Q(search_text__contains=f" {start}")
    return matching


def first_found(words: Sequence[str], count: int, *, using: str = DEFAULT_DB_ALIAS) -> list[tuple[Movie, int]]:
    """The first movies that `find` returns, each with its rank, in a fraction of the time. See `can_read_first`."""
    ops = connections[using].ops
    start = " ".join(words)
    first, last = _key_range(start)
    parameters = {
        "count": count,
        "first": first,
        "last": last,
        "start": f"{ops.prep_for_like_query(start)}%",
        "parts": " & ".join(map(_parts, words)),
    }
    for n, word in enumerate(map(ops.prep_for_like_query, words)):
        parameters |= {f"begins_{n}": f"{word}%", f"follows_{n}": f"% {word}%", f"contains_{n}": f"%{word}%"}
    statement = _first_found(len(words), connections[using].vendor)
    rows = sql.fetch(statement, parameters, [*fields(Movie), None], using=using)
    return [(sql.instance(Movie, movie, using=using), rank) for *movie, rank in rows]


def can_read_first(words: Sequence[str]) -> bool:
    """Whether `first_found` can find these words: at least one, and not more text than a sort key has."""
    return 0 < len(" ".join(words)) <= SORT_KEY_LENGTH


@cache
def _first_found(words: int, vendor: str) -> str:
    """The statement of `first_found`. The second list is read only if the first one has too few movies.

    Sorting a few columns of many movies, and then reading the others of the first ones, takes less time.
    """
    contains = [f"search_text LIKE %(contains_{n})s {{escape}}" for n in range(words)]
    begins = [
        f"(search_text LIKE %(begins_{n})s {{escape}} OR search_text LIKE %(follows_{n})s {{escape}})"
        for n in range(words)
    ]
    movie = "JOIN cinema_movie AS movie ON movie.id = found.id"
    if vendor == "postgresql":
        contains.insert(0, "search_parts @@ %(parts)s::tsquery")
        # With `OFFSET 0`, the movies are found by their keys. PostgreSQL might read a whole small table for a join.
        movie = "CROSS JOIN LATERAL (SELECT * FROM cinema_movie WHERE id = found.id OFFSET 0) AS movie"
    return f"""
WITH at_start AS MATERIALIZED (
    SELECT id, sort_key, 0 AS rank FROM cinema_movie
    WHERE sort_key >= %(first)s AND sort_key <= %(last)s
    ORDER BY sort_key, id
    LIMIT %(count)s
),
elsewhere AS (
    SELECT id, sort_key, CASE WHEN {" AND ".join(begins)} THEN 1 ELSE 2 END AS rank FROM cinema_movie
    WHERE (SELECT COUNT(*) FROM at_start) < %(count)s
        AND {" AND ".join(contains)} AND search_text NOT LIKE %(start)s {{escape}}
    ORDER BY rank, sort_key, id
    LIMIT %(count)s
),
found AS (
    SELECT * FROM at_start UNION ALL SELECT * FROM elsewhere
    ORDER BY rank, sort_key, id
    LIMIT %(count)s
)
SELECT {columns(Movie, "movie")}, found.rank FROM found {movie}
ORDER BY found.rank, found.sort_key, found.id
"""  # noqa: S608


class _HasParts(Func):
    """Whether `search_text` contains the parts of `word`. This is so if it contains the word.

    PostgreSQL finds the parts with an index on the column `search_parts`, which a migration creates. Other databases
    do not check them.
    """

    output_field = BooleanField()

    def __init__(self, word: str) -> None:
        self.parts = _parts(word)
        super().__init__("search_text")

    def as_sql(self, *_: Any, **__: Any) -> Any:
        raise FullResultSet

    def as_postgresql(self, compiler: SQLCompiler, _: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column: Any = self.source_expressions[0]
        table = compiler.quote_name_unless_alias(column.alias)
        return f"{table}.search_parts @@ %s::tsquery", [self.parts]


def _parts(word: str) -> str:
    """The parts of `word` that the index contains, as a query of PostgreSQL's text search."""
    starts = range(min(_MAX_PARTS, max(1, len(word) - _PART_LENGTH + 1)))
    return " & ".join(_quoted(word[start : start + _PART_LENGTH]) for start in starts)


def _quoted(part: str) -> str:
    """A part of a word in a query of PostgreSQL's text search."""
    escaped = part.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
