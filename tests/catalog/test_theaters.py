from typing import cast

import pytest

from cinema.catalog import queries, theaters
from cinema.catalog.theaters import TheaterFields
from cinema.core.errors import InvalidInput, NotFound
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.seats import described, seats_of
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- theaters


def test_a_theater_is_stored_with_all_fields() -> None:
    theater = theaters.add_theater(name=" Olympia ", city="Lisbon ", time_zone="Europe/Lisbon")

    theater.refresh_from_db()
    assert (theater.name, theater.city, theater.time_zone) == ("Olympia", "Lisbon", "Europe/Lisbon")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Olympia", "Lisbon"), ("OLYMPIA", "lisbon")),
        (("Ärmel", "Köln"), ("ÄRMEL", "KÖLN")),
        (("Искра", "Москва"), ("ИСКРА", "москва")),
        (("Μέγας", "Αθήνα"), ("ΜΈΓΑΣ", "ΑΘΉΝΑ")),
        (("Straße", "X"), ("STRASSE", "x")),
    ],
    ids=str,
)
def test_theater_names_are_unique_in_a_city_ignoring_case(first: tuple[str, str], second: tuple[str, str]) -> None:
    situations.a_theater(name=first[0], city=first[1])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        situations.a_theater(name=second[0], city=second[1])

    assert problems(refusal) == [("name", "unique")]
    assert str(refusal.value) == "There is already a theater with this name in this city."


def test_theaters_are_ordered_by_the_plain_letters_of_their_names() -> None:
    ordered = ["Elan", "Élan", "'Elan 2'", "élan vital", "Elane", "Øst", "Oz", "バス"]
    added = [situations.a_theater(name=name, city=f"City {n}") for n, name in enumerate(ordered)]
    theaters.change_theater(theater_id=added[0].pk, name="Zulu")

    assert [theater.name for theater in queries.theaters()] == [*ordered[1:-1], "Zulu", "バス"]


def test_theaters_in_different_cities_can_have_the_same_name() -> None:
    situations.a_theater(name="Olympia", city="Lisbon")

    assert situations.a_theater(name="Olympia", city="Porto").pk


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "blank"),
        ("name", "x" * 101, "max_length"),
        ("city", "", "blank"),
        ("time_zone", "Lisbon", "unknown_time_zone"),
        ("time_zone", "", "blank"),
    ],
)
def test_invalid_theater_fields_are_refused(field: str, value: str, code: str) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        situations.a_theater(**{field: value})

    assert problems(refusal) == [(field, code)]


def test_omitted_theater_fields_stay_the_same() -> None:
    theater = situations.a_theater("Europe/Lisbon", name="Olympia", city="Lisbon")

    theaters.change_theater(theater_id=theater.pk, name="Tivoli")

    theater.refresh_from_db()
    assert (theater.name, theater.city, theater.time_zone) == ("Tivoli", "Lisbon", "Europe/Lisbon")


def test_changing_the_time_zone_keeps_the_start_of_shows() -> None:
    show = situations.a_show()

    theaters.change_theater(theater_id=show.screen.theater_id, time_zone="Asia/Tokyo")

    starts_at = show.starts_at
    show.refresh_from_db()
    assert show.starts_at == starts_at


@pytest.mark.parametrize("field", ["name", "city", "time_zone"])
def test_required_theater_fields_cannot_be_emptied(field: str) -> None:
    theater = situations.a_theater()

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.change_theater(theater_id=theater.pk, **cast("TheaterFields", {field: ""}))

    assert problems(refusal) == [(field, "blank")]


def test_a_theater_cannot_take_the_name_of_another() -> None:
    situations.a_theater(name="Olympia", city="Lisbon")
    other = situations.a_theater(name="Tivoli", city="Lisbon")

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.change_theater(theater_id=other.pk, name="Olympia")

    assert problems(refusal) == [("name", "unique")]


def test_an_unknown_theater_cannot_be_changed() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such theater\.$"):
        theaters.change_theater(theater_id=0, name="Olympia")


# ---------------------------------------------------------------------- screens


def test_a_new_screen_has_the_seats_of_its_plan() -> None:
    screen = situations.a_screen(["S_P", "_WC"])

    assert screen.seat_count == 4
    assert screen.rows == ["S_P", "_WC"]
    assert described(list(seats_of(screen).values())) == [
        ("A1", "A", 0, 1, 1, "STANDARD"),
        ("A2", "A", 0, 2, 3, "PREMIUM"),
        ("B1", "B", 1, 1, 2, "WHEELCHAIR"),
        ("B2", "B", 1, 2, 3, "COMPANION"),
    ]


def test_screen_names_are_unique_in_a_theater_ignoring_case() -> None:
    theater = situations.a_theater()
    theaters.add_screen(theater_id=theater.pk, name="Säl 1", rows=["S"])

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.add_screen(theater_id=theater.pk, name=" SÄL 1", rows=["S"])

    assert problems(refusal) == [("name", "unique")]
    assert str(refusal.value) == "This theater already has a screen with this name."


def test_screens_in_different_theaters_can_have_the_same_name() -> None:
    theaters.add_screen(theater_id=situations.a_theater().pk, name="Screen 1", rows=["S"])

    assert theaters.add_screen(theater_id=situations.a_theater().pk, name="Screen 1", rows=["S"]).pk


@pytest.mark.parametrize(
    "rows", [[], ["__"], ["SX"], ["S\nS"], ["S"] * 101, ["S" * 101]], ids=lambda rows: str(rows)[:9]
)
def test_an_invalid_plan_is_refused(rows: list[str]) -> None:
    theater = situations.a_theater()

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.add_screen(theater_id=theater.pk, name="Screen 1", rows=rows)

    assert problems(refusal) == [("rows", "invalid_plan")]


def test_a_screen_needs_a_name() -> None:
    theater = situations.a_theater()

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.add_screen(theater_id=theater.pk, name=" ", rows=["S"])

    assert problems(refusal) == [("name", "blank")]


def test_a_screen_cannot_be_added_to_an_unknown_theater() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such theater\.$"):
        theaters.add_screen(theater_id=0, name="Screen 1", rows=["S"])


def test_renaming_a_screen_changes_nothing_else() -> None:
    screen = situations.a_screen(["SS", "_P"])
    before = seats_of(screen)

    theaters.change_screen(screen_id=screen.pk, name="Main auditorium")

    screen.refresh_from_db()
    assert (screen.name, screen.rows, screen.seat_count) == ("Main auditorium", ["SS", "_P"], 3)
    assert seats_of(screen) == before


def test_a_screen_cannot_take_the_name_of_another() -> None:
    theater = situations.a_theater()
    theaters.add_screen(theater_id=theater.pk, name="Screen 1", rows=["S"])
    other = situations.a_screen(["SS"], theater=theater)

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        theaters.change_screen(screen_id=other.pk, name="Screen 1", rows=["PP"])

    assert problems(refusal) == [("name", "unique")]


def test_an_unknown_screen_cannot_be_changed() -> None:
    with nothing_changes(), pytest.raises(NotFound, match=r"^There is no such screen\.$"):
        theaters.change_screen(screen_id=0, rows=["S"])
