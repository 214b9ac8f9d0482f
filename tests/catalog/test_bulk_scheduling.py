from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cinema.catalog import bulk_scheduling, copying, price_lists, scheduling
from cinema.catalog.bulk_scheduling import Pricing, Report
from cinema.catalog.copying import DaysCopy, Repetition
from cinema.catalog.errors import ShowsRefused
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Price, Screen, Show, Theater
from cinema.core.errors import IdempotencyKeyReused, InvalidInput, NotFound
from tests import situations
from tests.situations import PRICES

pytestmark = pytest.mark.django_db

LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)
AS_COPIED = Pricing()
CLEANING = "plus 15 minutes for cleaning"


@pytest.fixture
def theater(db: None) -> Theater:
    return situations.a_theater("Europe/Lisbon", name="Cinema")


@pytest.fixture
def screen(theater: Theater) -> Screen:
    return situations.a_screen(theater=theater)


@pytest.fixture
def monday(db: None) -> date:
    """A Monday of a week in which the clocks do not change."""
    return date(timezone.now().year + 1, 5, 1) + timedelta(days=-date(timezone.now().year + 1, 5, 1).weekday())


def a_show_at(screen: Screen, day: date, hour: int, minute: int = 0, **fields: Any) -> Show:
    starts_at = datetime.combine(day, time(hour, minute), tzinfo=LISBON)
    return situations.a_show(screen=screen, starts_at=starts_at, **fields)


def local_starts(shows: Iterable[Show]) -> list[str]:
    return sorted(f"{show.starts_at.astimezone(LISBON):%m-%d %H:%M}" for show in shows)


def stored() -> list[tuple[Any, ...]]:
    shows = Show.objects.order_by("pk").values_list()
    return [*shows, *Price.objects.order_by("pk").values_list()]


def copy_of(screen: Screen, first_day: date, *to: date, days: int = 1) -> DaysCopy:
    return DaysCopy(theater_id=screen.theater_id, screen_id=None, first_day=first_day, days=days, to=to)


def schedule_all(request: DaysCopy | Repetition, pricing: Pricing = AS_COPIED, **options: Any) -> Report:
    by = options.pop("by", None) or situations.a_user(is_staff=True)
    report = bulk_scheduling.schedule_all(
        request, pricing, **{"skip_conflicts": False, "key": "1", "by": by, **options}
    )
    assert report is not None
    return report


def test_a_day_is_copied_with_everything_that_staff_entered(theater: Theater, screen: Screen, monday: date) -> None:
    second = situations.a_screen(theater=theater)
    evening = a_show_at(screen, monday, 20, format="IMAX", language="en", subtitles="pt")
    late = a_show_at(second, monday + DAY, 0, 30)
    others = [a_show_at(screen, monday, 2), a_show_at(screen, monday + DAY, 9), situations.a_show()]
    scheduling.cancel(show_id=a_show_at(screen, monday, 15).pk)
    report = schedule_all(copy_of(screen, monday, monday + 2 * DAY, monday + 3 * DAY))
    assert len(report.added) == 4
    copied = Show.objects.filter(pk__in=[show.pk for show in report.added]).order_by("starts_at", "pk")
    shift = 2 * DAY
    assert [show.starts_at for show in copied] == [
        evening.starts_at + shift,
        late.starts_at + shift,
        evening.starts_at + shift + DAY,
        late.starts_at + shift + DAY,
    ]
    for name in ("movie", "screen", "format", "language", "subtitles"):
        assert [getattr(show, name) for show in copied] == [getattr(show, name) for show in (evening, late)] * 2
    assert all(show.ends_at - show.starts_at == timedelta(minutes=100) for show in copied)
    assert all(dict(show.prices.values_list("category", "amount")) == PRICES for show in copied)
    assert all(show.starts_at - shift != other.starts_at for show in copied for other in others)


def test_one_screen_can_be_copied(theater: Theater, screen: Screen, monday: date) -> None:
    a_show_at(screen, monday, 20)
    a_show_at(situations.a_screen(theater=theater), monday, 20)
    request = replace(copy_of(screen, monday, monday + DAY), screen_id=screen.pk)
    assert [show.screen_id for show in schedule_all(request).added] == [screen.pk]


def test_a_week_is_copied_to_two_weeks(screen: Screen, monday: date) -> None:
    a_show_at(screen, monday, 20)
    a_show_at(screen, monday + 6 * DAY, 20)
    a_show_at(screen, monday + 7 * DAY, 15)
    request = copy_of(screen, monday, monday + 7 * DAY, monday + 14 * DAY, days=7)
    added = schedule_all(request).added
    assert [show.starts_at.date() - monday for show in added] == [7 * DAY, 13 * DAY, 14 * DAY, 20 * DAY]


@pytest.mark.parametrize("month", [3, 10])
def test_local_times_stay_the_same_when_the_clocks_change(screen: Screen, month: int) -> None:
    last = date(timezone.now().year + 1, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    a_show_at(screen, sunday - 2 * DAY, 20)
    schedule_all(copy_of(screen, sunday - 2 * DAY, sunday - DAY, sunday, sunday + DAY))
    assert local_starts(Show.objects.all()) == [
        f"{day:%m-%d} 20:00" for day in (sunday - 2 * DAY, sunday - DAY, sunday, sunday + DAY)
    ]


def test_a_time_that_does_not_exist_is_a_conflict(screen: Screen) -> None:
    last = date(timezone.now().year + 1, 3, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    a_show_at(screen, sunday - DAY, 1, 30)
    request = copy_of(screen, sunday - 2 * DAY, sunday - DAY, sunday)
    before = stored()
    (outcome,) = bulk_scheduling.preview(request, Pricing()).conflicts
    assert (outcome.starts_at, outcome.conflict) == (None, "This time does not exist, because the clocks go forward.")
    with pytest.raises(ShowsRefused):
        schedule_all(request)
    assert stored() == before
    assert local_starts(schedule_all(request, skip_conflicts=True).added) == [f"{sunday + DAY:%m-%d} 01:30"]


def test_of_a_time_that_occurs_twice_the_first_is_used(screen: Screen) -> None:
    last = date(timezone.now().year + 1, 10, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    a_show_at(screen, sunday - DAY, 1, 30)
    (added,) = schedule_all(copy_of(screen, sunday - 2 * DAY, sunday - DAY)).added
    assert added.starts_at == datetime.combine(sunday, time(0, 30), tzinfo=UTC)


def test_a_show_is_repeated_at_several_times(screen: Screen, monday: date) -> None:
    show = a_show_at(screen, monday, 20)
    days = tuple(monday + number * DAY for number in range(3))
    report = schedule_all(Repetition(show.pk, days, (time(20), time(15), time(0, 30))))
    assert [each.starts_at for each in report.already_scheduled] == [show.starts_at]
    assert local_starts(report.added) == [
        f"{monday:%m-%d} 15:00",
        # The time after midnight is part of the day before.
        f"{monday + DAY:%m-%d} 00:30",
        f"{monday + DAY:%m-%d} 15:00",
        f"{monday + DAY:%m-%d} 20:00",
        f"{monday + 2 * DAY:%m-%d} 00:30",
        f"{monday + 2 * DAY:%m-%d} 15:00",
        f"{monday + 2 * DAY:%m-%d} 20:00",
        f"{monday + 3 * DAY:%m-%d} 00:30",
    ]


def test_conflicts_are_named_and_all_or_the_others_are_not_added(screen: Screen, monday: date) -> None:
    show = a_show_at(screen, monday, 20)
    other = a_show_at(screen, monday + DAY, 21)
    request = Repetition(show.pk, (monday + DAY, monday + 2 * DAY, monday - 1000 * DAY), (time(20), time(20, 30)))
    before = stored()
    report = bulk_scheduling.preview(request, Pricing())
    assert [(f"{each.planned.local_start:%H:%M}", each.conflict) for each in report.conflicts] == [
        ("20:00", "A show must start in the future."),
        ("20:30", "A show must start in the future."),
        ("20:00", f"This overlaps {other.movie} (21:00–22:40, {CLEANING})."),  # noqa: RUF001 - a range
        ("20:30", f"This overlaps {other.movie} (21:00–22:40, {CLEANING})."),  # noqa: RUF001 - a range
        ("20:30", f"This overlaps {show.movie} (20:00–21:40, {CLEANING}). That show is new, too."),  # noqa: RUF001
    ]
    with pytest.raises(ShowsRefused, match="5 of 6 shows cannot be added, so none was added"):
        schedule_all(request)
    assert stored() == before
    assert local_starts(schedule_all(request, skip_conflicts=True).added) == [f"{monday + 2 * DAY:%m-%d} 20:00"]


def test_a_preview_stores_nothing(screen: Screen, monday: date) -> None:
    a_show_at(screen, monday, 20)
    before = stored()
    assert len(bulk_scheduling.preview(copy_of(screen, monday, monday + DAY), Pricing()).added) == 1
    assert stored() == before


def test_a_list_gives_the_prices_and_missing_ones_are_needed_once(screen: Screen, monday: date) -> None:
    a_show_at(screen, monday, 20)
    a_show_at(screen, monday, 15)
    listed = price_lists.add(
        name="Matinee", prices={SeatCategory.STANDARD: Decimal(7), SeatCategory.PREMIUM: Decimal(9)}
    )
    request = copy_of(screen, monday, monday + DAY)
    pricing = Pricing(listed.pk)
    before = stored()
    report = bulk_scheduling.preview(request, pricing)
    assert list(report.unpriced) == [SeatCategory.WHEELCHAIR, SeatCategory.COMPANION]
    assert len(report.added) == 2
    with pytest.raises(InvalidInput) as refused:
        schedule_all(request, pricing)
    assert [(each.field, each.code) for each in refused.value.fields] == [("prices", "unpriced_category")]
    assert stored() == before
    missing = {
        SeatCategory.WHEELCHAIR: Decimal(5),
        SeatCategory.COMPANION: Decimal(4),
        SeatCategory.STANDARD: Decimal(1),
    }
    for show in schedule_all(request, replace(pricing, missing=missing)).added:
        assert dict(show.prices.values_list("category", "amount")) == {
            SeatCategory.STANDARD: Decimal(7),
            SeatCategory.PREMIUM: Decimal(9),
            SeatCategory.WHEELCHAIR: Decimal(5),
            SeatCategory.COMPANION: Decimal(4),
        }


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal("0.001")])
def test_an_invalid_price_is_refused_for_all_shows(screen: Screen, monday: date, amount: Decimal) -> None:
    a_show_at(screen, monday, 20)
    listed = price_lists.add(name="Matinee", currency="USD", prices={SeatCategory.STANDARD: Decimal(7)})
    missing = dict.fromkeys(SeatCategory, amount)
    before = stored()
    with pytest.raises(InvalidInput) as refused:
        schedule_all(copy_of(screen, monday, monday + DAY), Pricing(listed.pk, missing), skip_conflicts=True)
    assert {each.field for each in refused.value.fields} == {"prices"}
    assert stored() == before


def test_a_request_with_the_same_key_adds_shows_once(screen: Screen, monday: date) -> None:
    by = situations.a_user(is_staff=True)
    a_show_at(screen, monday, 20)
    request = copy_of(screen, monday, monday + DAY)
    (added,) = schedule_all(request, by=by).added
    # Without the key, the copy of a cancelled show would be added again.
    scheduling.cancel(show_id=added.pk)
    before = stored()
    assert bulk_scheduling.schedule_all(request, Pricing(), skip_conflicts=False, by=by, key="1") is None
    with pytest.raises(IdempotencyKeyReused):
        schedule_all(copy_of(screen, monday, monday + 2 * DAY), by=by)
    assert stored() == before
    assert len(schedule_all(request, by=by, key="2").added) == 1


def test_what_cannot_be_added_at_all_is_refused(screen: Screen, monday: date, monkeypatch: pytest.MonkeyPatch) -> None:
    show = a_show_at(screen, monday, 20)
    before = stored()
    with pytest.raises(InvalidInput, match="There is no show to add"):
        schedule_all(copy_of(screen, monday, monday))
    with pytest.raises(InvalidInput, match="out of range"):
        schedule_all(copy_of(screen, monday - DAY, date.max, days=2))
    with pytest.raises(NotFound):
        schedule_all(Repetition(show.pk + 1, (monday,), (time(10),)))
    with pytest.raises(NotFound):
        schedule_all(replace(copy_of(screen, monday, monday + DAY), theater_id=0))
    monkeypatch.setattr(copying, "MAX_SHOWS", 1)
    with pytest.raises(InvalidInput, match="At most 1 shows can be added"):
        bulk_scheduling.preview(copy_of(screen, monday, monday + DAY, monday + 2 * DAY), Pricing())
    assert stored() == before
