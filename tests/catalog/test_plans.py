"""Cached seat plans are read once, and are never outdated."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from cachetools import LRUCache
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from cinema.booking import bookings, holds
from cinema.booking.errors import SeatsTaken
from cinema.booking.seats import BestAvailable
from cinema.catalog import plans, theaters
from cinema.catalog.plans import Plan
from cinema.models import Screen, Show
from tests import situations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    plans.cache.clear()
    yield
    plans.cache.clear()


@pytest.fixture
def screen(db: None) -> Screen:
    return situations.a_screen(["SS_P", "W"])


def plan_of(screen: Screen) -> Plan:
    screen.refresh_from_db()
    return plans.of_screen(screen.pk, version=screen.plan_version)


def labels(screen: Screen) -> list[str]:
    return [seat.label for seat in plan_of(screen).seats]


def test_plan_has_the_current_seats_in_order(screen: Screen) -> None:
    theaters.change_screen(screen_id=screen.pk, rows=["SS_S", "W"])

    plan = plan_of(screen)

    current = screen.seats.current().in_plan_order()
    assert [
        (seat.id, seat.label, seat.row_label, seat.row, seat.number, seat.column, seat.category) for seat in plan.seats
    ] == list(current.values_list("pk", "label", "row", "row_index", "number", "column", "category"))
    assert [[seat.label for seat in row] for row in plan.rows] == [["A1", "A2", "A3"], ["B1"]]
    assert {label: seat.label for label, seat in plan.by_label.items()} == {label: label for label in labels(screen)}


def test_plan_is_read_once(screen: Screen, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = plans.of_screen(screen.pk, version=screen.plan_version)

    with django_assert_num_queries(0):
        assert plans.of_screen(screen.pk, version=screen.plan_version) is first


CHANGES: dict[str, Callable[..., object]] = {
    "added seat": partial(theaters.change_screen, rows=["SSSP", "W"]),
    "removed seat": partial(theaters.change_screen, rows=["SS_P"]),
    "moved seat": partial(theaters.change_screen, rows=["S_SP", "W"]),
    "other category": partial(theaters.change_screen, rows=["SP_P", "W"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_plan_is_read_again(screen: Screen, change: Callable[..., object]) -> None:
    before = plan_of(screen)

    change(screen_id=screen.pk)

    after = plan_of(screen)
    assert after != before
    assert [seat.id for seat in after.seats] == [seat.pk for seat in screen.seats.current().in_plan_order()]


def test_plan_that_was_changed_back_has_another_version(screen: Screen) -> None:
    rows, version = screen.rows, screen.plan_version
    theaters.change_screen(screen_id=screen.pk, rows=["S"])
    theaters.change_screen(screen_id=screen.pk, rows=rows)

    screen.refresh_from_db()
    assert screen.plan_version != version


def test_renamed_screen_keeps_its_version(screen: Screen) -> None:
    version = screen.plan_version

    theaters.change_screen(screen_id=screen.pk, name="Renamed", rows=screen.rows)

    screen.refresh_from_db()
    assert screen.plan_version == version


def test_plan_of_a_transaction_that_was_rolled_back_is_not_returned(screen: Screen) -> None:
    before = labels(screen)
    with transaction.atomic():
        inspect.unwrap(theaters.change_screen)(screen_id=screen.pk, rows=["SSSSS"])
        assert len(labels(screen)) == 5
        transaction.set_rollback(True)

    assert labels(screen) == before
    theaters.change_screen(screen_id=screen.pk, rows=["SSS"])
    assert labels(screen) == ["A1", "A2", "A3"]


def test_other_process_with_the_earlier_plan_offers_seats_of_the_new_one() -> None:
    show = situations.a_show(rows=["SSS"])
    situations.a_booking("A1", show=show)
    plan_of(show.screen)
    cached_elsewhere = dict(plans.cache)
    theaters.change_screen(screen_id=show.screen_id, rows=["S__", "SSS"])
    plans.cache.clear()
    plans.cache.update(cached_elsewhere)

    with pytest.raises(SeatsTaken) as refusal:
        bookings.book(show_id=show.pk, labels=["A1"], by=situations.a_user())
    hold = holds.acquire(show_id=show.pk, wanted=BestAvailable(count=3), by=situations.a_user())

    assert refusal.value.alternatives == ["B1"]
    assert [ticket.seat.label for ticket in hold.tickets.all()] == ["B1", "B2", "B3"]


def test_cache_keeps_the_plans_that_were_used_last(
    monkeypatch: pytest.MonkeyPatch, show: Show, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(plans, "cache", LRUCache(10, getsizeof=plans.cache.getsizeof))
    first, second, third = (situations.a_screen(["SSSS"]) for _ in range(3))
    for screen in (first, second, first, third):
        plans.of_screen(screen.pk, version=screen.plan_version)

    with django_assert_num_queries(0):
        plans.of_screen(first.pk, version=first.plan_version)
        plans.of_screen(third.pk, version=third.plan_version)
    with django_assert_num_queries(1):
        plans.of_screen(second.pk, version=second.plan_version)


def test_plan_larger_than_the_cache_is_returned(monkeypatch: pytest.MonkeyPatch, screen: Screen) -> None:
    monkeypatch.setattr(plans, "MAX_CACHED_SEATS", 1)

    assert labels(screen) == ["A1", "A2", "A3", "B1"]
