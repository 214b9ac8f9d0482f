import random
from collections.abc import Sequence

import pytest

from cinema.catalog import queries
from cinema.catalog.queries import MovieCriteria
from cinema.catalog.search import Where, can_read_first, first_found
from cinema.core.errors import InvalidInput
from cinema.core.text import folded, searchable
from cinema.models import Movie
from tests import situations
from tests.catalog.listings import titles
from tests.catalog.refusals import problems

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- words


@pytest.fixture
def _some_movies(db: None) -> None:
    for title in ["Amélie", "The Lord of the Rings: The Two Towers", "ÉLAN", "Łódź", "Straße", "Война и мир", "100%"]:
        situations.a_movie(title)


@pytest.mark.usefixtures("_some_movies")
@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("amélie", ["Amélie"]),
        ("amelie", ["Amélie"]),
        ("AMÉLIE", ["Amélie"]),
        ("ame\u0301lie", ["Amélie"]),
        ("mel", ["Amélie"]),
        ("élan", ["ÉLAN"]),
        ("Elan", ["ÉLAN"]),
        ("STRASSE", ["Straße"]),
        ("straße", ["Straße"]),
        ("ВОЙНА", ["Война и мир"]),
        ("towers lord", ["The Lord of the Rings: The Two Towers"]),
        ("  two   towers ", ["The Lord of the Rings: The Two Towers"]),
        ("towers amélie", []),
        ("lord of the flies", []),
        ("100%", ["100%"]),
        ("%", ["100%"]),
        ("_", []),
        ("\\", []),
        ("'", []),
    ],
)
def test_movies_are_searched_by_words_of_the_title(search: str, found: list[str]) -> None:
    assert titles(search=search) == found


@pytest.mark.usefixtures("_some_movies")
@pytest.mark.parametrize("search", [None, "", "  "])
def test_an_empty_search_finds_all_movies(search: str | None) -> None:
    assert len(titles(search=search)) == 7


@pytest.mark.parametrize(
    ("search", "other"),
    [
        ("バス", "パス"),
        ("ハス", "バス"),
        ("ไม่", "ไม้"),
        ("क़लम", "कलम"),
        ("שָׁלוֹם", "שָׂלוֹם"),
        ("كِتَاب", "كُتَاب"),
        ("각", "간"),
        ("🍿", "🎬"),
    ],
)
def test_marks_of_other_scripts_make_different_letters(search: str, other: str) -> None:
    for title in (search, other):
        situations.a_movie(title)

    assert titles(search=search) == [search]


def test_titles_that_match_at_their_start_come_first_then_those_that_match_at_the_start_of_words() -> None:
    for title in ["Superman", "Mantis", "The Man", "Man", "Spider-Man", "Élan", "A Lan Party", "Land"]:
        situations.a_movie(title)

    assert titles(search="man") == ["Man", "Mantis", "Spider-Man", "The Man", "Superman"]
    assert titles(search="LÁN") == ["Land", "A Lan Party", "Élan"]
    assert titles(search="man the") == ["The Man"]


def test_a_title_without_letters_is_found() -> None:
    for title in ["?", "Who?", "..."]:
        situations.a_movie(title)

    assert (titles(search="?"), titles(search="…")) == (["?"], ["..."])


def test_titles_are_ordered_like_their_plain_letters() -> None:
    ordered = ["Elan 2", "Élan vital", "Elane", "(500) Days", "Ærø", "Łódź", "Lodz", "Zulu"]
    for title in ordered:
        situations.a_movie(title)

    assert titles() == ["(500) Days", "Ærø", "Elan 2", "Élan vital", "Elane", "Łódź", "Lodz", "Zulu"]


def test_generated_searches_find_the_titles_that_a_simple_definition_finds() -> None:
    generator = random.Random(20)  # noqa: S311 - not for secrets
    letters = "aaabbæ B-'%_\\バパ"
    generated = ["a" + "".join(generator.choices(letters, k=generator.randint(0, 11))) for _ in range(100)]
    # Longer than the column by which titles are ordered.
    generated += [start + end for start in ("ab " * 65, "ﷺ" * 20) for end in ("a", "b", " ab")]
    Movie.objects.bulk_create(
        Movie(title=title, duration_minutes=90, search_text=searchable(title)) for title in generated
    )
    movies = list(Movie.objects.all())
    searches = [title[generator.randint(0, 3) :][: generator.randint(1, 5)] for title in generated[:50]]
    for search in filter(folded, searches + generated[-6:]):
        words = folded(search).split()
        at_start, elsewhere = expected_matches(movies, words)

        assert (matches(search, Where.AT_START), matches(search, Where.NOT_AT_START)) == (at_start, elsewhere), search
        assert matches(search, Where.ANYWHERE) == at_start + elsewhere
        if can_read_first(words):
            check_first_pages(words, at_start, elsewhere)


def check_first_pages(words: list[str], at_start: list[Movie], elsewhere: list[Movie]) -> None:
    """The plain statement returns these movies, with the ranks of the ORM's statement."""
    ranks = [0] * len(at_start) + [1 if begins_words(movie, words) else 2 for movie in elsewhere]
    expected = list(zip(at_start + elsewhere, ranks, strict=True))
    for count in {1, len(at_start), len(at_start) + 1, len(expected) + 1} - {0}:
        assert first_found(words, count) == expected[:count], words


def matches(search: str, where: Where) -> list[Movie]:
    return list(queries.movies(MovieCriteria(search=search, where=where)))


def expected_matches(movies: Sequence[Movie], words: Sequence[str]) -> tuple[list[Movie], list[Movie]]:
    """The movies that start with the words, and the others with these words, both in the order of a search."""
    found = sorted(
        (movie for movie in movies if all(word in movie.search_text for word in words)),
        key=lambda movie: (movie.search_text[:200], movie.pk),
    )
    at_start = [movie for movie in found if movie.search_text.startswith(" ".join(words))]
    others = [movie for movie in found if movie not in at_start]
    return at_start, sorted(others, key=lambda movie: not begins_words(movie, words))


def begins_words(movie: Movie, starts: Sequence[str]) -> bool:
    """Whether each of `starts` is the start of a word."""
    return all(f" {start}" in f" {movie.search_text}" for start in starts)


def test_the_plain_statement_needs_words_that_a_sort_key_can_contain() -> None:
    assert can_read_first(["x" * 100, "y" * 99])
    assert not can_read_first(["x" * 100, "y" * 100])
    assert not can_read_first([])


# ---------------------------------------------------------------------- genre, language


def test_a_search_longer_than_a_title_is_refused() -> None:
    longest = "x" * 200
    situations.a_movie(longest)

    assert titles(search=longest) == [longest]
    with pytest.raises(InvalidInput, match=r"^A search can have at most 200 characters\.$") as refusal:
        titles(search=longest + "x")
    assert problems(refusal) == [("search", "max_length")]


@pytest.mark.parametrize("genre", ["Drama", "drama", "DRAMA", " drama "])
def test_movies_are_filtered_by_genre(genre: str) -> None:
    situations.a_movie("Heat", genres=["Drama", "Crime"])
    situations.a_movie("Airplane!", genres=["Comedy"])
    situations.a_movie("Melo", genres=["Melodrama"])

    assert titles(genre=genre) == ["Heat"]


@pytest.mark.parametrize("genre", ["Épopée", "ÉPOPÉE", "épopée"])
def test_the_genre_filter_ignores_case_of_accented_letters(genre: str) -> None:
    situations.a_movie("Ben-Hur", genres=["Épopée"])

    assert titles(genre=genre) == ["Ben-Hur"]


def test_an_unknown_genre_has_no_movies() -> None:
    situations.a_movie("Heat")

    assert titles(genre="Western") == []


@pytest.mark.parametrize("language", ["pt-BR", "PT-br", " pt-BR "])
def test_movies_are_filtered_by_language(language: str) -> None:
    situations.a_movie("Cidade de Deus", language="pt-BR")
    situations.a_movie("Tabu", language="pt")
    situations.a_movie("Silent")

    assert titles(language=language) == ["Cidade de Deus"]


@pytest.mark.parametrize("language", ["pt", "PT", " pt "])
def test_a_language_includes_its_regions(language: str) -> None:
    for title, tag in {"A": "pt", "B": "pt-BR", "C": "ptx", "D": "es-PT", "E": "p"}.items():
        situations.a_movie(title, language=tag if tag != "p" else "")

    assert titles(language=language) == ["A", "B"]


def test_a_language_filter_longer_than_a_tag_is_refused() -> None:
    longest = "pt-BR" + "-abcde" * 5
    situations.a_movie("Tabu", language=longest)

    assert titles(language=longest) == ["Tabu"]
    # SQLite cannot compare with a pattern of this length.
    with pytest.raises(InvalidInput, match=r"^A language can have at most 35 characters\.$") as refusal:
        titles(language="x" * 60_000)
    assert problems(refusal) == [("language", "max_length")]
