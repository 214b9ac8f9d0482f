"""The seats of a unit are sold, released and blocked only together, by every use case."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from cinema.booking import blocks, bookings, holds, promises, sales, seat_maps, seating, units
from cinema.booking.errors import (
    HoldExpired,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsSold,
    SeatsSoldTogether,
    SeatsTaken,
)
from cinema.booking.seats import BestAvailable
from cinema.catalog import theaters
from cinema.core.errors import InvalidInput
from cinema.models import Booking, Show, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ROWS = ["SSSS", "S(SS)(PPP)", "WC"]
LOVE_SEAT = ["B2", "B3"]
TABLE = ["B4", "B5", "B6"]


@pytest.fixture
def show(db: None) -> Show:
    return situations.a_show(rows=ROWS)


@pytest.fixture
def buyer(db: None) -> User:
    return situations.a_user()


@pytest.fixture
def manager(db: None) -> User:
    return situations.a_staff_member("change_booking")


def labels_of(booking: Booking) -> list[str]:
    return [ticket.seat.label for ticket in booking.tickets.unreleased().select_related("seat")]


def ids(booking: Booking, *labels: str) -> list[int]:
    return list(booking.tickets.filter(seat__label__in=labels).order_by("pk").values_list("pk", flat=True))


def refused(call: Callable[[], Any]) -> tuple[list[str], list[str]]:
    """The seats that are only parts of units, and the missing seats."""
    with nothing_changes(), pytest.raises(SeatsSoldTogether) as refusal:
        call()
    return refusal.value.seats, refusal.value.missing


def no_promise_is_broken() -> bool:
    return promises.violations() == []


# ---------------------------------------------------------------------- taking seats


@pytest.mark.parametrize(
    ("labels", "parts", "missing"),
    [
        (["B2"], ["B2"], ["B3"]),
        (["A1", "b3"], ["B3"], ["B2"]),
        (["B5"], ["B5"], ["B4", "B6"]),
        (["B6", "B2", "B4"], ["B2", "B4", "B6"], ["B3", "B5"]),
        (["B2", "B3", "B4"], ["B4"], ["B5", "B6"]),
        (["C1", "B2"], ["B2"], ["B3"]),
    ],
)
def test_a_part_of_a_unit_is_not_sold(
    *,
    show: Show,
    buyer: User,
    monkeypatch: pytest.MonkeyPatch,
    labels: list[str],
    parts: list[str],
    missing: list[str],
) -> None:
    call: dict[str, Any] = {"show_id": show.pk, "by": buyer, "needs_accessible": True}

    assert refused(lambda: bookings.book(labels=labels, **call)) == (parts, missing)
    assert refused(lambda: holds.acquire(wanted=labels, **call)) == (parts, missing)
    # The transaction refuses it, too.
    monkeypatch.setattr(sales, "sell_at_once", lambda *_, **__: None)
    assert refused(lambda: bookings.book(labels=labels, **call)) == (parts, missing)
    assert refused(lambda: holds.acquire(wanted=labels, **call)) == (parts, missing)


def test_a_whole_unit_is_sold(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "B3", "b2"], by=buyer)
    booking = bookings.book(show_id=show.pk, labels=TABLE, by=buyer, key="k")

    assert labels_of(bookings.confirm(booking_id=hold.pk, by=buyer)) == ["A1", *LOVE_SEAT]
    assert labels_of(booking) == TABLE
    assert bookings.book(show_id=show.pk, labels=TABLE, by=buyer, key="k") == booking
    assert no_promise_is_broken()


def test_the_message_names_the_missing_seats(show: Show, buyer: User) -> None:
    with pytest.raises(SeatsSoldTogether, match=r"^B2 is sold only together with B3\.$"):
        bookings.book(show_id=show.pk, labels=["B2"], by=buyer)
    with pytest.raises(SeatsSoldTogether, match=r"^B3 and B4 are sold only together with B2, B5 and B6\.$"):
        bookings.book(show_id=show.pk, labels=["B4", "B3"], by=buyer)


@pytest.mark.postgresql
def test_the_statement_that_sells_never_sells_a_part_of_a_unit(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if Python does not check: it leaves units to the transaction."""
    monkeypatch.setattr(units, "check_whole", lambda _: None)
    terms: dict[str, Any] = {"show_id": show.pk, "by": buyer, "needs_accessible": True}
    for labels in (["B2"], ["A1", "B5"], LOVE_SEAT):
        for hold_for in (None, timedelta(minutes=8)):
            with nothing_changes():
                assert sales.sell_at_once(labels, **terms, hold_for=hold_for, key=None, fingerprint=None) is None
    assert sales.sell_at_once(["A1", "B1"], **terms, key=None, fingerprint=None)


def test_a_taken_unit_is_taken(show: Show, buyer: User) -> None:
    situations.a_booking(*LOVE_SEAT, show=show)

    with nothing_changes(), pytest.raises(SeatsTaken) as refusal:
        bookings.book(show_id=show.pk, labels=["B1", "B2", "B3"], by=buyer)

    assert (refusal.value.seats, refusal.value.alternatives) == (LOVE_SEAT, ["A1", "A2", "A3"])


def test_alternatives_are_whole_units(show: Show, buyer: User) -> None:
    situations.a_booking("A1", "A2", "A3", "A4", "B1", show=show)

    with pytest.raises(SeatsTaken) as one:
        bookings.book(show_id=show.pk, labels=["B1"], by=buyer)
    with pytest.raises(SeatsTaken) as three:
        bookings.book(show_id=show.pk, labels=["A3", "A2", "A1"], by=buyer)

    assert (one.value.alternatives, three.value.alternatives) == ([], TABLE)


@pytest.mark.parametrize(
    ("taken", "wish", "picked"),
    [
        ([], BestAvailable(1), ["A4"]),
        (["A1", "A2", "A3", "A4", "B1"], BestAvailable(2), LOVE_SEAT),
        (["A1", "A2", "A3", "A4"], BestAvailable(3, together=False), ["B1", *LOVE_SEAT]),
        (["A1", "A2", "A3", "A4"], BestAvailable(3, category=None), ["B1", *LOVE_SEAT]),
        ([], BestAvailable(3, wheelchair_spaces=1, together=False), ["B1", "C1", "C2"]),
    ],
)
def test_best_available_seats_are_whole_units(
    show: Show, buyer: User, taken: list[str], wish: BestAvailable, picked: list[str]
) -> None:
    if taken:
        situations.a_booking(*taken, show=show)

    hold = holds.acquire(show_id=show.pk, wanted=wish, by=buyer, needs_accessible=True)

    assert labels_of(hold) == picked


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("count", "available"), [(1, 0), (4, 3), (6, 5)])
def test_best_available_seats_are_refused_if_only_units_of_other_sizes_are_left(
    show: Show, buyer: User, count: int, available: int, *, together: bool
) -> None:
    situations.a_booking("A1", "A2", "A3", "A4", "B1", show=show)
    wish = BestAvailable(count, together=together)

    with nothing_changes(), pytest.raises(NotEnoughSeats) as refusal:
        holds.acquire(show_id=show.pk, wanted=wish, by=buyer)

    assert refusal.value.available == available


def test_the_seats_of_a_unit_count_for_the_limit(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=2)
    with nothing_changes(), pytest.raises(SeatLimitReached):
        holds.acquire(show_id=show.pk, wanted=TABLE, by=buyer)
    assert labels_of(holds.acquire(show_id=show.pk, wanted=LOVE_SEAT, by=buyer)) == LOVE_SEAT


def test_an_expired_hold_of_a_unit_is_taken_over_or_confirmed_whole(show: Show, buyer: User) -> None:
    first, second = (holds.acquire(show_id=show.pk, wanted=seats, by=buyer) for seats in (LOVE_SEAT, TABLE))
    situations.expire_hold(first)
    situations.expire_hold(second)

    assert refused(lambda: situations.a_booking("B2", show=show, by=buyer)) == (["B2"], ["B3"])
    assert labels_of(situations.a_booking(*LOVE_SEAT, show=show)) == LOVE_SEAT
    assert labels_of(bookings.confirm(booking_id=second.pk, by=buyer)) == TABLE
    assert no_promise_is_broken()


def test_an_expired_hold_that_exceeds_the_limit_offers_whole_units(
    show: Show, buyer: User, change_rules: ChangeRules
) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=[*LOVE_SEAT, *TABLE, "A1"], by=buyer)
    situations.expire_hold(hold)
    situations.a_booking("A3", show=show, by=buyer)
    change_rules(seats_per_user_and_show=3)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        bookings.confirm(booking_id=hold.pk, by=buyer)

    # Two seats are allowed: the love seat, and not only A1.
    assert refusal.value.still_available == ["B2", "B3"]


# ---------------------------------------------------------------------- releasing seats


def test_a_part_of_a_unit_is_not_cancelled(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", *LOVE_SEAT], by=buyer)
    booking = bookings.book(show_id=show.pk, labels=[*TABLE, "A2"], by=buyer)

    assert refused(lambda: bookings.cancel(booking_id=hold.pk, labels=["B3"], by=buyer)) == (["B3"], ["B2"])
    assert refused(lambda: bookings.cancel(booking_id=booking.pk, labels=["a2", "B5"], by=buyer)) == (
        ["B5"],
        ["B4", "B6"],
    )

    assert labels_of(bookings.cancel(booking_id=hold.pk, labels=LOVE_SEAT, by=buyer)) == ["A1"]
    assert labels_of(bookings.cancel(booking_id=booking.pk, labels=["A2"], by=buyer)) == TABLE
    # Already cancelled: nothing to do.
    assert labels_of(bookings.cancel(booking_id=hold.pk, labels=["B3", "A1"], by=buyer)) == []
    assert labels_of(bookings.cancel(booking_id=booking.pk, by=buyer)) == []
    assert no_promise_is_broken()


def test_a_part_of_a_unit_is_not_blocked_or_unblocked(show: Show, buyer: User) -> None:
    assert refused(lambda: blocks.block(show_id=show.pk, labels=["A1", "B2"])) == (["B2"], ["B3"])

    blocks.block(show_id=show.pk, labels=["A1", *LOVE_SEAT])

    assert refused(lambda: blocks.unblock(show_id=show.pk, labels=["B3", "A1"])) == (["B3"], ["B2"])
    assert refused(lambda: situations.a_booking("B3", show=show, by=buyer)) == (["B3"], ["B2"])
    assert no_promise_is_broken()
    blocks.unblock(show_id=show.pk, labels=LOVE_SEAT)
    assert situations.a_booking(*LOVE_SEAT, show=show)


def test_staff_cancel_and_move_whole_units(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", *LOVE_SEAT, show=show)
    other = situations.a_booking("A2", "A3", "A4", show=show)
    move = partial(seating.move, show_id=show.pk, by=manager)

    assert refused(lambda: seating.cancel(show_id=show.pk, ticket_ids=ids(booking, "B2"), by=manager)) == (
        ["B2"],
        ["B3"],
    )
    assert refused(lambda: move(ticket_ids=ids(booking, "A1", "B2"), labels=["B1", "B4"]))[0] == ["B2"]
    assert refused(lambda: move(ticket_ids=ids(booking, "A1"), labels=["B5"])) == (
        ["B5"],
        ["B4", "B6"],
    )
    with nothing_changes(), pytest.raises(InvalidInput, match="can't be in different bookings"):
        move(ticket_ids=[*ids(booking, "A1"), *ids(other, "A2", "A3")], labels=TABLE)

    move(ticket_ids=ids(other, "A2", "A3", "A4"), labels=TABLE)
    move(ticket_ids=ids(booking, *LOVE_SEAT), labels=["A2", "A3"])

    assert (labels_of(booking), labels_of(other)) == (["A1", "A2", "A3"], TABLE)
    assert no_promise_is_broken()
    seating.cancel(show_id=show.pk, ticket_ids=ids(other, *TABLE), by=manager)
    assert labels_of(other) == []


# ---------------------------------------------------------------------- plans


@pytest.mark.parametrize("row", ["SSS(PPP)", "S(SSS)PP", "(SS)S(PPP)", "SSSPPP", "_S(SS)(PPP)"])
def test_a_sold_unit_cannot_change(show: Show, row: str) -> None:
    situations.a_booking(*LOVE_SEAT, show=show)

    with nothing_changes(), pytest.raises(SeatsSold) as refusal:
        theaters.change_screen(screen_id=show.screen_id, rows=["SSSS", row, "WC"])

    assert sorted(refusal.value.seats) == LOVE_SEAT


def test_sold_seats_cannot_become_a_unit(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show)

    with nothing_changes(), pytest.raises(SeatsSold):
        theaters.change_screen(screen_id=show.screen_id, rows=["(SS)SS", *ROWS[1:]])
    theaters.change_screen(screen_id=show.screen_id, rows=["S(SSS)", *ROWS[1:]])

    assert refused(lambda: situations.a_booking("A2", show=show, by=buyer)) == (["A2"], ["A3", "A4"])


def test_a_ticket_of_an_ended_show_keeps_its_unit(show: Show) -> None:
    situations.a_booking(*LOVE_SEAT, show=show)
    situations.start_show(show, hours_ago=5)

    theaters.change_screen(screen_id=show.screen_id, rows=["SSSS", "S(SSS)", "WC"])
    theaters.change_screen(screen_id=show.screen_id, rows=ROWS)

    assert no_promise_is_broken()


def test_the_seat_map_has_the_units(show: Show) -> None:
    found = {seat.label: seat.unit for row in seat_maps.of(show).rows for seat in row.seats if seat.unit}

    assert found == {**dict.fromkeys(LOVE_SEAT, "B2-B3"), **dict.fromkeys(TABLE, "B4-B6")}


def test_a_server_without_units_can_store_seats(show: Show) -> None:
    """The previous release does not know the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO cinema_seat (screen_id, label, "row", row_index, number, "column", category) '
            "VALUES (%s, 'D1', 'D', 3, 1, 1, 'STANDARD')",
            [show.screen_id],
        )
    assert situations.a_booking("D1", show=show)
