"""A screen's plan changes while its shows have sold, held or blocked seats, and prices for the categories."""

from decimal import Decimal

import pytest

from cinema.booking import blocks, bookings
from cinema.booking.errors import SeatsSold
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.core.errors import InvalidInput
from tests import situations
from tests.catalog.refusals import problems
from tests.catalog.seats import change_plan, seats_of
from tests.catalog.shows import unreleased
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- sold, held and blocked seats


def test_a_sold_seat_of_an_upcoming_show_cannot_be_removed() -> None:
    show = situations.a_show(rows=["SSS", "SSS"])
    situations.a_booking("A3", "B1", show=show)

    with nothing_changes(), pytest.raises(SeatsSold) as refusal:
        change_plan(show.screen, "SS_", "_SS")

    assert sorted(refusal.value.seats) == ["A3", "B1"]


@pytest.mark.parametrize("rows", [["PS"], ["_SS"], ["__", "SS"]], ids=repr)
def test_category_and_position_of_a_sold_seat_cannot_change(rows: list[str]) -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A1", show=show)

    with nothing_changes(), pytest.raises(SeatsSold) as refusal:
        change_plan(show.screen, *rows)

    assert refusal.value.seats == ["A1"]


def test_a_seat_sold_for_several_shows_is_reported_once() -> None:
    show = situations.a_show(rows=["SS"])
    other = situations.a_show(starts_at=situations.in_hours(48), screen=show.screen)
    situations.a_booking("A2", show=show)
    situations.a_booking("A2", show=other)

    with nothing_changes(), pytest.raises(SeatsSold) as refusal:
        change_plan(show.screen, "S")

    assert refusal.value.seats == ["A2"]
    assert (
        str(refusal.value)
        == "These seats are sold for shows that have not ended, so they can't be changed or removed: A2."
    )


def test_a_sold_seat_of_a_running_show_cannot_be_removed() -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_booking("A2", show=show)
    situations.start_show(show)

    with nothing_changes(), pytest.raises(SeatsSold):
        change_plan(show.screen, "S")


def test_a_held_seat_cannot_be_removed() -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_hold("A2", show=show)

    with nothing_changes(), pytest.raises(SeatsSold):
        change_plan(show.screen, "S")


def test_the_seat_of_an_expired_hold_can_be_removed() -> None:
    show = situations.a_show(rows=["SS"])
    situations.a_hold("A2", show=show, minutes_left=-1)

    change_plan(show.screen, "S")

    assert list(seats_of(show.screen)) == ["A1"]


def test_the_seat_of_a_cancelled_booking_can_be_removed() -> None:
    show = situations.a_show(rows=["SS"])
    buyer = situations.a_user()
    booking = situations.a_booking("A2", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer)

    change_plan(show.screen, "S")

    assert list(seats_of(show.screen)) == ["A1"]


def test_a_ticket_keeps_its_seat_when_a_seat_of_an_ended_show_is_replaced() -> None:
    show = situations.a_show(rows=["SP"])
    booking = situations.a_booking("A2", show=show)
    situations.start_show(show, hours_ago=5)

    change_plan(show.screen, "SW")

    (ticket,) = booking.tickets.all()
    assert (ticket.seat.label, ticket.seat.category, ticket.price) == ("A2", "PREMIUM", Decimal("15.50"))
    assert ticket.released_at is None
    assert seats_of(show.screen)["A2"].category == SeatCategory.WHEELCHAIR


def test_a_ticket_keeps_its_seat_when_a_seat_of_a_cancelled_show_is_removed() -> None:
    show = situations.a_show(rows=["SP"])
    booking = situations.a_booking("A2", show=show)
    scheduling.cancel(show_id=show.pk)

    change_plan(show.screen, "S")

    (ticket,) = booking.tickets.all()
    assert (ticket.seat.label, ticket.seat.category) == ("A2", "PREMIUM")
    assert list(seats_of(show.screen)) == ["A1"]


def test_a_seat_sold_on_another_screen_does_not_matter() -> None:
    situations.a_booking("A2", show=situations.a_show(rows=["SS"]))
    screen = situations.a_screen(["SS"])

    change_plan(screen, "S")

    assert list(seats_of(screen)) == ["A1"]


def test_removing_a_seat_removes_its_block_and_no_other() -> None:
    show = situations.a_show(rows=["SSS"])
    blocks.block(show_id=show.pk, labels=["A1", "A3"])

    change_plan(show.screen, "SS")

    assert unreleased(show) == ["A1"]


def test_a_seat_that_replaces_a_blocked_one_is_free() -> None:
    show = situations.a_show(rows=["SS"])
    blocks.block(show_id=show.pk, labels=["A2"])

    change_plan(show.screen, "SP")

    assert situations.a_booking("A2", show=show).total == Decimal("15.50")


# ---------------------------------------------------------------------- prices


def test_a_category_without_a_price_for_an_upcoming_show_is_refused() -> None:
    show = situations.a_show(rows=["SS"], prices={SeatCategory.STANDARD: Decimal(10)})

    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        change_plan(show.screen, "SP", "WC")

    assert problems(refusal) == [("rows", "unpriced_category")]
    assert (
        str(refusal.value)
        == "Upcoming shows have no price for companion, premium and wheelchair seats. Add the prices first."
    )


def test_one_upcoming_show_without_the_price_is_enough_to_refuse() -> None:
    show = situations.a_show(rows=["SS"])
    standard_only = {SeatCategory.STANDARD: Decimal(10)}
    situations.a_show(screen=show.screen, starts_at=situations.in_hours(48), prices=standard_only)

    with nothing_changes(), pytest.raises(InvalidInput):
        change_plan(show.screen, "SP")


def test_a_category_with_a_price_for_all_upcoming_shows_is_accepted() -> None:
    show = situations.a_show(rows=["SS"], prices={SeatCategory.STANDARD: Decimal(10)})
    scheduling.reschedule(show_id=show.pk, prices={SeatCategory.PREMIUM: Decimal(20)})

    change_plan(show.screen, "SP")

    assert situations.a_booking("A2", show=show).total == Decimal(20)


def test_ended_and_cancelled_shows_need_no_price_for_a_new_category() -> None:
    prices = {SeatCategory.STANDARD: Decimal(10)}
    show = situations.a_started_show(hours_ago=5, rows=["SS"], prices=prices)
    cancelled = situations.a_show(screen=show.screen, prices=prices)
    scheduling.cancel(show_id=cancelled.pk)

    change_plan(show.screen, "SP")

    assert seats_of(show.screen)["A2"].category == SeatCategory.PREMIUM
