"""The check of a whole run: correct calls and rows, and the complaints about incorrect ones."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.proof import verdict
from tests.proof.calls import BookingSeen, Call, Operation, Response, SeatSeen
from tests.proof.complaints import Kind
from tests.proof.rows import BookingRow, KeyRow, Rows, TicketRow
from tests.proof.rules import Rules

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
        Response("Booking", seen),
        "Booking",
        show=SHOW,
        seats=frozenset({seat}),
        key=key,
    )


def held(booking: int, *seats: str, at: int) -> Call:
    """A hold of ten seconds that is never released in the tables."""
    booking_call = booked(booking, at=at)
    seen = BookingSeen(booking, "HELD", frozenset(seats), at * SECOND, at * SECOND + RULES.hold)
    return replace(booking_call, operation=Operation.HOLD, response=Response("Booking", seen), seats=frozenset(seats))


def hold_expired(booking: int, *, at: int, still: str = "", operation: Operation = Operation.CONFIRM) -> Call:
    response = Response("HoldExpired", seats=frozenset(still.split()))
    return Call(operation, ANN, at * SECOND, (at + 1) * SECOND, response, "HoldExpired", booking=booking)


def without_response(call: Call) -> Call:
    return replace(call, response=None, outcome="ConnectionResetError")


def refused(call: Call) -> Call:
    return replace(call, response=Response("SeatsTaken", seats=call.seats or frozenset()), outcome="SeatsTaken")


def cancelled(booking: int, *, at: int, by: int = ANN) -> Call:
    seen = BookingSeen(booking, "CANCELLED", frozenset({"A1"}), 0, None)
    start, end = at * SECOND, (at + 1) * SECOND
    return Call(Operation.CANCEL, by, start, end, Response("Booking", seen), "Booking", booking=booking)


def read(status: str, *, at: int, mine: bool = False, by: int = ANN) -> Call:
    response = Response("SeatMap", seat_map={"A1": SeatSeen(status, mine)})
    return Call(Operation.READ, by, at * SECOND, (at + 1) * SECOND, response, "SeatMap", show=SHOW)


def rows_of(*calls: Call, released: Sequence[int] = ()) -> Rows:
    """The rows in the tables after these calls."""
    bookings, tickets, keys = {}, [], []
    for call in calls:
        seen = call.booked
        assert seen is not None
        assert call.show is not None
        status = "CANCELLED" if seen.id in released else seen.status
        confirmed_at = seen.created_at if seen.status == "CONFIRMED" else None
        bookings[seen.id] = BookingRow(
            seen.id, call.user, call.show, status, seen.created_at, seen.expires_at, confirmed_at
        )
        released_at = call.end if seen.id in released else None
        tickets += [TicketRow(seen.id, call.show, seat, seen.expires_at, released_at) for seat in sorted(seen.seats)]
        if call.key:
            keys.append(KeyRow(call.user, call.key, seen.id))
    return Rows(bookings, tickets, keys)


def test_consistent_sale_is_accepted() -> None:
    sale = booked(1, at=1, key="k")
    calls = [sale, read("BOOKED", at=3, mine=True), read("BOOKED", at=3, by=BEN), refused(booked(2, at=5, by=BEN))]

    assert found(calls, rows_of(sale)) == set()


def test_repeated_call_is_one_call() -> None:
    sale = booked(1, at=1, key="k")
    again = replace(sale, start=5 * SECOND, end=6 * SECOND, attempt=2)

    assert found([without_response(sale), again], rows_of(sale)) == set()


def test_sale_without_a_response_is_found_by_its_key() -> None:
    sale = booked(1, at=1, key="k")

    assert found([without_response(sale), read("BOOKED", at=9, mine=True)], rows_of(sale)) == set()


def test_sale_without_a_response_or_key_is_found_by_its_seats() -> None:
    sale = booked(1, at=1)

    assert found([without_response(sale), read("BOOKED", at=9, mine=True)], rows_of(sale)) == set()


def test_call_without_a_response_may_have_no_effect() -> None:
    assert found([without_response(booked(1, at=1, key="k")), read("AVAILABLE", at=9)], Rows()) == set()


def test_cancelled_seat_can_be_sold_again() -> None:
    first, second = booked(1, at=1), booked(2, at=9, by=BEN)
    back = replace(cancelled(1, at=5), response=Response("Booking", first.booked))

    assert found([first, back, second], rows_of(first, second, released=[1])) == set()


def test_finds_a_double_sale() -> None:
    first, second = booked(1, at=1), booked(2, at=5, by=BEN)

    assert found([first, second], rows_of(first, second)) == {Kind.OWNED_TWICE, Kind.NO_ORDER}


def test_finds_a_double_sale_that_the_tables_hide() -> None:
    first, second = booked(1, at=1), booked(2, at=5, by=BEN)

    assert Kind.OWNED_TWICE in found([first, second], rows_of(first, second, released=[1]))


def test_finds_a_lost_sale() -> None:
    assert Kind.LOST in found([booked(1, at=1)], Rows())


def test_finds_a_sale_of_another_seat() -> None:
    assert Kind.LOST in found([booked(1, at=1)], rows_of(booked(1, "A2", at=1)))


def test_finds_a_booking_without_a_call() -> None:
    assert Kind.UNASKED in found([read("AVAILABLE", at=1)], rows_of(booked(1, at=5)))


def test_finds_a_stale_read() -> None:
    sale = booked(1, at=1)

    assert found([sale, read("AVAILABLE", at=5)], rows_of(sale)) == {Kind.NO_ORDER}


def test_finds_a_key_that_made_two_bookings() -> None:
    first, second = booked(1, "A1", at=1, key="k"), booked(2, "A1", at=1, key="k")

    assert Kind.KEY in found([first, second], rows_of(first, second))


def test_finds_a_key_that_is_refused_after_it_was_accepted() -> None:
    sale = booked(1, at=1, key="k")
    again = replace(refused(sale), start=5 * SECOND, end=6 * SECOND)

    assert Kind.KEY in found([sale, again], rows_of(sale))


def test_finds_an_accepted_reuse_of_a_key() -> None:
    sale, other = booked(1, "A1", at=1, key="k"), booked(2, "A2", at=5, key="k")

    assert Kind.KEY in found([sale, replace(other, reuses_key=True)], rows_of(sale))


def test_finds_more_seats_than_allowed() -> None:
    sales = [booked(number, f"A{number}", at=number) for number in (1, 2, 3)]

    assert found(sales, rows_of(*sales)) == {Kind.LIMIT}


def test_finds_a_hold_that_lasts_too_long() -> None:
    hold = booked(1, at=1)
    assert hold.booked is not None
    longer = replace(hold.booked, status="HELD", expires_at=12 * SECOND)

    calls = [replace(hold, operation=Operation.HOLD, response=Response("Booking", longer))]

    assert Kind.INCONSISTENT in found(calls, rows_of(hold))


@pytest.mark.parametrize(("asked", "complaints"), [(1, {Kind.UNEXPECTED}), (2, set())])
def test_finds_a_refusal_while_enough_seats_are_free(asked: int, complaints: set[Kind]) -> None:
    refusal = Call(
        Operation.HOLD,
        BEN,
        5 * SECOND,
        6 * SECOND,
        Response("NotEnoughSeats"),
        "NotEnoughSeats",
        show=SHOW,
        count=asked,
    )

    assert found([read("AVAILABLE", at=1), refusal], Rows()) == complaints


HOLD = held(1, "A1", at=1)
# One user may have two seats.
OTHERS = [booked(2, "A2", at=13), booked(3, "A3", at=14)]


def test_user_at_the_limit_is_offered_no_seat() -> None:
    refusal = hold_expired(1, at=16)

    assert found([HOLD, *OTHERS, refusal], rows_of(HOLD, *OTHERS)) == set()


def test_user_below_the_limit_is_offered_seats_up_to_the_limit() -> None:
    hold = held(1, "A1", "A4", at=1)
    refusal = hold_expired(1, at=16, still="A1")

    assert found([hold, OTHERS[0], refusal], rows_of(hold, OTHERS[0])) == set()


def test_seats_that_may_have_been_owned_during_the_call_count() -> None:
    row = booked(3, "A3", at=17, key="k")
    sale = replace(without_response(row), end=18 * SECOND)
    refusal = replace(hold_expired(1, at=16), end=18 * SECOND)

    assert found([HOLD, OTHERS[0], sale, refusal], rows_of(HOLD, OTHERS[0], row)) == set()


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="none"),
        pytest.param(OTHERS[:1], id="too few"),
        pytest.param([OTHERS[0], booked(3, "A3", at=14, by=BEN)], id="another user's"),
        pytest.param([OTHERS[0], replace(booked(3, "A3", at=14), show=SHOW + 1)], id="of another show"),
        pytest.param([OTHERS[0], held(3, "A3", at=4)], id="expired before"),
        pytest.param([OTHERS[0], booked(3, "A3", at=18)], id="booked after"),
    ],
)
def test_finds_a_free_seat_that_is_not_offered(others: Sequence[Call]) -> None:
    refusal = hold_expired(1, at=16)

    assert found([HOLD, *others, refusal], rows_of(HOLD, *others)) == {Kind.NO_ORDER}


def test_finds_a_seat_that_is_not_offered_because_of_its_own_hold() -> None:
    """The call without a response may have confirmed the hold, but then the later call would not be refused."""
    confirm = without_response(hold_expired(1, at=14))
    refusal = hold_expired(1, at=16)

    assert found([HOLD, OTHERS[0], confirm, refusal], rows_of(HOLD, OTHERS[0])) == {Kind.NO_ORDER}


def test_finds_that_fewer_seats_are_offered_than_allowed() -> None:
    hold = held(1, "A1", "A4", at=1)
    refusal = hold_expired(1, at=16)

    assert found([hold, OTHERS[0], refusal], rows_of(hold, OTHERS[0])) == {Kind.NO_ORDER}


def test_finds_a_free_seat_that_is_not_offered_to_an_extension() -> None:
    """A refused extension names all free seats, regardless of the limit."""
    refusal = hold_expired(1, at=16, operation=Operation.EXTEND)

    assert found([HOLD, *OTHERS, refusal], rows_of(HOLD, *OTHERS)) == {Kind.NO_ORDER}


def test_finds_a_seat_that_is_not_offered_though_the_limit_was_never_reached() -> None:
    brief, later = replace(held(2, "A2", at=6), end=7 * SECOND), booked(3, "A3", at=18)
    refusal = replace(hold_expired(1, at=15), end=20 * SECOND)

    assert found([HOLD, brief, later, refusal], rows_of(HOLD, brief, later)) == {Kind.NO_ORDER}


@pytest.mark.parametrize("outcome", ["INTERNAL_SERVER_ERROR", "HTTP 500", "TimeoutError"])
def test_finds_unexpected_failures(outcome: str) -> None:
    call = replace(without_response(booked(1, at=1, key="k")), outcome=outcome)

    assert found([call], Rows()) == {Kind.UNEXPECTED}


def test_finds_a_booking_that_its_owner_cannot_find() -> None:
    sale = booked(1, at=1)
    lost = replace(cancelled(1, at=5), response=Response("NOT_FOUND"), outcome="NOT_FOUND")

    assert found([sale, lost], rows_of(sale)) == {Kind.UNEXPECTED}
