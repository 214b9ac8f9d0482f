import pytest
from django.db import IntegrityError, transaction

from cinema.catalog import genres
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Genre
from tests import situations
from tests.catalog.refusals import problems
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

SAME_NAMES = [
    ("Drama", "DRAMA"),
    ("Ärger", "ÄRGER"),
    ("Straße", "STRASSE"),
    ("ΔΡΆΜΑ", "δράμα"),
    ("Драма", "ДРАМА"),
    ("A\u0308rger", "Ärger"),
]


def names() -> list[str]:
    return [genre.name for genre in Genre.objects.order_by("pk")]


def test_a_genre_is_added_with_single_spaces() -> None:
    assert genres.add(name="  Science \t fiction ").name == "Science fiction"
    assert names() == ["Science fiction"]


@pytest.mark.parametrize(("first", "second"), SAME_NAMES)
def test_genre_names_are_unique_ignoring_case(first: str, second: str) -> None:
    genres.add(name=first)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        genres.add(name=second)

    assert problems(refusal) == [("name", "unique")]
    assert str(refusal.value) == "There is already a genre with this name."


@pytest.mark.parametrize(("first", "second"), SAME_NAMES)
def test_the_database_refuses_genres_with_the_same_name(first: str, second: str) -> None:
    Genre.objects.create(name=first)

    with nothing_changes():
        with pytest.raises(IntegrityError), transaction.atomic():
            Genre.objects.create(name=second)
        with pytest.raises(IntegrityError), transaction.atomic():
            Genre.objects.bulk_create([Genre(name=second)])


def test_genre_names_that_differ_in_accents_are_different() -> None:
    for name in ("Ärger", "Arger"):
        genres.add(name=name)

    assert names() == ["Ärger", "Arger"]


@pytest.mark.parametrize(("name", "code"), [("", "blank"), ("  ", "blank"), ("x" * 51, "max_length")])
def test_an_invalid_genre_name_is_refused(name: str, code: str) -> None:
    genre = genres.add(name="Drama")

    with nothing_changes():
        with pytest.raises(InvalidInput) as added:
            genres.add(name=name)
        with pytest.raises(InvalidInput) as renamed:
            genres.rename(genre_id=genre.pk, name=name)

    assert problems(added) == problems(renamed) == [("name", code)]


def test_a_name_of_maximum_length_fits_after_case_folding() -> None:
    # Case folding turns this letter into three.
    assert genres.add(name="ΐ" * 50).name == "ΐ" * 50


def test_a_renamed_genre_keeps_its_movies() -> None:
    movie = situations.a_movie(genres=["Drama"])

    genres.rename(genre_id=movie.genres.get().pk, name=" Tragedy ")

    assert [genre.name for genre in movie.genres.all()] == ["Tragedy"]
    assert [genre.name for genre in situations.a_movie(genres=["TRAGEDY"]).genres.all()] == ["Tragedy"]


def test_the_case_of_a_genre_name_can_change() -> None:
    genre = genres.add(name="ärger")

    genres.rename(genre_id=genre.pk, name="Ärger")

    assert names() == ["Ärger"]


def test_a_genre_cannot_be_renamed_to_the_name_of_another() -> None:
    genres.add(name="Ärger")
    other = genres.add(name="Drama")

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        genres.rename(genre_id=other.pk, name="ÄRGER")

    assert problems(refusal) == [("name", "unique")]


def test_a_removed_genre_is_removed_from_its_movies() -> None:
    movie = situations.a_movie(genres=["Drama", "Comedy"])

    genres.remove(genre_id=Genre.objects.get(name="Drama").pk)

    assert names() == ["Comedy"]
    assert [genre.name for genre in movie.genres.all()] == ["Comedy"]


def test_an_unknown_genre_cannot_be_renamed_or_removed() -> None:
    with nothing_changes():
        with pytest.raises(NotFound, match=r"^There is no such genre\.$"):
            genres.rename(genre_id=0, name="Drama")
        with pytest.raises(NotFound, match=r"^There is no such genre\.$"):
            genres.remove(genre_id=0)
