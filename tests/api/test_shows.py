from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from strawberry.relay.utils import to_base64

from cinema.booking import blocks
from cinema.catalog import scheduling, theaters
from cinema.catalog.layouts import SeatCategory
from cinema.models import Show
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours

pytestmark = pytest.mark.both

SHOWS = """
query ($filter: ShowFilter, $orderBy: ShowOrder) {
  shows(filter: $filter, orderBy: $orderBy) { totalCount nodes { id } }
}
"""
SHOW = """
query ($id: ID!) {
  show(id: $id) {
    id startsAt endsAt format language subtitles status seatsTotal seatsAvailable
    movie { id title }
    screen { id name theater { id name city timeZone } }
    priceFrom { amount currency }
    prices { category price { amount currency } }
  }
}
"""
DAY = timezone.now().date() + timedelta(days=30)


def list_shows(api: Api, order_by: Any = None, **filters: Any) -> list[str]:
    result = api(SHOWS, filter=filters, orderBy=order_by).data["shows"]
    assert result["totalCount"] == len(result["nodes"])
    return [show["id"] for show in result["nodes"]]


def ids(*shows: Show) -> list[str]:
    return [global_id(show) for show in shows]


def a_show_at(clock: str, time_zone: str, *, day: date = DAY) -> Show:
    """A show in a theater of this time zone."""
    starts_at = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return situations.a_show(starts_at=starts_at, screen=situations.a_screen(theater=situations.a_theater(time_zone)))


def fields_of(api: Api, show: Show) -> Any:
    return api(SHOW, id=global_id(show)).data["show"]


def test_all_fields_of_a_show(api: Api) -> None:
    show = situations.a_show(format="IMAX", language="pt", subtitles="en-GB")
    situations.a_booking("A1", "B1", show=show)
    situations.a_hold("A2", show=show)
    situations.a_hold("A3", show=show, minutes_left=-1)
    blocks.block(show_id=show.pk, labels=["C1"])

    assert fields_of(api, show) == {
        "id": global_id(show),
        "startsAt": show.starts_at.isoformat(),
        "endsAt": show.ends_at.isoformat(),
        "format": "IMAX",
        "language": "pt",
        "subtitles": "en-GB",
        "status": "ON_SALE",
        "seatsTotal": 21,
        "seatsAvailable": 17,
        "movie": {"id": global_id(show.movie), "title": show.movie.title},
        "screen": {
            "id": global_id(show.screen),
            "name": show.screen.name,
            "theater": {
                "id": global_id(show.screen.theater),
                "name": show.screen.theater.name,
                "city": "Lisbon",
                "timeZone": "UTC",
            },
        },
        "priceFrom": {"amount": "10.00", "currency": "USD"},
        "prices": [
            {"category": "STANDARD", "price": {"amount": "10.00", "currency": "USD"}},
            {"category": "PREMIUM", "price": {"amount": "15.50", "currency": "USD"}},
            {"category": "WHEELCHAIR", "price": {"amount": "8.00", "currency": "USD"}},
            {"category": "COMPANION", "price": {"amount": "8.00", "currency": "USD"}},
        ],
    }


def test_the_language_is_null_if_it_is_not_set(api: Api, show: Show) -> None:
    assert fields_of(api, show)["language"] is None
    assert fields_of(api, show)["subtitles"] is None


@pytest.mark.parametrize("status", ["ON_SALE", "SOLD_OUT", "CLOSED", "CANCELLED"])
def test_the_status_of_a_show(api: Api, status: str) -> None:
    show = situations.a_show(rows=["SS"])
    if status == "SOLD_OUT":
        situations.a_booking("A1", "A2", show=show)
    if status == "CLOSED":
        situations.start_show(show)
    if status == "CANCELLED":
        scheduling.cancel(show_id=show.pk)

    assert fields_of(api, show)["status"] == status


def test_the_lowest_price_ignores_categories_that_the_screen_does_not_have(api: Api) -> None:
    show = situations.a_show(rows=["PP"])

    result = fields_of(api, show)

    assert result["priceFrom"] == {"amount": "15.50", "currency": "USD"}
    assert result["prices"] == [{"category": "PREMIUM", "price": {"amount": "15.50", "currency": "USD"}}]


def test_seats_added_after_a_show_do_not_affect_its_price(api: Api) -> None:
    show = situations.a_started_show(hours_ago=5, rows=["SS"], prices={SeatCategory.STANDARD: Decimal(10)})
    theaters.change_screen(screen_id=show.screen_id, rows=["PP"])

    result = fields_of(api, show)

    assert result["priceFrom"] == {"amount": "10.00", "currency": "USD"}
    assert result["prices"] == [{"category": "STANDARD", "price": {"amount": "10.00", "currency": "USD"}}]


def test_a_price_may_be_zero(api: Api) -> None:
    show = situations.a_show(rows=["SS"], prices={SeatCategory.STANDARD: Decimal(0)})

    assert fields_of(api, show)["priceFrom"] == {"amount": "0.00", "currency": "USD"}


def test_a_show_that_does_not_exist_is_null(api: Api) -> None:
    assert api(SHOW, id=to_base64("Show", 999_999)).data == {"show": None}


@pytest.mark.parametrize("id_", ["", "Show:1", "1", to_base64("Movie", 1), to_base64("Show", "x")], ids=repr)
def test_an_invalid_id_of_a_show_is_refused(api: Api, id_: str) -> None:
    assert api(SHOW, id=id_).code == "BAD_USER_INPUT"


# ---------------------------------------------------------------------- lists


def test_shows_are_ordered_by_start_in_both_directions(api: Api) -> None:
    later, sooner = situations.a_show(starts_at=in_hours(48)), situations.a_show(starts_at=in_hours(24))

    assert list_shows(api) == ids(sooner, later)
    assert list_shows(api, order_by="STARTS_AT_ASC") == ids(sooner, later)
    assert list_shows(api, order_by="STARTS_AT_DESC") == ids(later, sooner)


def test_shows_are_filtered_by_movie(api: Api, show: Show) -> None:
    situations.a_show()

    assert list_shows(api, movieId=global_id(show.movie)) == ids(show)


def test_shows_are_filtered_by_theater(api: Api, show: Show) -> None:
    situations.a_show()

    assert list_shows(api, theaterId=global_id(show.screen.theater)) == ids(show)


def test_a_day_is_in_the_time_zone_of_each_theater(api: Api) -> None:
    tokyo, lisbon = a_show_at("06:00", "Asia/Tokyo"), a_show_at("20:00", "Europe/Lisbon")
    new_york = a_show_at("05:59", "America/New_York", day=DAY + timedelta(days=1))
    for time_zone in ("Asia/Tokyo", "Europe/Lisbon", "America/New_York"):
        a_show_at("05:59", time_zone)
        a_show_at("06:00", time_zone, day=DAY + timedelta(days=1))

    assert list_shows(api, date=DAY) == ids(tokyo, lisbon, new_york)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_days_of_the_calendar_are_valid_filters(api: Api, day: str) -> None:
    a_show_at("20:00", "Asia/Tokyo")
    a_show_at("20:00", "America/New_York")

    assert list_shows(api, date=day) == []


def test_shows_are_filtered_by_start(api: Api) -> None:
    first, second, third = (situations.a_show(starts_at=in_hours(hours)) for hours in (24, 48, 72))

    assert list_shows(api, **{"from": second.starts_at}) == ids(second, third)
    assert list_shows(api, until=second.starts_at) == ids(first)
    assert list_shows(api, **{"from": second.starts_at, "until": third.starts_at}) == ids(second)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_every_time_of_the_calendar_is_a_valid_filter(api: Api, show: Show, moment: str) -> None:
    assert list_shows(api, **{"from": moment}) + list_shows(api, until=moment) == ids(show)


def test_shows_are_filtered_by_format(api: Api, show: Show) -> None:
    imax = situations.a_show(format="IMAX")

    assert list_shows(api, format="IMAX") == ids(imax)
    assert list_shows(api, format="TWO_D") == ids(show)


def test_shows_are_filtered_by_formats(api: Api, show: Show) -> None:
    imax = situations.a_show(format="IMAX", starts_at=in_hours(48))
    situations.a_show(format="THREE_D")

    assert list_shows(api, formats=["IMAX", "TWO_D"]) == ids(show, imax)
    assert list_shows(api, formats=["IMAX"], format="TWO_D") == []
    assert list_shows(api, formats=[]) == []


@pytest.mark.both
def test_shows_are_filtered_by_languages_of_the_audio(api: Api) -> None:
    brazilian = situations.a_show(language="pt-BR", starts_at=in_hours(1))
    original = situations.a_show(movie=situations.a_movie(language="PT"), starts_at=in_hours(2))
    dubbed = situations.a_show(movie=situations.a_movie(language="pt"), language="fr", starts_at=in_hours(3))
    # Tags that begin with the letters of another one, and a show of an unknown language.
    situations.a_show(language="ptx", starts_at=in_hours(4))
    situations.a_show(starts_at=in_hours(5))

    assert list_shows(api, languages=["pt"]) == ids(brazilian, original)
    assert list_shows(api, languages=["PT-br"]) == ids(brazilian)
    assert list_shows(api, languages=["FR", " pt-BR "]) == ids(brazilian, dubbed)
    for unmatched in ([], [""], ["p_"], ["%"], ["pt-B"], ["pt-BR-x"]):
        assert list_shows(api, languages=unmatched) == []


@pytest.mark.both
def test_shows_are_filtered_by_languages_of_the_subtitles(api: Api) -> None:
    brazilian = situations.a_show(language="en", subtitles="pt-BR", starts_at=in_hours(1))
    portuguese = situations.a_show(language="fr", subtitles="PT", starts_at=in_hours(2))
    french = situations.a_show(language="en", subtitles="fr-CA", starts_at=in_hours(3))
    situations.a_show(language="pt", starts_at=in_hours(4))
    situations.a_show(language="pt", subtitles="ptx", starts_at=in_hours(5))

    assert list_shows(api, subtitles=["pt"]) == ids(brazilian, portuguese)
    assert list_shows(api, subtitles=["PT-br"]) == ids(brazilian)
    assert list_shows(api, subtitles=["fr", " pt-BR "]) == ids(brazilian, french)
    assert list_shows(api, subtitles=["pt", "fr"], languages=["en"]) == ids(brazilian, french)
    for unmatched in ([], [""], ["p_"], ["%"], ["-"], ["pt-BR-x"]):
        assert list_shows(api, subtitles=unmatched) == []


@pytest.mark.parametrize("field", ["languages", "subtitles"])
@pytest.mark.parametrize("languages", [["x" * 36], ["en"] * 21])
def test_too_many_or_too_long_languages_are_refused(api: Api, field: str, languages: list[str]) -> None:
    assert api(SHOWS, filter={field: languages}).code == "BAD_USER_INPUT"


@pytest.mark.both
def test_shows_are_ordered_by_their_lowest_price(api: Api) -> None:
    """The order is that of `priceFrom`: prices of categories that the screen does not have are ignored."""
    no_premium = {SeatCategory.STANDARD: Decimal(20), SeatCategory.PREMIUM: Decimal(1)}
    expensive = situations.a_show(rows=["SS"], prices=no_premium)
    # The label of a row is not a category.
    theaters.change_screen(screen_id=expensive.screen_id, rows=["SS"], row_labels=["P"])
    cheap = situations.a_show(
        rows=["SP"], prices={SeatCategory.STANDARD: Decimal("9.5"), SeatCategory.PREMIUM: Decimal(10)}
    )
    # Not the price of a wheelchair space.
    with_space = {SeatCategory.STANDARD: Decimal(11), SeatCategory.WHEELCHAIR: Decimal(1)}
    accessible = situations.a_show(rows=["SW"], prices=with_space)
    middle = situations.a_show(rows=["S"], prices={SeatCategory.STANDARD: Decimal(10)})
    # All of its categories have been removed from the screen since.
    changed = situations.a_started_show(hours_ago=5, rows=["SS"], prices={SeatCategory.STANDARD: Decimal(12)})
    theaters.change_screen(screen_id=changed.screen_id, rows=["PP"])

    assert list_shows(api, order_by="PRICE_ASC") == ids(cheap, middle, accessible, changed, expensive)
    assert list_shows(api, order_by="PRICE_DESC") == ids(expensive, changed, accessible, middle, cheap)


def test_shows_are_filtered_by_bookable(api: Api, show: Show) -> None:
    cancelled = scheduling.cancel(show_id=situations.a_show().pk)

    assert list_shows(api, bookable=True) == ids(show)
    assert list_shows(api, bookable=False) == ids(cancelled)


def test_all_filters_must_match(api: Api, show: Show) -> None:
    situations.a_show(movie=show.movie, starts_at=in_hours(48))
    situations.a_show(screen=show.screen, starts_at=in_hours(48))

    movie, theater = global_id(show.movie), global_id(show.screen.theater)
    assert list_shows(api, movieId=movie, theaterId=theater, bookable=True) == ids(show)
    assert list_shows(api, movieId=movie, theaterId=theater, bookable=False) == []


def test_null_filters_are_ignored(api: Api, show: Show) -> None:
    filters = dict.fromkeys(
        ["movieId", "theaterId", "date", "from", "until", "format", "bookable", "formats", "languages", "subtitles"]
    )

    assert list_shows(api, **filters) == ids(show)


@pytest.mark.parametrize(
    "filters",
    [
        {"movieId": to_base64("Show", 1)},
        {"theaterId": "x"},
        {"date": "today"},
        {"date": "2026-02-30"},
        {"from": "2026-03-01T20:00:00"},
        {"from": "0001-01-01T00:00:00+02:00"},
        {"until": "20:00"},
        {"format": "SMELL"},
        {"bookable": 1},
        {"screenId": "x"},
    ],
    ids=str,
)
def test_an_invalid_filter_is_refused(api: Api, filters: dict[str, object]) -> None:
    assert api(SHOWS, filter=filters).code == "BAD_USER_INPUT"
