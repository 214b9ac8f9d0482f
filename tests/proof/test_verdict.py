"""The check of a whole run: calls and rows that are right, and what has to be found when they are not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.proof import verdict
from tests.proof.calls import Answer, BookingSeen, Call, Operation, SeatSeen
from tests.proof.complaints import Kind
from tests.proof.history import Rules
from tests.proof.rows import BookingRow, KeyRow, Rows, TicketRow

SECOND = 1_000_000_000
RULES = Rules(hold=10 * SECOND, hold_at_most=20 * SECOND, seats_per_user_and_show=2)
ENDED_AT = 1000 * SECOND
ANN, BEN = 1, 2
SHOW = 7


def found(calls: Sequence[Call], rows: Rows) -> set[Kind]:
    checked = verdict.of_run(calls, rows, rules=RULES, ended_at=ENDED_AT, tolerance=0)
    return {complaint.kind for complaint in checked.complaints}


def booked(booking: int, seat: str = "A1", *, at: int, by: int = ANN, key: str | None = None) -> Call:
    seen = BookingSeen(booking, "CONFIRMED", frozenset({seat}), at * SECOND, None)
    return Call(
        Operation.BOOK,
        by,
        at * SECOND,
        (at + 1) * SECOND,
        Answer("Booking", seen),
        "Booking",
        show=SHOW,
        seats=frozenset({seat}),
        key=key,
    )


def unanswered(call: Call) -> Call:
    return replace(call, answer=None, outcome="ConnectionResetError")


def refused(call: Call) -> Call:
    return replace(call, answer=Answer("SeatsTaken", seats=call.seats or frozenset()), outcome="SeatsTaken")


def gave_back(booking: int, *, at: int, by: int = ANN) -> Call:
    seen = BookingSeen(booking, "CANCELLED", frozenset({"A1"}), 0, None)
    start, end = at * SECOND, (at + 1) * SECOND
    return Call(Operation.CANCEL, by, start, end, Answer("Booking", seen), "Booking", booking=booking)


def saw(status: str, *, at: int, mine: bool = False, by: int = ANN) -> Call:
    answer = Answer("SeatMap", seat_map={"A1": SeatSeen(status, mine)})
    return Call(Operation.READ, by, at * SECOND, (at + 1) * SECOND, answer, "SeatMap", show=SHOW)


def rows_of(*calls: Call, released: Sequence[int] = ()) -> Rows:
    """The tables as these calls leave them."""
    bookings, tickets, keys = {}, [], []
    for call in calls:
        seen = call.booked
        assert seen is not None
        status = "CANCELLED" if seen.id in released else "CONFIRMED"
        bookings[seen.id] = BookingRow(seen.id, call.user, SHOW, status, seen.created_at, None, seen.created_at)
        released_at = call.end if seen.id in released else None
        tickets += [TicketRow(seen.id, SHOW, seat, None, released_at) for seat in sorted(seen.seats)]
        if call.key:
            keys.append(KeyRow(call.user, call.key, seen.id))
    return Rows(bookings, tickets, keys)


def test_a_sale_that_everybody_agrees_about() -> None:
    sale = booked(1, at=1, key="k")
    calls = [sale, saw("BOOKED", at=3, mine=True), saw("BOOKED", at=3, by=BEN), refused(booked(2, at=5, by=BEN))]

    assert found(calls, rows_of(sale)) == set()


def test_a_call_sent_again_is_one_call() -> None:
    sale = booked(1, at=1, key="k")
    again = replace(sale, start=5 * SECOND, end=6 * SECOND, attempt=2)

    assert found([unanswered(sale), again], rows_of(sale)) == set()


def test_a_sale_that_was_never_answered_is_known_by_its_key() -> None:
    sale = booked(1, at=1, key="k")

    assert found([unanswered(sale), saw("BOOKED", at=9, mine=True)], rows_of(sale)) == set()


def test_a_sale_without_a_key_that_was_never_answered_is_known_by_its_seats() -> None:
    sale = booked(1, at=1)

    assert found([unanswered(sale), saw("BOOKED", at=9, mine=True)], rows_of(sale)) == set()


def test_a_call_that_was_never_answered_and_left_nothing() -> None:
    assert found([unanswered(booked(1, at=1, key="k")), saw("AVAILABLE", at=9)], Rows()) == set()


def test_given_back_and_sold_again() -> None:
    first, second = booked(1, at=1), booked(2, at=9, by=BEN)
    back = replace(gave_back(1, at=5), answer=Answer("Booking", first.booked))

    assert found([first, back, second], rows_of(first, second, released=[1])) == set()


def test_finds_a_double_sale() -> None:
    first, second = booked(1, at=1), booked(2, at=5, by=BEN)

    assert found([first, second], rows_of(first, second)) == {Kind.OWNED_TWICE, Kind.NO_ORDER}


def test_finds_a_double_sale_that_the_tables_hide() -> None:
    first, second = booked(1, at=1), booked(2, at=5, by=BEN)

    assert Kind.OWNED_TWICE in found([first, second], rows_of(first, second, released=[1]))


def test_finds_an_acknowledged_sale_that_is_lost() -> None:
    assert Kind.LOST in found([booked(1, at=1)], Rows())


def test_finds_an_acknowledged_seat_that_is_another() -> None:
    assert Kind.LOST in found([booked(1, at=1)], rows_of(booked(1, "A2", at=1)))


def test_finds_a_booking_that_nobody_asked_for() -> None:
    assert Kind.UNASKED in found([saw("AVAILABLE", at=1)], rows_of(booked(1, at=5)))


def test_finds_a_stale_read() -> None:
    sale = booked(1, at=1)

    assert found([sale, saw("AVAILABLE", at=5)], rows_of(sale)) == {Kind.NO_ORDER}


def test_finds_a_key_that_made_two_bookings() -> None:
    first, second = booked(1, "A1", at=1, key="k"), booked(2, "A1", at=1, key="k")

    assert Kind.KEY in found([first, second], rows_of(first, second))


def test_finds_a_key_that_is_refused_after_it_was_accepted() -> None:
    sale = booked(1, at=1, key="k")
    again = replace(refused(sale), start=5 * SECOND, end=6 * SECOND)

    assert Kind.KEY in found([sale, again], rows_of(sale))


def test_finds_a_key_that_was_used_for_something_else() -> None:
    sale, other = booked(1, "A1", at=1, key="k"), booked(2, "A2", at=5, key="k")

    assert Kind.KEY in found([sale, replace(other, reuses_key=True)], rows_of(sale))


def test_finds_more_seats_than_allowed() -> None:
    sales = [booked(number, f"A{number}", at=number) for number in (1, 2, 3)]

    assert found(sales, rows_of(*sales)) == {Kind.LIMIT}


def test_finds_a_hold_that_is_kept_too_long() -> None:
    hold = booked(1, at=1)
    assert hold.booked is not None
    kept = replace(hold.booked, status="HELD", expires_at=12 * SECOND)

    calls = [replace(hold, operation=Operation.HOLD, answer=Answer("Booking", kept))]

    assert Kind.INCONSISTENT in found(calls, rows_of(hold))


@pytest.mark.parametrize(("asked", "complaints"), [(1, {Kind.UNEXPECTED}), (2, set())])
def test_finds_that_seats_were_denied_that_are_free(asked: int, complaints: set[Kind]) -> None:
    denied = Call(
        Operation.HOLD,
        BEN,
        5 * SECOND,
        6 * SECOND,
        Answer("NotEnoughSeats"),
        "NotEnoughSeats",
        show=SHOW,
        count=asked,
    )

    assert found([saw("AVAILABLE", at=1), denied], Rows()) == complaints


@pytest.mark.parametrize("outcome", ["INTERNAL_SERVER_ERROR", "HTTP 500", "TimeoutError"])
def test_finds_answers_that_nobody_should_get(outcome: str) -> None:
    call = replace(unanswered(booked(1, at=1, key="k")), outcome=outcome)

    assert found([call], Rows()) == {Kind.UNEXPECTED}


def test_finds_that_an_own_booking_cannot_be_found() -> None:
    sale = booked(1, at=1)
    lost = replace(gave_back(1, at=5), answer=Answer("NOT_FOUND"), outcome="NOT_FOUND")

    assert found([sale, lost], rows_of(sale)) == {Kind.UNEXPECTED}
