"""Two names are the same if they are equal in Unicode's form NFC and without extra spaces."""
# ruff: noqa: RUF001 - similar characters on purpose

from pathlib import Path

import pytest

from cinema.catalog import genres, movies, theaters
from cinema.core.errors import InvalidInput
from cinema.models import Genre, Movie, Screen, Theater
from tests import situations
from tests.catalog.movie_files import a_json, load
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

DIFFERENT = [
    ["バス", "パス", "ハス"],
    ["はは", "ばば", "ぱぱ"],
    ["ไม", "ไม่", "ไม้", "ไม๊"],
    ["क़लम", "कलम", "फ़न", "फन"],
    ["שָׁלוֹם", "שָׂלוֹם", "שלום"],
    ["كِتَاب", "كُتَاب", "كتاب"],
    ["각", "간", "가"],
    ["❤️", "❤", "🍿"],
    ["Élan", "Elan", "ÉLAN", "elan"],
    ["Łódź", "Lodz", "Łodz"],
    ["Alien³", "Alien3", "Alien 3"],
    ["Ocean’s", "Ocean's", "Oceans"],
    ["Kış", "Kis", "KIŞ"],
]
SAME = [
    ("Amélie", "Ame\u0301lie"),
    ("バス", "ハ\u3099ス"),
    ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    ("千と 千尋", " 千と\u3000千尋\n"),
    ("Việt Nam", "Vie\u0323\u0302t\u00a0Nam"),
]


@pytest.mark.parametrize("names", DIFFERENT, ids=lambda names: names[0])
def test_an_import_does_not_overwrite_a_movie_with_another_title(tmp_path: Path, names: list[str]) -> None:
    for minutes, name in enumerate(names, start=90):
        out, err = load(a_json(tmp_path, [{"title": name, "duration_minutes": minutes}]))
        assert (out[-1][:28], err) == ("1 added, 0 updated, 0 unchan", [])

    assert load(a_json(tmp_path, [{"title": name} for name in names]))[1] == []
    assert list(Movie.objects.order_by("pk").values_list("title", "duration_minutes")) == list(
        zip(names, range(90, 90 + len(names)), strict=True)
    )


@pytest.mark.parametrize(("name", "other"), SAME, ids=[name for name, _ in SAME])
def test_an_import_updates_a_movie_with_the_same_title_in_another_form(tmp_path: Path, name: str, other: str) -> None:
    movie = movies.add(title=other, duration_minutes=90)
    assert movie.title == name

    load(a_json(tmp_path, [{"title": other, "duration_minutes": 100}, {"title": name, "duration_minutes": 110}]))

    assert list(Movie.objects.values_list("pk", "title", "duration_minutes")) == [(movie.pk, name, 100)]


def test_a_changed_title_is_normalized() -> None:
    movie = situations.a_movie("Heat")
    movies.change(movie_id=movie.pk, title=" Ame\u0301lie \u3000 2")
    assert Movie.objects.get().title == "Amélie 2"


@pytest.mark.parametrize(("name", "other"), SAME, ids=[name for name, _ in SAME])
def test_genres_theaters_and_screens_have_one_name_in_all_forms(name: str, other: str) -> None:
    genres.add(name=other)
    theater = theaters.add_theater(name=other, city=name, time_zone="UTC")
    theaters.add_screen(theater_id=theater.pk, name=other, rows=["S"])

    with nothing_changes():
        with pytest.raises(InvalidInput, match="already a genre"):
            genres.add(name=name)
        with pytest.raises(InvalidInput, match="already a theater"):
            theaters.add_theater(name=name, city=other, time_zone="UTC")
        with pytest.raises(InvalidInput, match="already has a screen"):
            theaters.add_screen(theater_id=theater.pk, name=name, rows=["S"])
    assert (Genre.objects.get().name, Theater.objects.get().name, Screen.objects.get().name) == (name,) * 3


@pytest.mark.parametrize("names", [DIFFERENT[0], DIFFERENT[2], DIFFERENT[3], DIFFERENT[6]], ids=lambda names: names[0])
def test_genres_theaters_and_screens_with_different_letters_are_different(names: list[str]) -> None:
    for name in names:
        genres.add(name=name)
        theater = theaters.add_theater(name=name, city="Lisbon", time_zone="UTC")
        theaters.add_screen(theater_id=theater.pk, name=name, rows=["S"])

    movie = situations.a_movie(genres=names)
    assert Genre.objects.count() == movie.genres.count() == Theater.objects.count() == len(names)
