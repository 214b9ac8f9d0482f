"""`import_movies` reads files as Excel, LibreOffice and other programs write them."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from cinema.catalog import movies
from cinema.catalog.imports import storing
from cinema.core import transactions
from cinema.models import Genre, Movie
from tests.catalog.movie_files import a_csv, a_json, catalog, load
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

GERMAN = "Titel;Länge;Start;Genre\r\nDie Hölle, ein Anfang;90;31.12.2025;Drama\r\n;;;\r\nKüss mich;;\r\n;;;\r\n;;;\r\n"
OPTIONS = ("--map", "title=Titel", "--map", "duration_minutes=Länge", "--map", "release_date=Start")


def a_file(directory: Path, content: bytes, name: str = "movies.csv") -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "options"),
    [
        ("cp1252", ["--encoding", "cp1252"]),
        ("cp1252", ["--encoding", "Windows-1252"]),
        ("mac_roman", ["--encoding", "mac_roman"]),
        ("utf-8", []),
        ("utf-8-sig", []),
        ("utf-16", []),
        ("utf-8-sig", ["--encoding", "cp1252"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["movies.csv", "MOVIES.TXT"])
def test_a_file_of_a_german_excel_is_imported(tmp_path: Path, encoding: str, options: list[str], name: str) -> None:
    path = a_file(tmp_path, GERMAN.encode(encoding), name)

    out, err = load(path, *OPTIONS, "--map", "genres=Genre", "--date-format", "%d.%m.%Y", *options)

    assert (out[-1][:40], err) == ("2 added, 0 updated, 0 unchanged, 0 refus", [])
    assert [(movie[0], movie[2], movie[6], movie[8]) for movie in catalog()] == [
        ("Die Hölle, ein Anfang", 90, date(2025, 12, 31), ["Drama"]),
        ("Küss mich", 120, None, []),
    ]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("title;certificate\nA, b;R\n", []),
        ("title\tcertificate\nA, b\tR\n", []),
        ('"title, in German";certificate;title\nx;R;"A, b"\n', []),
        ('sep=;\ntitle;certificate\n"A, b";R\n', []),
        ('"sep=|"\r\ntitle|certificate\r\nA, b|R\r\n', []),
        ("SEP=\t\ntitle\tcertificate\nA, b\tR\n", []),
        ('sep=;\rtitle;certificate;synopsis\r"A, b";R;"w, x, y, z"\r', []),
        (';;\n ;\ntitle;certificate;\n"A, b";R;\n', []),
        ('title;certificate;Note;Note\n"A, b";R;1;2\n', []),
        ("title|certificate\nA, b|R\n", ["--delimiter", "|"]),
        ("title\tcertificate,2\nA, b\tR\n", ["--delimiter", "tab", "--map", "certificate=certificate,2"]),
        ("title;a,b,c,certificate\nA, b;R\n", ["--delimiter", ";", "--map", "certificate=a,b,c,certificate"]),
        ("\n\ntitle;certificate\nA, b;R\n", ["--delimiter", ";"]),
        ('title,certificate,,\n"A, b",R,,\n', []),
        ('title,certificate\n"A, b",R,,,\n', []),
        ('title,certificate,synopsis,poster_url\n"A, b",R\n,,,\n , ,\n', []),
    ],
)
def test_delimiters_and_short_or_padded_rows(tmp_path: Path, text: str, options: list[str]) -> None:
    out, err = load(a_csv(tmp_path, text), *options)

    assert (out[-1][:32], err) == ("1 added, 0 updated, 0 unchanged,", [])
    assert list(Movie.objects.values_list("title", "certificate")) == [("A, b", "R")]


def test_line_numbers_count_the_separator_line_and_empty_rows(tmp_path: Path) -> None:
    _, err = load(a_csv(tmp_path, "sep=;\ntitle;duration_minutes\nHeat;170\n;\nAlien;long\n"))

    assert err == ["Refused, line 5: duration_minutes: 'long' is not a whole number of minutes."]


def test_a_column_can_be_skipped(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "title,language,duration_minutes\nHeat,Englisch,2h50\n")

    load(path, "--skip-column", "language", "--skip-column", "duration_minutes", "--assume-minutes", "100")

    assert list(Movie.objects.values_list("title", "language", "duration_minutes")) == [("Heat", "", 100)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--skip-column", "sprache"), "it has no column 'sprache'"),
        (("--skip-column", "title"), "name the column of the title"),
        (("--encoding", "klingon"), "--encoding klingon"),
        (("--encoding", "rot13"), "--encoding rot13"),
        (("--delimiter", ";;"), "--delimiter ;;: expected one character"),
        (("--delimiter", '"'), "expected one character"),
    ],
)
def test_unsuitable_options_are_refused(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    path = a_csv(tmp_path, "title,language\nHeat,en,\n")

    with nothing_changes(), pytest.raises(CommandError, match=message):
        load(path, *options)


UNREADABLE = [
    ({"language": "French!"}, "language: Enter a BCP 47 language tag, such as en or pt-BR."),
    ({"language": "de_DE"}, "language: Enter a BCP 47 language tag, such as en or pt-BR."),
    (
        {"language": "x" * 36},
        "language: Enter a BCP 47 language tag, such as en or pt-BR. Ensure this value has at most",
    ),
    ({"language": ["en"]}, "language: ['en'] is not text."),
    ({"genres": "x" * 51}, "genres: Ensure this value has at most 50 characters (it has 51)."),
    ({"genres": [["Drama"]]}, "genres: ['Drama'] is not text."),
    ({"genres": "a\0b|Drama"}, r"genres: 'a\x00b|Drama' has characters that cannot be stored."),
]


@pytest.mark.parametrize(("row", "reason"), UNREADABLE)
def test_an_unreadable_cell_of_genres_or_language_is_skipped(
    tmp_path: Path, row: dict[str, object], reason: str
) -> None:
    movies.add(title="Heat", duration_minutes=100, genres=["Crime"], language="en")

    out, err = load(a_json(tmp_path, [{"title": "Heat", "duration_minutes": 170, **row}, {"title": "Alien", **row}]))

    assert [line[: len(f"Skipped, line 1, Heat: {reason}")] for line in err[:1]] == [f"Skipped, line 1, Heat: {reason}"]
    assert [line.split(":")[0] for line in err] == ["Skipped, line 1, Heat", "Skipped, line 1, Alien"]
    assert out[-1].startswith("1 added, 1 updated, 0 unchanged, 0 refused")
    assert out[-1].endswith(", 2 cells skipped")
    assert [(movie[0], movie[2], movie[5], movie[8]) for movie in catalog()] == [
        ("Heat", 170, "en", ["Crime"]),
        ("Alien", 120, "", []),
    ]


def test_a_strict_import_does_not_skip_cells(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "title,language,genres,certificate\nHeat,en,,\nAlien,Englisch,,\n,de,,\n")

    with nothing_changes(), pytest.raises(CommandError) as refusal:
        load(path, "--strict")

    assert str(refusal.value).splitlines()[1:] == [
        "line 3: language: Enter a BCP 47 language tag, such as en or pt-BR.",
        "line 4: title: This field cannot be blank.",
    ]
    assert not Genre.objects.exists()


def test_names_of_columns_are_compared_in_one_form(tmp_path: Path) -> None:
    """Programs on macOS write "ä" as two characters."""
    path = a_file(tmp_path, unicodedata.normalize("NFD", "Titel;L\u00e4nge;Gen\u00a0 re\nHeat;170,0;Drama\n").encode())

    load(path, "--map", "title=Titel", "--map", "duration_minutes=L\u00e4nge", "--map", "genres=Gen re")

    assert [(movie[0], movie[2], movie[8]) for movie in catalog()] == [("Heat", 170, ["Drama"])]


def test_utf_16_and_utf_32_are_distinguished(tmp_path: Path) -> None:
    load(a_file(tmp_path, "title,duration_minutes\nHeat,170\n".encode("utf-32")))
    assert [(movie[0], movie[2]) for movie in catalog()] == [("Heat", 170)]

    with nothing_changes(), pytest.raises(CommandError, match="--encoding utf-16-le"):
        load(a_file(tmp_path, "title,duration_minutes\nAlien,117\n".encode("utf-16-le")))


def test_a_file_that_takes_too_long_is_refused_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_csv(tmp_path, "title,duration_minutes\nHeat,170\n")
    monkeypatch.setattr(transactions, "RETRY_DEADLINE", 0)
    monkeypatch.setattr(storing, "MAX_SECONDS", -1)

    with nothing_changes(), pytest.raises(CommandError, match=r"^Nothing was imported, because it took too long"):
        load(path)
