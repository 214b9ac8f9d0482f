"""The `import_movies` command: reading files, estimates, corrections, and importing a file again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.catalog import movies, scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Genre, Movie
from cinema.core import clock
from cinema.core.errors import InvalidInput
from tests.catalog.movie_files import a_csv, a_json, catalog, load, writes
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

# ---------------------------------------------------------------------- reading


def test_csv_columns_are_matched_by_field_name(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        "title,release_date,duration_minutes,genres,certificate,language,synopsis,poster_url,director\n"
        "Heat,1995-12-15,170,Crime|Drama,R,en,A thief and a policeman.,https://example.com/heat.jpg,Mann\n",
    )

    out, err = load(path)

    assert out == [
        "1 added, 0 updated, 0 unchanged, 0 refused, 0 with running time estimated, 0 dates corrected",
    ]
    assert err == []
    assert catalog() == [
        (
            "Heat",
            "A thief and a policeman.",
            170,
            False,
            "R",
            "en",
            date(1995, 12, 15),
            "https://example.com/heat.jpg",
            ["Crime", "Drama"],
        )
    ]


def test_columns_and_formats_can_be_set_by_options(tmp_path: Path) -> None:
    rows = [
        {
            "Title": "Heat",
            "Release Date": "Dec 15 1995",
            "Min": 170,
            "Rating": "Open",
            "Kind": "Crime / Drama",
            "title": "Another column",
        }
    ]

    load(
        a_json(tmp_path, rows),
        *("--map", "title=Title", "--map", "release_date=Release Date", "--map", "duration_minutes=Min"),
        *("--map", "certificate=Rating", "--map", "genres=Kind", "--genre-separator", "/"),
        *("--date-format", "%b %d %Y", "--blank", "certificate=Unknown", "--blank", "certificate=Open"),
    )

    assert catalog() == [("Heat", "", 170, False, "", "", date(1995, 12, 15), "", ["Crime", "Drama"])]


@pytest.mark.parametrize("title", [1776, 300, "1776", 2.5])
def test_a_numeric_title_is_imported_as_text(tmp_path: Path, title: object) -> None:
    load(a_json(tmp_path, [{"title": title}]))

    assert Movie.objects.get().title == str(title)


def test_genres_in_a_list_are_not_split(tmp_path: Path) -> None:
    load(a_json(tmp_path, [{"title": "Heat", "genres": ["Crime|Noir", "Drama", " drama ", ""]}]))

    assert sorted(Genre.objects.values_list("name", flat=True)) == ["Crime|Noir", "Drama"]


def test_genres_keep_the_spelling_of_the_catalog(tmp_path: Path) -> None:
    Genre.objects.create(name="Drama")

    load(a_csv(tmp_path, "title,genres\nHeat,DRAMA\nAlien,drama|Horror\n"))

    assert sorted(Genre.objects.values_list("name", flat=True)) == ["Drama", "Horror"]
    assert Movie.objects.filter(genres__name="Drama").count() == 2


def test_whitespace_is_normalized(tmp_path: Path) -> None:
    load(a_csv(tmp_path, 'title , certificate,synopsis\n"  The\n Helix...   Loaded ", R ,"  One.\n\nTwo.  "\n'))

    movie = Movie.objects.get()
    assert (movie.title, movie.certificate, movie.synopsis) == ("The Helix... Loaded", "R", "One.\n\nTwo.")


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "movies.CSV"
    path.write_bytes("\ufefftitle\r\nAmélie\r\n".encode())

    load(path)

    assert Movie.objects.get().title == "Amélie"


def test_a_running_time_can_be_written_as_a_decimal(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title,duration_minutes\nHeat,170.0\n"))

    assert Movie.objects.get().duration_minutes == 170


def test_imported_movies_are_found_by_search(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title\nLe Fabuleux destin d'Amélie Poulain\n"))

    assert Movie.objects.get().search_text == "le fabuleux destin damelie poulain\n d amelie"


# ---------------------------------------------------------------------- unknown running times


def test_an_unknown_running_time_is_estimated_and_marked(tmp_path: Path) -> None:
    out, _ = load(a_csv(tmp_path, "title,duration_minutes\nHeat,\nAlien,117\n"), "--assume-minutes", "100")

    assert out[-1].startswith("2 added, 0 updated, 0 unchanged, 0 refused, 1 with running time estimated")
    assert list(Movie.objects.order_by("pk").values_list("duration_minutes", "duration_is_estimate")) == [
        (100, True),
        (117, False),
    ]


def test_a_show_of_a_movie_with_an_estimate_needs_an_end(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title\nHeat\n"))
    theater = theaters.add_theater(name="Miradouro", city="Lisbon", time_zone="Europe/Lisbon")
    screen = theaters.add_screen(theater_id=theater.pk, name="1", rows=["S"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        scheduling.schedule(
            movie_id=Movie.objects.get().pk,
            screen_id=screen.pk,
            starts_at=timezone.now() + timedelta(days=1),
            prices={SeatCategory.STANDARD: Decimal(10)},
        )

    assert [(field.field, field.code) for field in refusal.value.fields] == [("ends_at", "required")]


def test_a_known_running_time_replaces_an_estimate(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title\nHeat\n"))

    out, _ = load(a_csv(tmp_path, "title,duration_minutes\nHeat,170\n"))

    assert out[-1].startswith("0 added, 1 updated")
    movie = Movie.objects.get()
    assert (movie.duration_minutes, movie.duration_is_estimate) == (170, False)


# ---------------------------------------------------------------------- corrections


def test_a_date_after_the_limit_is_moved_a_century_back(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "title,release_date\nBen-Hur,2025-12-30\nBen-Hur,1959-11-18\nTron,2010-12-17\n")

    out, err = load(path, "--released-by", "2011-12-31")

    assert out == [
        "Corrected, line 2, Ben-Hur: release_date '2025-12-30' read as '1925-12-30'",
        "3 added, 0 updated, 0 unchanged, 0 refused, 3 with running time estimated, 1 dates corrected",
    ]
    assert err == []
    assert list(Movie.objects.order_by("pk").values_list("release_date", flat=True)) == [
        date(1925, 12, 30),
        date(1959, 11, 18),
        date(2010, 12, 17),
    ]


def test_by_default_dates_more_than_a_year_ahead_are_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 5, 1, 12, tzinfo=UTC))

    load(a_csv(tmp_path, "title,release_date\nSoon,2027-05-01\nLate,2027-05-02\n"))

    assert dict(Movie.objects.values_list("title", "release_date")) == {
        "Soon": date(2027, 5, 1),
        "Late": date(1927, 5, 2),
    }


def test_texts_in_the_wrong_encoding_are_repaired(tmp_path: Path) -> None:
    rows = [{"title": title, "genres": ["DÈj‡"]} for title in ("LÈon", "Alien³", "Heat")]

    out, _ = load(a_json(tmp_path, rows), "--misread", "cp1252:mac_roman")

    assert list(Movie.objects.order_by("pk").values_list("title", flat=True)) == ["Léon", "Alien³", "Heat"]
    assert Genre.objects.get().name == "Déjà"
    assert out[0] == "Corrected, line 1, Léon: title 'LÈon' read as 'Léon'"
    assert out[-1].endswith("0 dates corrected, 4 text values corrected")


# ---------------------------------------------------------------------- importing again


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    path = a_json(
        tmp_path,
        [
            {"title": "Ben-Hur", "release_date": "2025-12-30", "genres": ["Drama", "History"]},
            {"title": "Heat", "duration_minutes": 170, "certificate": "R"},
            {"title": None},
        ],
    )
    load(path, "--released-by", "2011-12-31")
    before = catalog()

    with CaptureQueriesContext(connection) as queries:
        out, _ = load(path, "--released-by", "2011-12-31")

    assert out[-1] == ("0 added, 0 updated, 2 unchanged, 1 refused, 0 with running time estimated, 1 dates corrected")
    assert catalog() == before
    assert writes(queries) == []


def test_an_existing_movie_is_updated_from_the_file(tmp_path: Path) -> None:
    movies.add(
        title="  Ame\u0301lie",
        release_date=date(2001, 11, 2),
        duration_minutes=120,
        certificate="R",
        genres=["Comedy"],
        language="fr",
    )

    out, _ = load(a_csv(tmp_path, "title,release_date,duration_minutes,genres\nAmélie,2001-04-25,122,Romance\n"))

    assert out[-1].startswith("0 added, 1 updated, 0 unchanged")
    assert catalog() == [("Amélie", "", 122, False, "R", "fr", date(2001, 4, 25), "", ["Romance"])]


def test_empty_values_in_the_file_keep_the_stored_values(tmp_path: Path) -> None:
    movies.add(
        title="Heat",
        release_date=date(1995, 12, 15),
        synopsis="A thief and a policeman.",
        duration_minutes=170,
        certificate="R",
        genres=["Crime"],
        language="en",
        poster_url="https://example.com/heat.jpg",
    )
    before = catalog()

    out, _ = load(
        a_csv(tmp_path, "title,release_date,duration_minutes,synopsis,genres,certificate\nHeat,1995-12-15,, ,|,Open\n"),
        *("--blank", "certificate=Open", "--assume-minutes", "99"),
    )

    assert out[-1].startswith("0 added, 0 updated, 1 unchanged, 0 refused, 0 with running time estimated")
    assert catalog() == before


def test_the_trailer_and_the_cast_are_loaded(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title,trailer_url,cast\nHeat,https://example.com/heat,Al Pacino | |Robert De Niro\n"))
    heat = Movie.objects.get()
    assert (heat.trailer_url, heat.cast_names) == ("https://example.com/heat", ["Al Pacino", "Robert De Niro"])
    load(a_json(tmp_path, [{"title": "Heat", "cast": ["Val Kilmer"]}]))
    heat.refresh_from_db()
    assert (heat.trailer_url, heat.cast_names) == ("https://example.com/heat", ["Val Kilmer"])


def test_changed_genres_count_as_an_update(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "title,genres\nHeat,Crime|Drama\nAlien,Horror\n")
    load(path)
    Movie.objects.get(title="Heat").genres.set([Genre.objects.get(name="Horror")])

    out, _ = load(path)

    assert out[-1].startswith("0 added, 1 updated, 1 unchanged")
    assert [(movie[0], movie[-1]) for movie in catalog()] == [("Heat", ["Crime", "Drama"]), ("Alien", ["Horror"])]


@pytest.mark.parametrize("known_date", [None, date(1995, 12, 15)])
def test_movies_with_and_without_a_date_are_different(tmp_path: Path, known_date: date | None) -> None:
    movies.add(title="Heat", duration_minutes=170, release_date=known_date)

    out, _ = load(a_csv(tmp_path, "title\nHeat\n"))

    if known_date is None:
        assert out[-1].startswith("0 added, 0 updated, 1 unchanged")
    else:
        assert out[-1].startswith("1 added, 0 updated, 0 unchanged")


def test_the_number_of_queries_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def rows(name: str, count: int) -> list[dict[str, Any]]:
        return [{"title": f"{name} {number}", "genres": ["Drama", "Crime"]} for number in range(count)]

    counts = []
    for name, count in (("Few", 2), ("Many", 60)):
        with CaptureQueriesContext(connection) as queries:
            load(a_json(tmp_path, rows(name, count)))
        counts.append(len(queries))

    assert Movie.objects.filter(genres__name="Crime").count() == 62
    # The first run also creates the genres, and reads them again.
    assert counts[1] <= counts[0] <= 15


def test_no_progress_bar_is_shown_without_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(a_csv(tmp_path, "title\nHeat\n"))

    assert capsys.readouterr().err == ""
