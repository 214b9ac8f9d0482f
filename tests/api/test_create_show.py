from datetime import timedelta
from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.models import Movie, Screen, Show
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours
from tests.stored import nothing_changes

CREATE_SHOW = """
mutation ($input: CreateShowInput!) {
  createShow(input: $input) {
    __typename
    ... on Show {
      id startsAt endsAt format language subtitles status seatsTotal seatsAvailable
      movie { id title }
      screen { id theater { id } }
      priceFrom { amount currency }
      prices { category price { amount currency } }
    }
    ... on Problem { message }
    ... on InvalidInput { fields { field code message } }
    ... on ScreenOccupied { show { id startsAt movie { title } screen { name } } }
    ... on Busy { retryAfterMs }
  }
}
"""
PRICES = [{"category": "STANDARD", "amount": "10.00"}, {"category": "PREMIUM", "amount": "15.50"}]


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("add_show"))


@pytest.fixture
def movie(db: None) -> Movie:
    return situations.a_movie("Heat", duration_minutes=170)


@pytest.fixture
def screen(db: None) -> Screen:
    return situations.a_screen(["SS", "PP"])


def show_input(movie: Movie, screen: Screen, **fields: Any) -> dict[str, Any]:
    return {
        "movieId": global_id(movie),
        "screenId": global_id(screen),
        "startsAt": in_hours(24),
        "prices": PRICES,
        **fields,
    }


def create(staff: Api, movie: Movie, screen: Screen, **fields: Any) -> Any:
    return staff(CREATE_SHOW, input=show_input(movie, screen, **fields)).data["createShow"]


def problems(result: Any) -> list[tuple[str, str]]:
    assert result["__typename"] == "InvalidInput"
    return [(problem["field"], problem["code"]) for problem in result["fields"]]


def test_a_show_is_scheduled(staff: Api, movie: Movie, screen: Screen) -> None:
    starts_at = in_hours(24)

    result = create(staff, movie, screen, startsAt=starts_at)

    assert result == {
        "__typename": "Show",
        "id": global_id(Show.objects.get()),
        "startsAt": starts_at.isoformat(),
        "endsAt": (starts_at + timedelta(minutes=170)).isoformat(),
        "format": "TWO_D",
        "language": None,
        "subtitles": None,
        "status": "ON_SALE",
        "seatsTotal": 4,
        "seatsAvailable": 4,
        "movie": {"id": global_id(movie), "title": "Heat"},
        "screen": {"id": global_id(screen), "theater": {"id": global_id(screen.theater)}},
        "priceFrom": {"amount": "10.00", "currency": "USD"},
        "prices": [
            {"category": "STANDARD", "price": {"amount": "10.00", "currency": "USD"}},
            {"category": "PREMIUM", "price": {"amount": "15.50", "currency": "USD"}},
        ],
    }


def test_optional_fields_can_be_set(staff: Api, movie: Movie, screen: Screen) -> None:
    starts_at = in_hours(24)

    result = create(
        staff,
        movie,
        screen,
        startsAt=starts_at,
        endsAt=starts_at + timedelta(hours=4),
        format="IMAX_THREE_D",
        language="pt-BR",
        subtitles="zh-Hant",
    )

    assert result["endsAt"] == (starts_at + timedelta(hours=4)).isoformat()
    assert (result["format"], result["language"], result["subtitles"]) == ("IMAX_THREE_D", "pt-BR", "zh-Hant")


def test_a_time_may_have_any_offset(staff: Api, movie: Movie, screen: Screen) -> None:
    starts_at = in_hours(24)
    in_tokyo = f"{(starts_at + timedelta(hours=9)).replace(tzinfo=None).isoformat()}+09:00"

    assert create(staff, movie, screen, startsAt=in_tokyo)["startsAt"] == starts_at.isoformat()


def test_null_is_like_an_omitted_field(staff: Api, movie: Movie, screen: Screen) -> None:
    result = create(staff, movie, screen, endsAt=None, language=None, subtitles=None)

    show = Show.objects.get()
    assert result["__typename"] == "Show"
    assert (show.ends_at - show.starts_at, show.language, show.subtitles) == (timedelta(minutes=170), "", "")


@pytest.mark.parametrize("amount", ["12.5", "12.50", 12.5, 12, "1.25E1"], ids=repr)
def test_an_amount_may_be_a_string_or_a_number(staff: Api, movie: Movie, screen: Screen, amount: object) -> None:
    prices = [{"category": "STANDARD", "amount": amount}, {"category": "PREMIUM", "amount": "20"}]

    (standard, premium) = create(staff, movie, screen, prices=prices)["prices"]

    assert standard["price"]["amount"] == ("12.00" if amount == 12 else "12.50")
    assert premium["price"]["amount"] == "20.00"


def test_prices_of_categories_that_the_screen_does_not_have_are_optional(staff: Api, movie: Movie) -> None:
    screen = situations.a_screen(["PP"])

    result = create(staff, movie, screen)

    assert result["priceFrom"] == {"amount": "15.50", "currency": "USD"}
    assert [price["category"] for price in result["prices"]] == ["PREMIUM"]


def test_an_overlapping_show_is_refused_with_the_other_show(staff: Api, movie: Movie, screen: Screen) -> None:
    other_show = situations.a_show(movie=situations.a_movie("Alien"), screen=screen)
    times = f"{other_show.starts_at:%H:%M}–{other_show.ends_at:%H:%M}"  # noqa: RUF001 - a range

    with nothing_changes():
        result = create(staff, movie, screen, startsAt=other_show.ends_at + timedelta(minutes=14))

    assert result == {
        "__typename": "ScreenOccupied",
        "message": f"This overlaps {other_show.movie} ({times}, plus 15 minutes for cleaning).",
        "show": {
            "id": global_id(other_show),
            "startsAt": other_show.starts_at.isoformat(),
            "movie": {"title": "Alien"},
            "screen": {"name": screen.name},
        },
    }


def test_a_category_without_a_price_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, prices=PRICES[:1])

    message = "Enter a price for each seat category of the screen. Missing: PREMIUM."
    assert result == {
        "__typename": "InvalidInput",
        "message": message,
        "fields": [{"field": "prices", "code": "unpriced_category", "message": message}],
    }


@pytest.mark.parametrize(
    ("amount", "code"),
    [("-1", "min_value"), ("9.999", "max_decimal_places"), ("1e8", "max_whole_digits"), ("NaN", "invalid")],
)
def test_an_invalid_amount_is_refused(staff: Api, movie: Movie, screen: Screen, amount: str, code: str) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, prices=[PRICES[0], {"category": "PREMIUM", "amount": amount}])

    assert problems(result)[0] == ("prices", code)


def test_a_category_with_two_prices_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    duplicate_prices = [*PRICES, {"category": "STANDARD", "amount": "11.00"}]
    with nothing_changes():
        response = staff(CREATE_SHOW, input=show_input(movie, screen, prices=duplicate_prices))

    assert response.code == "BAD_USER_INPUT"


def test_a_show_in_the_past_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, startsAt=in_hours(-1))

    assert result == {
        "__typename": "InvalidInput",
        "message": "A show must start in the future.",
        "fields": [{"field": "startsAt", "code": "in_the_past", "message": "A show must start in the future."}],
    }


def test_a_show_in_the_far_future_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, startsAt="9999-12-31T23:59:59Z")

    assert problems(result) == [("startsAt", "too_far")]


def test_a_show_that_ends_before_it_starts_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, endsAt=in_hours(23))

    assert problems(result) == [("endsAt", "before_start")]


def test_a_show_that_takes_more_than_a_day_is_refused(staff: Api, movie: Movie, screen: Screen) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, endsAt="9999-12-31T23:59:59Z")

    assert problems(result) == [("endsAt", "too_long")]


def test_a_movie_whose_running_time_is_an_estimate_needs_an_end(staff: Api, screen: Screen) -> None:
    movie = situations.a_movie(duration_is_estimate=True)

    with nothing_changes():
        result = create(staff, movie, screen)

    assert problems(result) == [("endsAt", "required")]


@pytest.mark.parametrize("field", ["language", "subtitles"])
def test_an_invalid_language_is_refused(staff: Api, movie: Movie, screen: Screen, field: str) -> None:
    with nothing_changes():
        result = create(staff, movie, screen, **{field: "Portuguese"})

    assert problems(result) == [(field, "invalid")]


@pytest.mark.parametrize("field", ["movieId", "screenId"])
def test_unknown_ids_are_not_found(staff: Api, movie: Movie, screen: Screen, field: str) -> None:
    nonexistent = to_base64(field.removesuffix("Id").capitalize(), 999_999)

    with nothing_changes():
        response = staff(CREATE_SHOW, input=show_input(movie, screen, **{field: nonexistent}))

    assert response.code == "NOT_FOUND"


@pytest.mark.parametrize(
    "field",
    [
        {"startsAt": None},
        {"startsAt": "tomorrow"},
        {"startsAt": "2030-01-01T20:00:00"},
        {"startsAt": "2030-02-30T20:00:00Z"},
        {"format": None},
        {"format": "SMELL"},
        {"prices": None},
        {"prices": [{"category": "STANDARD", "amount": "ten"}]},
        {"prices": [{"category": "STANDARD", "amount": None}]},
        {"prices": [{"category": "BOX", "amount": "10"}]},
        {"movieId": "Heat"},
        {"movieId": to_base64("Screen", 1)},
        {"screenId": to_base64("Movie", 1)},
        {"screenId": ""},
    ],
    ids=str,
)
def test_a_value_of_another_type_is_refused(staff: Api, movie: Movie, screen: Screen, field: dict[str, object]) -> None:
    with nothing_changes():
        response = staff(CREATE_SHOW, input=show_input(movie, screen, **field))

    assert response.code == "BAD_USER_INPUT"
