from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.booking import bookings, holds, seats
from cinema.booking.errors import HoldExpired, NotEnoughSeats, SeatsTaken
from cinema.booking.holds import PICK_ATTEMPTS
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.booking.seats import BestAvailable
from cinema.core import clock, transactions
from cinema.core.errors import Busy, InvalidInput, NotFound
from cinema.core.transactions import ATTEMPTS
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)


def acquire(show: Show, *labels: str, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=labels, by=by)


def acquire_best(show: Show, count: int, *, by: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=BestAvailable(count), by=by)


def labels_of(booking: Booking) -> list[str]:
    return [ticket.seat.label for ticket in booking.tickets.all()]


def live_labels(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))


# ---------------------------------------------------------------------- acquiring


def test_seats_are_held_at_their_prices_by_the_database_s_clock(show: Show, buyer: User) -> None:
    before = clock.now()
    hold = acquire(show, "B2", "A1", by=buyer)
    after = clock.now()

    assert (hold.status, hold.user, hold.show) == (BookingStatus.HELD, buyer, show)
    assert (hold.total, hold.currency) == (Decimal("25.50"), "USD")
    assert before <= hold.created_at <= after
    assert hold.expires_at == hold.created_at + 8 * MINUTE
    assert (hold.confirmed_at, hold.cancelled_at) == (None, None)
    assert [(t.seat.label, t.price, t.expires_at, t.released_at, t.status_at(after)) for t in hold.tickets.all()] == [
        ("A1", Decimal("10.00"), hold.expires_at, None, TicketStatus.HELD),
        ("B2", Decimal("15.50"), hold.expires_at, None, TicketStatus.HELD),
    ]


def test_a_hold_is_over_at_its_moment_and_not_before(show: Show, buyer: User) -> None:
    hold = acquire(show, "A1", by=buyer)
    ticket = hold.tickets.get()
    assert hold.expires_at is not None
    just_before = hold.expires_at - timedelta(microseconds=1)

    assert (hold.status_at(just_before), hold.status_at(hold.expires_at)) == (BookingStatus.HELD, BookingStatus.EXPIRED)
    assert (ticket.status_at(just_before), ticket.status_at(hold.expires_at)) == (
        TicketStatus.HELD,
        TicketStatus.EXPIRED,
    )


def test_all_seats_or_none(show: Show, buyer: User) -> None:
    situations.a_booking("A2", show=show)

    with nothing_changes(), pytest.raises(SeatsTaken) as refusal:
        acquire(show, "A1", "A2", "A3", by=buyer)

    assert (refusal.value.seats, len(refusal.value.alternatives)) == (["A2"], 3)


@pytest.mark.parametrize("mine", [False, True])
def test_an_expired_hold_is_taken_over_whole(show: Show, buyer: User, *, mine: bool) -> None:
    over = acquire(show, "A1", "A2", by=buyer if mine else situations.a_user())
    situations.expire_hold(over)

    hold = acquire(show, "A2", "A3", by=buyer)

    over.refresh_from_db()
    assert (over.status, hold.status) == (BookingStatus.EXPIRED, BookingStatus.HELD)
    assert {ticket.released_at for ticket in over.tickets.all()} == {over.expires_at}
    assert live_labels(show) == ["A2", "A3"]


def test_seats_of_several_expired_holds_are_taken_over_at_once(show: Show, buyer: User) -> None:
    over = [situations.expire_hold(acquire(show, label, by=situations.a_user())) for label in ("A1", "A2", "B1")]

    acquire(show, "A1", "A2", by=buyer)

    assert [Booking.objects.get(pk=each.pk).status for each in over] == ["EXPIRED", "EXPIRED", "HELD"]
    assert live_labels(show) == ["A1", "A2"]


def test_a_show_that_is_not_there(buyer: User) -> None:
    for wanted in (["A1"], BestAvailable(1)):
        with nothing_changes(), pytest.raises(NotFound):
            holds.acquire(show_id=10**9, wanted=wanted, by=buyer)


@pytest.mark.parametrize("count", [0, -1])
def test_no_seats_are_not_the_best(show: Show, buyer: User, count: int) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        acquire_best(show, count, by=buyer)

    assert [(each.field, each.code) for each in refusal.value.fields] == [("count", "min_value")]


# ---------------------------------------------------------------------- the best there are


def test_the_best_are_held_until_none_are_left(buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])

    first, second = (acquire_best(show, 2, by=buyer) for _ in range(2))
    with nothing_changes(), pytest.raises(NotEnoughSeats) as refusal:
        acquire_best(show, 1, by=buyer)

    assert sorted(labels_of(first) + labels_of(second)) == ["A1", "A2", "A3", "A4"]
    assert (refusal.value.requested, refusal.value.available) == (1, 0)


def test_seats_of_an_expired_hold_are_among_the_best(buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])
    over = situations.expire_hold(acquire(show, "A1", "A2", by=buyer))

    assert labels_of(acquire_best(show, 4, by=buyer)) == ["A1", "A2", "A3", "A4"]
    over.refresh_from_db()
    assert over.status == BookingStatus.EXPIRED


def test_seats_that_left_the_plan_are_not(buyer: User) -> None:
    show = situations.a_show(rows=["SSS"])
    Seat.objects.filter(label="A2").update(retired_at=clock.now())

    with nothing_changes(), pytest.raises(NotEnoughSeats) as refusal:
        acquire_best(show, 2, by=buyer)

    assert refusal.value.available == 1


@pytest.fixture
def slow_choices(show: Show, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The labels that are chosen, one choice after the other, whether they are free or not; then what is best."""
    choices: list[str] = []
    chosen = seats.pick

    def choose(wish: BestAvailable, **where: Any) -> list[Seat]:
        if not choices:
            return chosen(wish, **where)
        return list(Seat.objects.filter(screen=show.screen, label=choices.pop(0)))

    monkeypatch.setattr(seats, "pick", choose)
    return choices


def test_for_whom_somebody_else_was_faster_seats_are_chosen_again(
    show: Show, buyer: User, slow_choices: list[str]
) -> None:
    situations.a_booking("A1", "A2", show=show)
    slow_choices += ["A1", "A2"]

    hold = acquire_best(show, 1, by=buyer)

    assert labels_of(hold) == ["B4"]
    assert list(Booking.objects.filter(user=buyer)) == [hold]


def test_who_is_slower_each_time_starts_over_and_is_told_in_the_end(
    show: Show, buyer: User, slow_choices: list[str]
) -> None:
    situations.a_booking("A1", show=show)
    slow_choices += ["A1"] * 1000

    with nothing_changes(), pytest.raises(Busy):
        acquire_best(show, 1, by=buyer)

    assert len(slow_choices) == 1000 - PICK_ATTEMPTS * ATTEMPTS


# ---------------------------------------------------------------------- extending


def test_a_hold_is_extended_to_the_longest_it_may_last(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(hold_lifetime_at_most=12 * MINUTE)
    hold = acquire(show, "A1", "A2", by=buyer)

    extended = holds.extend(booking_id=hold.pk, by=buyer)

    assert extended.expires_at == hold.created_at + 12 * MINUTE
    assert {ticket.expires_at for ticket in extended.tickets.all()} == {extended.expires_at}


def test_a_hold_that_was_extended_is_taken_over_when_that_is_over(show: Show, buyer: User) -> None:
    hold = holds.extend(booking_id=acquire(show, "A1", by=buyer).pk, by=buyer)

    situations.age_booking(hold, by=19 * MINUTE)
    with nothing_changes(), pytest.raises(SeatsTaken):
        situations.a_booking("A1", show=show, by=buyer)
    situations.age_booking(hold, by=MINUTE)

    assert situations.a_booking("A1", show=show, by=buyer).status == BookingStatus.CONFIRMED


def test_somebody_else_s_hold_is_not_there_to_extend(show: Show, buyer: User) -> None:
    theirs = acquire(show, "A1", by=situations.a_user())

    with nothing_changes(), pytest.raises(NotFound):
        holds.extend(booking_id=theirs.pk, by=buyer)


def test_what_is_left_of_a_hold_that_is_over_is_named(show: Show, buyer: User) -> None:
    hold = acquire(show, "A1", "A2", "A3", by=buyer)
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A3"])
    situations.expire_hold(hold)
    situations.a_booking("A2", show=show)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        holds.extend(booking_id=hold.pk, by=buyer)

    assert refusal.value.still_available == ["A1"]
    assert str(refusal.value) == "Your seats have been released."


# ---------------------------------------------------------------------- noticing what ran out


def test_expired_holds_are_released_and_no_others(show: Show, buyer: User) -> None:
    over = situations.expire_hold(acquire(show, "A1", "A2", by=buyer), seconds_ago=1)
    acquire(show, "A3", by=buyer)
    confirmed = acquire(show, "A4", by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    given_up = situations.expire_hold(acquire(show, "A5", by=buyer), seconds_ago=-60)
    bookings.cancel(booking_id=given_up.pk, by=buyer)

    assert holds.release_expired(at_most=10) == 1

    over.refresh_from_db()
    assert over.status == BookingStatus.EXPIRED
    assert {(t.released_at, t.expires_at) for t in over.tickets.all()} == {(over.expires_at, over.expires_at)}
    assert live_labels(show) == ["A3", "A4"]
    with nothing_changes():
        assert holds.release_expired(at_most=10) == 0


def test_those_that_expired_longest_ago_are_released_first(show: Show, buyer: User) -> None:
    for label, seconds in (("A1", 10), ("A2", 30), ("A3", 20)):
        situations.expire_hold(acquire(show, label, by=buyer), seconds_ago=seconds)

    assert holds.release_expired(at_most=2) == 2

    assert [labels_of(hold) for hold in Booking.objects.filter(status=BookingStatus.HELD)] == [["A1"]]


def test_a_total_stays_what_it_would_have_cost(show: Show, buyer: User) -> None:
    over = situations.expire_hold(acquire(show, "A1", by=buyer))

    holds.release_expired(at_most=10)

    over.refresh_from_db()
    assert (over.total, over.cancelled_at) == (Decimal("10.00"), None)
