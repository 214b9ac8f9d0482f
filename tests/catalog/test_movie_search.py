import pytest

from cinema.core.errors import InvalidInput
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


def test_a_language_filter_longer_than_a_tag_is_refused() -> None:
    longest = "pt-BR" + "-abcde" * 5
    situations.a_movie("Tabu", language=longest)

    assert titles(language=longest) == ["Tabu"]
    # SQLite cannot compare with a pattern of this length.
    with pytest.raises(InvalidInput, match=r"^A language can have at most 35 characters\.$") as refusal:
        titles(language="x" * 60_000)
    assert problems(refusal) == [("language", "max_length")]
