from datetime import datetime, timedelta
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.catalog import scheduling
from cinema.models import Movie, Screen, Show
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours
from tests.stored import nothing_changes

UPDATE_SHOW = """
mutation ($input: UpdateShowInput!) {
  updateShow(input: $input) {
    __typename
    ... on Show {
      id startsAt endsAt format language subtitles status seatsTotal seatsAvailable
      movie { id }
      screen { id }
      prices { category price { amount } }
    }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on ScreenOccupied { show { id } }
    ... on ShowHasBookings { bookingCount }
    ... on Busy { retryAfterMs }
  }
}
"""


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("change_show"))


@pytest.fixture
def starts_at(db: None) -> datetime:
    return in_hours(24)


@pytest.fixture
def show(starts_at: datetime) -> Show:
    """A show of 100 minutes with two standard and two premium seats."""
    return situations.a_show(rows=["SS", "PP"], starts_at=starts_at, format="IMAX", language="fr", subtitles="en")


def update(staff: Api, show: Show, **fields: Any) -> Any:
    return staff(UPDATE_SHOW, input={"showId": global_id(show), **fields}).data["updateShow"]


def expected(show: Show, **changes: Any) -> dict[str, Any]:
    """The result for the show of the fixture, with these changes."""
    return {
        "__typename": "Show",
        "id": global_id(show),
        "startsAt": show.starts_at.isoformat(),
        "endsAt": show.ends_at.isoformat(),
        "format": "IMAX",
        "language": "fr",
        "subtitles": "en",
        "status": "ON_SALE",
        "seatsTotal": 4,
        "seatsAvailable": 4,
        "movie": {"id": global_id(show.movie)},
        "screen": {"id": global_id(show.screen)},
        "prices": [
            {"category": "STANDARD", "price": {"amount": "10.00"}},
            {"category": "PREMIUM", "price": {"amount": "15.50"}},
        ],
        **changes,
    }


def problems(result: Any) -> list[tuple[str, str]]:
    assert result["__typename"] == "InvalidInput"
    return [(problem["field"], problem["code"]) for problem in result["fields"]]


def test_an_update_without_fields_changes_nothing(staff: Api, show: Show) -> None:
    with nothing_changes():
        result = update(staff, show)

    assert result == expected(show)


@pytest.mark.parametrize(
    ("field", "value"),
    [("format", "FOUR_DX"), ("language", "pt-BR"), ("language", None), ("subtitles", "de"), ("subtitles", None)],
    ids=str,
)
def test_omitted_fields_do_not_change(staff: Api, show: Show, field: str, value: str | None) -> None:
    assert update(staff, show, **{field: value}) == expected(show, **{field: value})


def test_a_new_start_moves_the_end(staff: Api, show: Show) -> None:
    later = timedelta(hours=3)

    assert update(staff, show, startsAt=show.starts_at + later) == expected(
        show, startsAt=(show.starts_at + later).isoformat(), endsAt=(show.ends_at + later).isoformat()
    )


def test_the_end_can_be_set(staff: Api, show: Show) -> None:
    ends_at = show.ends_at + timedelta(minutes=20)

    assert update(staff, show, endsAt=ends_at) == expected(show, endsAt=ends_at.isoformat())


def test_null_resets_the_end_to_the_end_of_the_movie(staff: Api, show: Show) -> None:
    scheduling.reschedule(show_id=show.pk, ends_at=show.ends_at + timedelta(hours=1))

    assert update(staff, show, endsAt=None) == expected(show)


def test_another_movie_changes_the_end(staff: Api, show: Show, starts_at: datetime) -> None:
    movie = situations.a_movie(duration_minutes=45)

    assert update(staff, show, movieId=global_id(movie)) == expected(
        show, movie={"id": global_id(movie)}, endsAt=(starts_at + timedelta(minutes=45)).isoformat()
    )


def test_another_screen_changes_the_seats(staff: Api, show: Show) -> None:
    screen = situations.a_screen(["SSS"])

    assert update(staff, show, screenId=global_id(screen)) == expected(
        show,
        screen={"id": global_id(screen)},
        seatsTotal=3,
        seatsAvailable=3,
        prices=[{"category": "STANDARD", "price": {"amount": "10.00"}}],
    )


def test_omitted_prices_do_not_change(staff: Api, show: Show) -> None:
    result = update(staff, show, prices=[{"category": "STANDARD", "amount": "99.99"}])

    assert result == expected(
        show,
        prices=[
            {"category": "STANDARD", "price": {"amount": "99.99"}},
            {"category": "PREMIUM", "price": {"amount": "15.50"}},
        ],
    )


def test_an_empty_list_of_prices_changes_nothing(staff: Api, show: Show) -> None:
    with nothing_changes():
        result = update(staff, show, prices=[])

    assert result == expected(show)


@pytest.mark.parametrize("field", ["movieId", "screenId", "startsAt", "format", "prices"])
def test_null_is_refused_for_required_fields(staff: Api, show: Show, field: str) -> None:
    with nothing_changes():
        response = staff(UPDATE_SHOW, input={"showId": global_id(show), field: None})

    assert response.code == "BAD_USER_INPUT"


def test_a_show_cannot_overlap_another(staff: Api, show: Show) -> None:
    other_show = situations.a_show(screen=show.screen, starts_at=in_hours(48))
    times = f"{other_show.starts_at:%H:%M}–{other_show.ends_at:%H:%M}"  # noqa: RUF001 - a range

    with nothing_changes():
        result = update(staff, show, startsAt=other_show.starts_at)

    assert result == {
        "__typename": "ScreenOccupied",
        "message": f"This overlaps {other_show.movie} ({times}, plus 15 minutes for cleaning).",
        "show": {"id": global_id(other_show)},
    }


@pytest.mark.parametrize("model", [Movie, Screen])
def test_the_movie_and_the_screen_of_a_show_with_bookings_cannot_change(
    staff: Api, show: Show, model: type[Movie] | type[Screen]
) -> None:
    situations.a_booking("A1", "A2", show=show)
    situations.a_booking("B1", show=show)
    other = situations.a_movie() if model is Movie else situations.a_screen()

    with nothing_changes():
        result = update(staff, show, **{f"{model.__name__.lower()}Id": global_id(other)})

    assert result == {
        "__typename": "ShowHasBookings",
        "message": "This show has 2 bookings, so its screen and movie can't be changed.",
        "bookingCount": 2,
    }


def test_the_time_and_the_prices_of_a_show_with_bookings_can_change(staff: Api, show: Show) -> None:
    booking = situations.a_booking("A1", show=show)
    later = timedelta(hours=3)

    result = update(staff, show, startsAt=show.starts_at + later, prices=[{"category": "STANDARD", "amount": "99.99"}])

    booking.refresh_from_db()
    assert (result["startsAt"], result["seatsAvailable"]) == ((show.starts_at + later).isoformat(), 3)
    assert str(booking.price()) == "10.00 USD"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("startsAt", "2020-01-01T20:00:00Z", ("startsAt", "in_the_past")),
        ("startsAt", "9999-12-31T23:59:59Z", ("startsAt", "too_far")),
        ("endsAt", "2020-01-01T20:00:00Z", ("endsAt", "before_start")),
        ("endsAt", "9999-12-31T23:59:59Z", ("endsAt", "too_long")),
        ("language", "French", ("language", "invalid")),
        ("subtitles", "en_US", ("subtitles", "invalid")),
        ("prices", [{"category": "STANDARD", "amount": "-1"}], ("prices", "min_value")),
        ("prices", [{"category": "STANDARD", "amount": "9.999"}], ("prices", "max_decimal_places")),
    ],
    ids=str,
)
def test_an_invalid_value_is_refused(
    staff: Api, show: Show, field: str, value: object, problem: tuple[str, str]
) -> None:
    with nothing_changes():
        result = update(staff, show, **{field: value})

    assert problems(result) == [problem]


def test_a_screen_with_a_category_without_a_price_is_refused(staff: Api, show: Show) -> None:
    show.prices.filter(category="COMPANION").delete()
    screen = situations.a_screen(["SC"])

    with nothing_changes():
        result = update(staff, show, screenId=global_id(screen))

    assert problems(result) == [("prices", "unpriced_category")]


def test_a_cancelled_show_is_not_changed(staff: Api, show: Show) -> None:
    scheduling.cancel(show_id=show.pk)

    with nothing_changes():
        result = update(staff, show, language="pt")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This show has been cancelled.",
        "fields": [{"field": "showId", "code": "cancelled", "message": "This show has been cancelled."}],
    }


def test_an_ended_show_is_not_changed(staff: Api, show: Show) -> None:
    situations.start_show(show, hours_ago=5)

    with nothing_changes():
        result = update(staff, show, language="pt")

    assert result == {
        "__typename": "InvalidInput",
        "message": "This show has ended.",
        "fields": [{"field": "showId", "code": "over", "message": "This show has ended."}],
    }


@pytest.mark.parametrize("field", ["showId", "movieId", "screenId"])
def test_unknown_ids_are_not_found(staff: Api, show: Show, field: str) -> None:
    nonexistent = to_base64(field.removesuffix("Id").capitalize(), 999_999)

    with nothing_changes():
        response = staff(UPDATE_SHOW, input={"showId": global_id(show), field: nonexistent})

    assert response.code == "NOT_FOUND"


@pytest.mark.parametrize("field", ["showId", "movieId", "screenId"])
def test_the_id_of_another_type_is_refused(staff: Api, show: Show, field: str) -> None:
    theater = global_id(show.screen.theater)

    with nothing_changes():
        response = staff(UPDATE_SHOW, input={"showId": global_id(show), field: theater})

    assert response.code == "BAD_USER_INPUT"
