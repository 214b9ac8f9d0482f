from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cinema.booking import bookings, holds, picking, seats
from cinema.booking.errors import HoldExpired, NotEnoughSeats, SeatLimitReached, SeatsTaken
from cinema.booking.holds import PICK_ATTEMPTS
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.booking.seats import BestAvailable
from cinema.catalog.plans import PlanSeat
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


def test_seats_are_held_at_their_prices_by_the_database_clock(show: Show, buyer: User) -> None:
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


def test_hold_expires_at_its_time_and_not_before(show: Show, buyer: User) -> None:
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
def test_expired_hold_is_released_whole_if_one_of_its_seats_is_taken(show: Show, buyer: User, *, mine: bool) -> None:
    expired = acquire(show, "A1", "A2", by=buyer if mine else situations.a_user())
    situations.expire_hold(expired)

    hold = acquire(show, "A2", "A3", by=buyer)

    expired.refresh_from_db()
    assert (expired.status, hold.status) == (BookingStatus.EXPIRED, BookingStatus.HELD)
    assert {ticket.released_at for ticket in expired.tickets.all()} == {expired.expires_at}
    assert live_labels(show) == ["A2", "A3"]


def test_seats_of_several_expired_holds_are_taken_in_one_call(show: Show, buyer: User) -> None:
    expired = [situations.expire_hold(acquire(show, label, by=situations.a_user())) for label in ("A1", "A2", "B1")]

    acquire(show, "A1", "A2", by=buyer)

    assert [Booking.objects.get(pk=each.pk).status for each in expired] == ["EXPIRED", "EXPIRED", "HELD"]
    assert live_labels(show) == ["A1", "A2"]


def test_unknown_show_is_not_found(buyer: User) -> None:
    for wanted in (["A1"], BestAvailable(1)):
        with nothing_changes(), pytest.raises(NotFound):
            holds.acquire(show_id=10**9, wanted=wanted, by=buyer)


@pytest.mark.parametrize("count", [0, -1])
def test_best_available_needs_at_least_one_seat(show: Show, buyer: User, count: int) -> None:
    with nothing_changes(), pytest.raises(InvalidInput) as refusal:
        acquire_best(show, count, by=buyer)

    assert [(each.field, each.code) for each in refusal.value.fields] == [("count", "min_value")]


# ---------------------------------------------------------------------- best available


def test_best_available_seats_are_held_until_none_are_left(buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])

    first, second = (acquire_best(show, 2, by=buyer) for _ in range(2))
    with nothing_changes(), pytest.raises(NotEnoughSeats) as refusal:
        acquire_best(show, 1, by=buyer)

    assert sorted(labels_of(first) + labels_of(second)) == ["A1", "A2", "A3", "A4"]
    assert (refusal.value.requested, refusal.value.available) == (1, 0)


def test_seats_of_an_expired_hold_are_available(buyer: User) -> None:
    show = situations.a_show(rows=["SSSS"])
    expired = situations.expire_hold(acquire(show, "A1", "A2", by=buyer))

    assert labels_of(acquire_best(show, 4, by=buyer)) == ["A1", "A2", "A3", "A4"]
    expired.refresh_from_db()
    assert expired.status == BookingStatus.EXPIRED


def test_retired_seats_are_not_available(buyer: User) -> None:
    show = situations.a_show(rows=["SSS"])
    Seat.objects.filter(label="A2").update(retired_at=clock.now())

    with nothing_changes(), pytest.raises(NotEnoughSeats) as refusal:
        acquire_best(show, 2, by=buyer)

    assert refusal.value.available == 1


@pytest.fixture
def outdated_picks(show: Show, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Labels that are picked first, one per call, whether they are free or not."""
    labels: list[str] = []
    pick = seats.pick

    def pick_outdated(wanted: BestAvailable, **where: Any) -> Sequence[Seat | PlanSeat]:
        if not labels:
            return pick(wanted, **where)
        return list(Seat.objects.filter(screen=show.screen, label=labels.pop(0)))

    monkeypatch.setattr(seats, "pick", pick_outdated)
    return labels


def test_more_seats_than_the_limit_are_not_picked(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picking, "best_available", lambda *_, **__: pytest.fail("picking many seats takes long"))

    with nothing_changes(), pytest.raises(SeatLimitReached):
        acquire_best(show, 11, by=buyer)


@pytest.mark.usefixtures("only_transactions")
def test_seats_are_picked_again_if_the_first_pick_was_taken(show: Show, buyer: User, outdated_picks: list[str]) -> None:
    situations.a_booking("A1", "A2", show=show)
    outdated_picks += ["A1", "A2"]

    hold = acquire_best(show, 1, by=buyer)

    assert labels_of(hold) == ["B4"]
    assert list(Booking.objects.filter(user=buyer)) == [hold]


@pytest.mark.usefixtures("only_transactions")
def test_hold_is_busy_if_every_pick_was_taken(show: Show, buyer: User, outdated_picks: list[str]) -> None:
    situations.a_booking("A1", show=show)
    outdated_picks += ["A1"] * 1000

    with nothing_changes(), pytest.raises(Busy):
        acquire_best(show, 1, by=buyer)

    assert len(outdated_picks) == 1000 - PICK_ATTEMPTS * ATTEMPTS


# ---------------------------------------------------------------------- extending


def test_extended_hold_lasts_the_maximum_lifetime(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(hold_lifetime_at_most=12 * MINUTE)
    hold = acquire(show, "A1", "A2", by=buyer)

    extended = holds.extend(booking_id=hold.pk, by=buyer)

    assert extended.expires_at == hold.created_at + 12 * MINUTE
    assert {ticket.expires_at for ticket in extended.tickets.all()} == {extended.expires_at}


def test_seat_can_be_booked_after_the_extended_hold_expired(show: Show, buyer: User) -> None:
    hold = holds.extend(booking_id=acquire(show, "A1", by=buyer).pk, by=buyer)

    situations.age_booking(hold, by=19 * MINUTE)
    with nothing_changes(), pytest.raises(SeatsTaken):
        situations.a_booking("A1", show=show, by=buyer)
    situations.age_booking(hold, by=MINUTE)

    assert situations.a_booking("A1", show=show, by=buyer).status == BookingStatus.CONFIRMED


def test_hold_of_another_user_cannot_be_extended(show: Show, buyer: User) -> None:
    theirs = acquire(show, "A1", by=situations.a_user())

    with nothing_changes(), pytest.raises(NotFound):
        holds.extend(booking_id=theirs.pk, by=buyer)


def test_refused_extension_names_the_seats_that_are_still_available(show: Show, buyer: User) -> None:
    hold = acquire(show, "A1", "A2", "A3", by=buyer)
    bookings.cancel(booking_id=hold.pk, by=buyer, labels=["A3"])
    situations.expire_hold(hold)
    situations.a_booking("A2", show=show)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        holds.extend(booking_id=hold.pk, by=buyer)

    assert refusal.value.still_available == ["A1"]
    assert str(refusal.value) == "Your hold has expired, and some of its seats are no longer available."


# ---------------------------------------------------------------------- releasing expired holds


def test_only_expired_holds_are_released(show: Show, buyer: User) -> None:
    expired = situations.expire_hold(acquire(show, "A1", "A2", by=buyer), seconds_ago=1)
    acquire(show, "A3", by=buyer)
    confirmed = acquire(show, "A4", by=buyer)
    bookings.confirm(booking_id=confirmed.pk, by=buyer)
    cancelled = situations.expire_hold(acquire(show, "A5", by=buyer), seconds_ago=-60)
    bookings.cancel(booking_id=cancelled.pk, by=buyer)

    assert holds.release_expired(at_most=10) == 1

    expired.refresh_from_db()
    assert expired.status == BookingStatus.EXPIRED
    assert {(t.released_at, t.expires_at) for t in expired.tickets.all()} == {(expired.expires_at, expired.expires_at)}
    assert live_labels(show) == ["A3", "A4"]
    with nothing_changes():
        assert holds.release_expired(at_most=10) == 0


def test_holds_that_expired_first_are_released_first(show: Show, buyer: User) -> None:
    for label, seconds in (("A1", 10), ("A2", 30), ("A3", 20)):
        situations.expire_hold(acquire(show, label, by=buyer), seconds_ago=seconds)

    assert holds.release_expired(at_most=2) == 2

    assert [labels_of(hold) for hold in Booking.objects.filter(status=BookingStatus.HELD)] == [["A1"]]


def test_total_of_an_expired_hold_is_unchanged(show: Show, buyer: User) -> None:
    expired = situations.expire_hold(acquire(show, "A1", by=buyer))

    holds.release_expired(at_most=10)

    expired.refresh_from_db()
    assert (expired.total, expired.cancelled_at) == (Decimal("10.00"), None)
