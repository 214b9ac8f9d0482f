"""Rows, files and options that `import_movies` refuses. A refusal changes nothing."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from cinema.catalog import movies
from cinema.catalog.imports import storing
from cinema.catalog.models import Genre, Movie
from tests.catalog.movie_files import a_csv, a_json, catalog, load

pytestmark = pytest.mark.django_db

# ---------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"title": None}, "title: This field cannot be blank."),
        ({"title": "  "}, "title: This field cannot be blank."),
        ({"title": ["Heat"]}, "title: ['Heat'] is not text."),
        ({"title": True}, "title: True is not text."),
        ({"title": "x" * 201}, "title: Ensure this value has at most 200 characters (it has 201)."),
        ({"title": "a\0b"}, r"title: 'a\x00b' has characters that cannot be stored."),
        ({"title": "\ud800"}, r"title: '\ud800' has characters that cannot be stored."),
        ({"duration_minutes": 0}, "duration_minutes: Ensure this value is greater than or equal to 1."),
        ({"duration_minutes": -90}, "duration_minutes: Ensure this value is greater than or equal to 1."),
        ({"duration_minutes": 1441}, "duration_minutes: Ensure this value is less than or equal to 1440."),
        ({"duration_minutes": "2 h"}, "duration_minutes: '2 h' is not a whole number of minutes."),
        ({"duration_minutes": 90.5}, "duration_minutes: '90.5' is not a whole number of minutes."),
        ({"duration_minutes": "1_00"}, "duration_minutes: '1_00' is not a whole number of minutes."),
        ({"duration_minutes": "nan"}, "duration_minutes: 'nan' is not a whole number of minutes."),
        ({"duration_minutes": "1e999"}, "duration_minutes: '1e999' is not a whole number of minutes."),
        ({"duration_minutes": True}, "duration_minutes: True is not text."),
        ({"release_date": "31.12.1999"}, "release_date: '31.12.1999' is not a date like YYYY-MM-DD."),
        ({"release_date": "1999-02-29"}, "release_date: '1999-02-29' is not a date like YYYY-MM-DD."),
        (
            {"release_date": "2400-02-29"},
            "release_date: 2400-02-29 is too late, and this date did not exist a century earlier.",
        ),
        ({"release_date": "3000-01-01"}, "release_date: 3000-01-01 is too late, even a century earlier."),
        ({"poster_url": "heat.jpg"}, "poster_url: Enter a valid URL."),
        ({"certificate": "x" * 21}, "certificate: Ensure this value has at most 20 characters (it has 21)."),
        ({"synopsis": "x" * 5001}, "synopsis: Ensure this value has at most 5000 characters (it has 5001)."),
        ({"synopsis": {"en": "x"}}, "synopsis: {'en': 'x'} is not text."),
        (
            {"duration_minutes": "?", "release_date": "?"},
            "duration_minutes: '?' is not a whole number of minutes. release_date: '?' is not a date like YYYY-MM-DD.",
        ),
    ],
)
def test_an_invalid_row_is_refused_with_the_reason(tmp_path: Path, row: dict[str, object], reason: str) -> None:
    out, err = load(a_json(tmp_path, [{"title": "Heat"} | row]))

    assert err == [f"Refused, line 1: {reason}"]
    assert out[-1].startswith("0 added, 0 updated, 0 unchanged, 1 refused")
    assert not Movie.objects.exists()
    assert not Genre.objects.exists()


def test_the_others_are_loaded(tmp_path: Path) -> None:
    out, err = load(a_csv(tmp_path, "title,duration_minutes\nHeat,170\nAlien,long\nTron,96\n"))

    assert err == ["Refused, line 3: duration_minutes: 'long' is not a whole number of minutes."]
    assert out[-1].startswith("2 added, 0 updated, 0 unchanged, 1 refused")
    assert list(Movie.objects.order_by("pk").values_list("title", flat=True)) == ["Heat", "Tron"]


def test_refused_csv_rows_are_reported_by_line_number(tmp_path: Path) -> None:
    path = a_csv(tmp_path, 'title,synopsis\nHeat,"One\nTwo\nThree"\n\n,nameless\nAlien,"Four\nFive"\n,nameless\n')

    _, err = load(path)

    assert [line.partition(":")[0] for line in err] == ["Refused, line 6", "Refused, line 9"]


def test_refused_json_objects_are_reported_by_line_number(tmp_path: Path) -> None:
    path = a_json(
        tmp_path, '\n[\n  {"title": "Heat",\n   "synopsis": "a\\nb"}\n  ,\n\n  {\n"title": null}, {"title": ""}\n]\n'
    )

    _, err = load(path)

    assert [line.partition(":")[0] for line in err] == ["Refused, line 7", "Refused, line 8"]


def test_a_row_with_more_cells_than_columns_is_refused(tmp_path: Path) -> None:
    _, err = load(a_csv(tmp_path, "title,certificate\nThe Good, the Bad,R\nAlien,R\n"))

    assert err == ["Refused, line 2: it has 3 cells, but there are 2 columns."]
    assert Movie.objects.get().title == "Alien"


def test_a_movie_that_appears_twice_in_a_file_is_loaded_once(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        "title,release_date,certificate\n"
        "Amélie,2001-04-25,R\n"
        "Ame\u0301lie,2001-11-02,PG\n"
        "Amélie,1999-01-01,\n"
        "Amélie,,\n"
        " Amélie ,,\n"
        "AMÉLIE,2001-11-02,\n"
        "Amelie,2001-11-02,\n",
    )

    out, err = load(path)

    assert err == ["Refused, line 3: the same movie as on line 2.", "Refused, line 6: the same movie as on line 5."]
    assert out[-1].startswith("5 added, 0 updated, 0 unchanged, 2 refused")
    assert [(movie[0], movie[4], movie[6]) for movie in catalog()] == [
        ("Amélie", "R", date(2001, 4, 25)),
        ("Amélie", "", date(1999, 1, 1)),
        ("Amélie", "", None),
        ("AMÉLIE", "", date(2001, 11, 2)),
        ("Amelie", "", date(2001, 11, 2)),
    ]


def test_a_movie_is_loaded_from_a_later_row_if_its_first_is_refused(tmp_path: Path) -> None:
    load(a_csv(tmp_path, "title,duration_minutes\nHeat,?\nHeat,170\n"))

    assert Movie.objects.get().duration_minutes == 170


def test_a_row_that_matches_two_movies_is_refused(tmp_path: Path) -> None:
    twins = [movies.add(title="Twins", duration_minutes=107, release_date=date(1988, 12, 9)) for _ in range(2)]
    before = catalog()

    out, err = load(a_csv(tmp_path, "title,release_date,certificate\nTwins,1988-12-09,PG\n"))

    keys = f"{twins[0].pk} and {twins[1].pk}"
    assert err == [
        f"Refused, line 2: the catalog has 2 movies that match ({keys}).",
    ]
    assert out[-1].startswith("0 added, 0 updated, 0 unchanged, 1 refused")
    assert catalog() == before


# ---------------------------------------------------------------------- all or nothing


@pytest.mark.parametrize("last_row", ["Nameless,never\n", "Twins,1988-12-09\n"])
def test_strict_loads_nothing_if_any_row_is_refused(tmp_path: Path, last_row: str) -> None:
    for _ in range(2):
        movies.add(title="Twins", duration_minutes=107, release_date=date(1988, 12, 9))
    movies.add(title="Alien", duration_minutes=117, release_date=date(1979, 5, 25))
    before = catalog()
    path = a_csv(
        tmp_path, f"title,release_date,genres\nHeat,1995-12-15,Crime\nAlien,1979-05-26,Horror\n{last_row[:-1]},\n"
    )

    with pytest.raises(CommandError, match=r"^Nothing was imported, because some rows are invalid\.\nline 4: "):
        load(path, "--strict")

    assert catalog() == before
    assert not Genre.objects.exists()


def test_strict_loads_a_valid_file(tmp_path: Path) -> None:
    out, _ = load(a_csv(tmp_path, "title\nHeat\n"), "--strict")

    assert out[-1].startswith("1 added")


def test_a_failure_in_the_middle_rolls_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("cannot link")

    monkeypatch.setattr(storing, "_link", fail)

    with pytest.raises(RuntimeError, match="cannot link"):
        load(a_csv(tmp_path, "title,genres\nHeat,Crime\n"))

    assert not Movie.objects.exists()
    assert not Genre.objects.exists()


# ---------------------------------------------------------------------- files and options


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("movies.xlsx", b"title\nHeat\n", "movies.xlsx does not end in .csv, .tsv, .txt or .json"),
        ("movies.csv", b"", "it has no rows"),
        ("movies.csv", b"title\n", "it has no rows"),
        ("movies.csv", b"name\nHeat\n", "name the column of the title; it has name"),
        ("movies.csv", b"title,title\nHeat,Alien\n", "more than one column is named title"),
        ("movies.csv", b'title\n"Heat\nAlien\n', "line 3: unexpected end of data"),
        ("movies.csv", b'sep=;\ntitle\n"Heat\nAlien\n', "line 4: unexpected end of data"),
        ("movies.csv", b";;;\n;;;\n", "it has no rows"),
        ("movies.csv", "title\nAmélie\n".encode("latin-1"), r"it is not UTF-8 \(byte 8\).*cp1252"),
        ("movies.csv", b"\xff\xfet\0i", r"it is not UTF-16-LE \(byte 2\)\.$"),
        ("movies.json", b"[]", "it has no rows"),
        ("movies.json", b'{"title": "Heat"}', r"line 1: '\[' expected"),
        ("movies.json", b'[\n{"title": "Heat"},\n"Alien"]', "line 3: not an object"),
        ("movies.json", b'[{"title": "Heat"}', "line 1: ',' expected"),
        ("movies.json", b'[{"title": "Heat"}\n{"title": "Alien"}]', "line 2: ',' expected"),
        ("movies.json", b'[{"title": "Heat"},\n]', "line 2: Expecting value"),
        ("movies.json", b'[{"title": "Heat"}]\n[]', "line 2: Extra data"),
        ("movies.json", b'[{"title": \n Heat}]', "line 2: Expecting value"),
        ("movies.json", b'[{"title": ' + b"9" * 5000 + b"}]", "Exceeds the limit"),
        ("movies.json", b'[{"title": ' + b"[" * 100_000, "recursion"),
    ],
)
def test_an_invalid_file_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(CommandError, match=message):
        load(path)

    assert not Movie.objects.exists()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        load(tmp_path / "movies.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "title=Name"], "it has no column 'Name'; it has title"),
        (["--map", "director=Director"], "--map director=Director: expected FIELD=..., where FIELD is one of title, "),
        (["--map", "title"], "--map title: expected FIELD="),
        (["--map", "title=title", "--map", "title=Name"], "--map names more than one column for title"),
        (["--blank", "rating=Open"], "--blank rating=Open: expected FIELD="),
        (["--date-format", "%d %b"], "it has no year"),
        (["--date-format", "%Q"], "'Q' is a bad directive"),
        (["--released-by", "2011"], "--released-by 2011: expected YYYY-MM-DD"),
        (["--assume-minutes", "0"], "--assume-minutes 0: expected a number from 1 to 1440"),
        (["--assume-minutes", "many"], "invalid int value"),
        (["--misread", "cp1252"], "expected WRITTEN:READ, two encodings that Python supports"),
        (["--misread", "cp1252:martian"], "expected WRITTEN:READ, two encodings that Python supports"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_invalid_options_are_refused(tmp_path: Path, kind: str, options: list[str], message: str) -> None:
    path = a_csv(tmp_path, "title\nHeat\n") if kind == "csv" else a_json(tmp_path, [{"title": "Heat"}])

    with pytest.raises(CommandError) as refusal:
        load(path, *options)

    assert message in str(refusal.value)
    assert not Movie.objects.exists()
