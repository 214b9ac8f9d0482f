"""The `import_shows` command."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cinema.catalog import scheduling, theaters
from cinema.core import transactions
from cinema.models import Movie, Price, Screen, Show
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

DAY = timezone.now().date() + timedelta(days=40)
HEADER = "movie,theater,screen,start,price_standard\n"


@pytest.fixture
def lisbon(db: None) -> Screen:
    return a_screen("Rialto", "Sala 1", "Europe/Lisbon")


@pytest.fixture
def heat(db: None) -> Movie:
    return situations.a_movie("Heat", duration_minutes=170, release_date=date(1995, 12, 15))


def a_screen(theater: str, name: str, time_zone: str = "UTC", city: str = "X", rows: str = "SS") -> Screen:
    place = theaters.add_theater(name=theater, city=city, time_zone=time_zone)
    return theaters.add_screen(theater_id=place.pk, name=name, rows=[rows])


def load(path: Path, *options: str, store: bool = True) -> list[str]:
    out = StringIO()
    call_command("import_shows", str(path), *options, *(["--store"] if store else []), stdout=out)
    return out.getvalue().splitlines()


def a_file(directory: Path, text: str, encoding: str = "utf-8") -> Path:
    path = directory / "shows.csv"
    path.write_bytes(text.encode(encoding))
    return path


def refusals(path: Path, *options: str) -> list[str]:
    """The reasons why the file is refused. Nothing changes."""
    with nothing_changes(), pytest.raises(CommandError) as refusal:
        load(path, *options)
    first, *reasons = str(refusal.value).splitlines()
    assert first == "Nothing was imported, because some rows are invalid."
    return reasons


def stored() -> list[tuple[Any, ...]]:
    shows = Show.objects.with_details().order_by("starts_at", "pk")
    return [
        (show.movie.title, show.screen.name, show.starts_at.astimezone(ZoneInfo(show.screen.theater.time_zone)))
        for show in shows
    ]


def test_a_schedule_is_stored_with_all_fields(tmp_path: Path, heat: Movie) -> None:
    screen = a_screen("Kino", "Saal 1", "Europe/Berlin", rows="SP_WC")
    text = (
        "sep=;\r\nFilm;Kino;Saal;Tag;Beginn;Ende;Art;Ton;Untertitel;Parkett;Loge;Rolli;Begleitung\r\n"
        f"Heat;KINO;saal  1;{DAY:%d.%m.%Y};20:15;23:30;imax 3d;en;de;12,50 €;15;9,00;0\r\n;;;;;;;;;;;;\r\n"
    )
    columns = {
        "movie": "Film",
        "theater": "Kino",
        "screen": "Saal",
        "date": "Tag",
        "time": "Beginn",
        "end": "Ende",
        "format": "Art",
        "language": "Ton",
        "subtitles": "Untertitel",
        "price_standard": "Parkett",
        "price_premium": "Loge",
        "price_wheelchair": "Rolli",
        "price_companion": "Begleitung",
    }
    options = [word for name, column in columns.items() for word in ("--map", f"{name}={column}")]

    out = load(a_file(tmp_path, text, "cp1252"), *options, "--date-format", "%d.%m.%Y", "--encoding", "cp1252")

    assert out == [f"Kino, X: Saal 1: 1 show, {DAY} 20:15 to {DAY} 20:15", "1 show added, 0 already scheduled"]
    show = Show.objects.get()
    zone = ZoneInfo("Europe/Berlin")
    assert (show.movie, show.screen, show.format, show.language, show.subtitles) == (
        heat,
        screen,
        "IMAX_THREE_D",
        "en",
        "de",
    )
    assert (show.starts_at, show.ends_at) == tuple(
        datetime(DAY.year, DAY.month, DAY.day, *clock, tzinfo=zone) for clock in ((20, 15), (23, 30))
    )
    assert dict(Price.objects.values_list("category", "amount")) == {
        "STANDARD": Decimal("12.50"),
        "PREMIUM": Decimal(15),
        "WHEELCHAIR": Decimal(9),
        "COMPANION": Decimal(0),
    }


def test_without_store_nothing_is_stored_and_the_result_is_the_same(
    tmp_path: Path, heat: Movie, lisbon: Screen
) -> None:
    path = a_file(tmp_path, f"{HEADER}Heat,Rialto,Sala 1,{DAY} 18:00,9\nHeat,,Sala 1,{DAY}T22:30,9.50\n")

    with nothing_changes():
        dry = load(path, store=False)
    wet = load(path)

    assert dry == [*wet, "Nothing was stored. Add --store to store the shows."]
    assert wet[-1] == "2 shows added, 0 already scheduled"
    assert [start.hour for _, _, start in stored()] == [18, 22]


def test_a_second_import_adds_only_what_is_new(tmp_path: Path, heat: Movie, lisbon: Screen) -> None:
    rows = [f"Heat,Rialto,Sala 1,{DAY + timedelta(days=day)} 18:00,9\n" for day in range(3)]
    load(a_file(tmp_path, HEADER + "".join(rows[:2])))
    scheduling.cancel(show_id=Show.objects.earliest("starts_at").pk)

    assert load(a_file(tmp_path, HEADER + "".join(rows)))[-1] == "1 show added, 2 already scheduled"
    assert Show.objects.count() == 3


def test_two_weeks_are_imported_with_few_statements_per_show(
    tmp_path: Path, heat: Movie, lisbon: Screen, django_assert_max_num_queries: Any
) -> None:
    rows = [f"Heat,,Sala 1,{DAY + timedelta(days=day)} {hour}:00,9\n" for day in range(14) for hour in (13, 17, 21)]

    with django_assert_max_num_queries(42 * 20):
        load(a_file(tmp_path, HEADER + "".join(rows)))

    assert Show.objects.count() == 42


def test_every_problem_is_reported_with_its_line(tmp_path: Path, heat: Movie, lisbon: Screen) -> None:
    situations.a_movie("Solaris", release_date=date(1972, 3, 20))
    situations.a_movie("Solaris", release_date=date(2002, 11, 29))
    situations.a_movie("Unknown length", duration_is_estimate=True)
    a_screen("Odeon", "Sala 1", city="A")
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=ZoneInfo("Europe/Lisbon"))
    situations.a_show(movie=heat, screen=lisbon, starts_at=noon.astimezone(UTC))
    text = f"""movie,year,theater,screen,start,format,language,price_standard
Heat,,Rialto,Sala 1,{DAY} 18:00,,,9
Heat,,Rialto,Sala 1,{DAY} 20:00,,,9
Heat,1995,Rialto,Sala 1,{DAY} 18:00,,,9
HEAT,,Rialto,Sala 1,{DAY} 22:00,,,9
Heat,1996,Rialto,Sala 1,{DAY} 22:00,,,9
Solaris,,Rialto,Sala 1,{DAY} 22:00,,,9
Heat,,,Sala 1,{DAY} 22:00,,,9
Heat,,Rialto,Sala 9,{DAY} 22:00,,,9
Heat,,,Sala 9,{DAY} 22:00,,,9
Nope,,Nope,Sala 1,{DAY} 22:00,,,9
Heat,,Rialto,Sala 1,tomorrow,,,9
Heat,MCM,Rialto,Sala 1,31.12.2030 20:15,5D,,cheap
,,,,,,,9
Heat,,Rialto,Sala 1,{DAY} 22:00,,Englisch,9
Heat,,Rialto,Sala 1,{DAY} 22:05,,,
Heat,,Rialto,Sala 1,{DAY} 22:10,,,"1,999"
Heat,,Rialto,Sala 1,2020-01-01 22:00,,,9
Unknown length,,Rialto,Sala 1,{DAY} 22:00,,,9
Heat,,Rialto,Sala 1,{DAY} 22:00,,,9,extra
Heat,,Rialto,Sala 1,{DAY} 12:10,,,9
Heat,,Rialto,Sala 1,9999-12-31 29:00,,,9
"""
    reasons = refusals(a_file(tmp_path, text))

    found = dict(line.split(": ", 1) for line in reasons)
    assert {line: reason.split(" (")[0] for line, reason in found.items()} == {
        "line 3": "This overlaps Heat",
        "line 4": "the same show as on line 2.",
        "line 5": "movie: no movie is named 'HEAT'. There is 'Heat'.",
        "line 6": "movie: no movie named 'Heat' is from 1996, but from 1995.",
        "line 7": "movie: 2 movies are named 'Solaris'. Add the year",
        "line 8": "screen: Rialto, X and Odeon, A have a screen named 'Sala 1'. Add the theater.",
        "line 9": "screen: no theater named 'Rialto' has a screen named 'Sala 9'.",
        "line 10": "screen: no screen is named 'Sala 9'.",
        "line 11": "movie: no movie is named 'Nope'. screen: no theater named 'Nope' has a screen named 'Sala 1'.",
        "line 12": "start: 'tomorrow' is not a date and a time like 20:15.",
        "line 13": "year: 'MCM' cannot be read. start: '31.12.2030' is not a date like YYYY-MM-DD. "
        "format: '5D' is not one of 2D, 3D, IMAX, IMAX 3D, 4DX, TWO_D, THREE_D, IMAX_THREE_D, FOUR_DX. "
        "price_standard: 'cheap' is not an amount "
        "like 12.50.",
        "line 14": "start: it is empty. movie: it is empty. screen: it is empty.",
        "line 15": "language: Enter a BCP 47 language tag, such as en or pt-BR.",
        "line 16": "prices: Enter a price for each seat category of the screen. Missing: STANDARD.",
        "line 17": "price_standard: '1,999' is not an amount like 12.50.",
        "line 18": "start: A show must start in the future.",
        "line 19": "end: The running time of this movie is an estimate. Enter when the show ends.",
        "line 20": "it has 9 cells, but there are 8 columns.",
        "line 21": "This overlaps Heat",
        "line 22": "start: '9999-12-31 29:00' cannot be read.",
    }
    assert found["line 3"].endswith("plus 15 minutes for cleaning). It is on line 2.")
    assert found["line 21"].endswith("plus 15 minutes for cleaning).")


@pytest.mark.parametrize(
    ("time", "hours"),
    [
        ("00:30", 0),
        ("24:30", 24),
        ("25:10", 25),
        ("8:15 pm", 20),
        ("8:15:00\u202fp. m.", 20),
        ("12:05am", 0),
        ("20.15", 20),
        ("20.15 Uhr", 20),
        ("20h15", 20),
        ("20:15:00.000", 20),
    ],
)
def test_times_of_day(tmp_path: Path, lisbon: Screen, time: str, hours: int) -> None:
    situations.a_movie("Heat")
    load(a_file(tmp_path, f"movie,screen,date,time,price_standard\nHeat,Sala 1,{DAY},{time},9\n"))

    ((_, _, start),) = stored()
    assert (start.date(), start.hour) == (DAY + timedelta(days=hours // 24), hours % 24)


@pytest.mark.parametrize(
    ("end", "minutes"), [("23:10", 190), ("00:10", 250), ("24:10", 250), (f"{DAY} 23:00", 180), ("", 170)]
)
def test_the_end_is_a_time_after_the_start(tmp_path: Path, heat: Movie, lisbon: Screen, end: str, minutes: int) -> None:
    load(a_file(tmp_path, f"movie,screen,start,end,price_standard\nHeat,Sala 1,{DAY} 20:00,{end},9\n"))

    show = Show.objects.get()
    assert show.ends_at - show.starts_at == timedelta(minutes=minutes)


def test_times_that_occur_twice_need_an_offset_and_times_that_do_not_exist_are_refused(
    tmp_path: Path, heat: Movie
) -> None:
    a_screen("Kino", "1", "Europe/Berlin")
    spring, autumn = (last_sunday(month) for month in (3, 10))
    header = "movie,screen,start,price_standard\n"

    path = a_file(tmp_path, f"{header}Heat,1,{spring} 02:30,9\nHeat,1,{autumn} 02:30,9\n")
    assert refusals(path) == [
        f"line 2: start: {spring} 02:30 does not exist, because the clocks go forward.",
        f"line 3: start: {autumn} 02:30 occurs twice. Add +0200 or +0100 to the time.",
    ]
    load(a_file(tmp_path, f"{header}Heat,1,{autumn} 02:30+01:00,9\n"))
    assert Show.objects.get().starts_at.hour == 1


def last_sunday(month: int) -> date:
    """The last Sunday of the next such month."""
    now = timezone.now()
    days = [date(now.year + (now.month >= month), month, day) for day in range(25, 32)]
    return next(day for day in days if day.isoweekday() == 7)


def test_theaters_with_the_same_name_are_distinguished_by_their_city(tmp_path: Path, heat: Movie) -> None:
    for city in ("Roma", "Milano"):
        a_screen("Odeon", "1", city=city)
    path = a_file(tmp_path, f'{HEADER}Heat,"Odeon, Milano",1,{DAY} 20:00,9\n')

    assert load(path)[0].startswith("Odeon, Milano: 1: 1 show")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("film,screen,start\nHeat,1,x\n", "name the column of the movie; it has film, screen, start"),
        ("movie,saal,start\nHeat,1,x\n", "name the column of the screen"),
        ("movie,screen,date\nHeat,1,x\n", "name the column of the time"),
        ("movie,screen,start\n", "it has no rows"),
    ],
)
def test_a_file_without_the_required_columns_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with nothing_changes(), pytest.raises(CommandError, match=message):
        load(a_file(tmp_path, text))


@pytest.mark.parametrize(
    ("currency", "price", "stored"),
    [
        ("ISK", "2 000 kr", None),
        ("ISK", "2\u202f000,00", Decimal(2000)),
        ("KWD", "1.250", Decimal("1.25")),
        ("CLF", "0,0125", None),
        ("CLF", "0.0125", Decimal("0.0125")),
    ],
)
def test_prices_have_the_decimals_of_the_currency(
    tmp_path: Path, heat: Movie, currency: str, price: str, stored: Decimal | None
) -> None:
    screen = a_screen("Kino", "1")
    theaters.change_theater(theater_id=screen.theater_id, currency=currency)
    path = a_file(tmp_path, f"movie;screen;start;price_standard\nHeat;1;{DAY} 20:15;{price}\n")

    if stored is None:
        assert refusals(path) == [f"line 2: price_standard: {price!r} is not an amount like 12.50."]
    else:
        load(path)
        assert [each.amount for each in Price.objects.all()] == [stored]


@pytest.mark.parametrize(("currency", "price", "thousands"), [("ISK", "2.000", "2000"), ("USD", "1.250", "1250")])
def test_a_price_that_may_have_thousands_is_refused(
    tmp_path: Path, heat: Movie, currency: str, price: str, thousands: str
) -> None:
    screen = a_screen("Kino", "1")
    theaters.change_theater(theater_id=screen.theater_id, currency=currency)
    path = a_file(tmp_path, f"movie;screen;start;price_standard\nHeat;1;{DAY} 20:15;{price}\n")

    advice = f"Write {thousands}, or {Decimal(price).normalize()}."
    assert refusals(path) == [f"line 2: price_standard: {price} can be read in two ways. {advice}"]


def test_a_schedule_that_takes_too_long_is_refused_as_a_whole(
    tmp_path: Path, heat: Movie, lisbon: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, f"{HEADER}Heat,,Sala 1,{DAY} 20:15,9\n")
    monkeypatch.setattr(transactions, "RETRY_DEADLINE", 0)
    monkeypatch.setattr(transactions, "MAX_TRANSACTION_SECONDS", -1)

    with nothing_changes(), pytest.raises(CommandError, match=r"^Nothing was imported, because it took too long"):
        load(path)
