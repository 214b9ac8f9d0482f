"""The rules of theaters in the API: currency, deadlines, end of the day, and time zones of earlier releases."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.catalog.layouts import SeatCategory
from cinema.models import Theater
from tests import situations
from tests.conftest import Api, global_id
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

FIELDS = """
... on Theater {
  timeZone currency dayEndsAt bookingClosesMinutesBeforeStart cancellingClosesMinutesBeforeStart
}
... on InvalidInput { fields { field code } }
"""
CREATE = f"mutation ($input: CreateTheaterInput!) {{ createTheater(input: $input) {{ __typename {FIELDS} }} }}"
UPDATE = f"mutation ($input: UpdateTheaterInput!) {{ updateTheater(input: $input) {{ __typename {FIELDS} }} }}"
SHOWS = """
query ($date: Date!) {
  shows(filter: { date: $date }) {
    nodes { bookableUntil priceFrom { amount currency } prices { price { amount } } screen { theater { timeZone } } }
  }
}
"""
DEFAULTS = {
    "timeZone": "Asia/Kolkata",
    "currency": "USD",
    "dayEndsAt": "06:00",
    "bookingClosesMinutesBeforeStart": 0,
    "cancellingClosesMinutesBeforeStart": 60,
}


def a_theater_of(api: Api, mutation: str, **fields: Any) -> Any:
    (result,) = api(mutation, input=fields).data.values()
    return {name: value for name, value in result.items() if name != "__typename"}


@pytest.fixture
def staff(api: Api) -> Api:
    return api.logged_in_as(situations.a_staff_member("add_theater", "change_theater"))


def test_a_theater_has_the_rules_of_the_settings_or_its_own(staff: Api, change_rules: ChangeRules) -> None:
    given = {"name": "Rex", "city": "Pune", "timeZone": "Asia/Kolkata"}
    assert a_theater_of(staff, CREATE, **given) == DEFAULTS
    theater_id = global_id(Theater.objects.get())
    own = {"currency": "kwd", "dayEndsAt": "04:30", "bookingClosesMinutesBeforeStart": -20}

    assert a_theater_of(staff, UPDATE, theaterId=theater_id, **own) == DEFAULTS | own | {"currency": "KWD"}

    reset = {"currency": None, "bookingClosesMinutesBeforeStart": None}
    change_rules(booking_closes_before_start=timedelta(minutes=5), currency="ISK")
    expected = {"currency": "ISK", "dayEndsAt": "04:30", "bookingClosesMinutesBeforeStart": 5}
    assert a_theater_of(staff, UPDATE, theaterId=theater_id, **reset) == DEFAULTS | expected


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("timeZone", "localtime", "unknown_time_zone"),
        ("timeZone", "Factory", "unknown_time_zone"),
        ("currency", "XTS", "unknown_currency"),
        ("dayEndsAt", "12:00", "max_value"),
        ("cancellingClosesMinutesBeforeStart", -241, "min_value"),
    ],
)
def test_invalid_rules_are_refused(staff: Api, field: str, value: Any, code: str) -> None:
    with nothing_changes():
        given = {"name": "Rex", "city": "Pune", "timeZone": "Asia/Kolkata", field: value}
        refused = a_theater_of(staff, CREATE, **given)

    assert refused == {"fields": [{"field": field, "code": code}]}


def test_a_stored_time_zone_that_browsers_do_not_know_does_not_break_lists(api: Api) -> None:
    theater = situations.a_theater(currency="JPY")
    Theater.objects.filter(pk=theater.pk).update(time_zone="localtime")
    screen = situations.a_screen(["SS"], theater=theater)
    show = situations.a_show(screen=screen, prices={SeatCategory.STANDARD: Decimal(1800)})
    day = (show.starts_at - timedelta(hours=6)).date()

    (found,) = api(SHOWS, date=day.isoformat()).data["shows"]["nodes"]

    assert found == {
        "bookableUntil": show.starts_at.isoformat(),
        "priceFrom": {"amount": "1800", "currency": "JPY"},
        "prices": [{"price": {"amount": "1800"}}],
        "screen": {"theater": {"timeZone": "UTC"}},
    }
