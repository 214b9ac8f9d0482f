from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.booking import blocks, bookings, holds, seats
from cinema.booking.errors import HoldExpired
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.catalog import scheduling
from cinema.core import clock, transactions
from cinema.core.errors import Busy, NotFound
from cinema.models import Booking, Show, Ticket, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    """Of the seats A1 and B1, for 8 minutes."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)


@pytest.fixture
def over(hold: Booking) -> Booking:
    """Of the seats A1 and B1, a minute ago."""
    return situations.expire_hold(hold)


def confirm(booking: Booking) -> Booking:
    return bookings.confirm(booking_id=booking.pk, by=booking.user)


def live_labels(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))


def test_a_hold_is_confirmed_for_good(hold: Booking) -> None:
    before = clock.now()
    confirmed = confirm(hold)

    assert (confirmed.pk, confirmed.reference, confirmed.total) == (hold.pk, hold.reference, Decimal("25.50"))
    assert (confirmed.status, confirmed.expires_at) == (BookingStatus.CONFIRMED, None)
    assert confirmed.confirmed_at is not None
    assert before <= confirmed.confirmed_at <= clock.now()
    much_later = clock.now() + timedelta(days=365)
    assert {ticket.status_at(much_later) for ticket in confirmed.tickets.all()} == {TicketStatus.VALID}


def test_what_is_returned_is_what_is_stored(hold: Booking) -> None:
    confirmed = confirm(hold)

    stored = Booking.objects.values().get()
    assert {name: getattr(confirmed, name) for name in stored} == stored


def test_a_hold_is_confirmed_until_its_last_moment(hold: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hold.expires_at is not None
    last = hold.expires_at - timedelta(microseconds=1)
    monkeypatch.setattr(clock, "now", lambda: last)

    assert confirm(hold).confirmed_at == last
    assert Ticket.objects.count() == 2


def test_an_expired_hold_is_taken_again_in_one_step(over: Booking) -> None:
    confirmed = confirm(over)

    assert (confirmed.status, confirmed.expires_at) == (BookingStatus.CONFIRMED, None)
    assert live_labels(over.show) == ["A1", "B1"]
    assert Ticket.objects.count() == 2


def test_an_expired_hold_long_ago_is_taken_again_as_well(hold: Booking) -> None:
    situations.expire_hold(hold, seconds_ago=20 * 60 * 60)

    assert confirm(hold).status == BookingStatus.CONFIRMED


def test_a_booking_that_was_taken_again_is_cancelled_like_any_other(over: Booking) -> None:
    confirm(over)

    cancelled = bookings.cancel(booking_id=over.pk, by=over.user, labels=["A1"])

    assert (cancelled.status, cancelled.total) == (BookingStatus.CONFIRMED, Decimal("15.50"))
    assert live_labels(over.show) == ["B1"]
    assert [ticket.status_at(clock.now()) for ticket in cancelled.tickets.all()] == [
        TicketStatus.CANCELLED,
        TicketStatus.VALID,
    ]


def test_once_given_back_the_seats_of_an_expired_hold_are_not_taken_again(over: Booking) -> None:
    confirm(over)
    bookings.cancel(booking_id=over.pk, by=over.user)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        confirm(over)

    assert refusal.value.still_available == []


def test_who_takes_a_seat_at_this_very_moment_keeps_it(over: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seats are looked at before they are taken; what was seen then does not count."""
    situations.a_booking("A1", show=over.show)
    monkeypatch.setattr(seats, "still_free", lambda lost, show: [seat.label for seat in lost])

    with nothing_changes(), pytest.raises(HoldExpired):
        confirm(over)


def test_a_seat_that_is_blocked_at_this_very_moment_stays_so(over: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks.block(show_id=over.show_id, labels=["B1"])
    monkeypatch.setattr(seats, "still_free", lambda lost, show: [seat.label for seat in lost])

    with nothing_changes(), pytest.raises(HoldExpired):
        confirm(over)


def test_what_refuses_is_the_cause_of_the_refusal(over: Booking, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=1)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        confirm(over)

    # Both are free, and one is all that the buyer can have.
    assert refusal.value.still_available == ["A1"]
    assert str(refusal.value.__cause__) == "You can book up to 1 seat per show; you already have 0."


def test_the_hold_of_another_buyer_who_took_over_and_expired_makes_way(over: Booking) -> None:
    theirs = situations.expire_hold(
        holds.acquire(show_id=over.show_id, wanted=["A1", "A2"], by=situations.a_user()), seconds_ago=1
    )

    assert confirm(over).status == BookingStatus.CONFIRMED

    theirs.refresh_from_db()
    assert theirs.status == BookingStatus.EXPIRED
    assert live_labels(over.show) == ["A1", "B1"]
    with pytest.raises(HoldExpired) as refusal:
        confirm(theirs)
    assert refusal.value.still_available == ["A2"]


def test_seats_that_never_come_free_are_busy(over: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "FIRST_PAUSE_SECONDS", 0.0001)
    monkeypatch.setattr(seats, "_try", lambda write: False)

    with nothing_changes(), pytest.raises(Busy):
        confirm(over)


def test_somebody_else_s_hold_is_not_there(hold: Booking) -> None:
    somebody_else = situations.a_user()

    with nothing_changes(), pytest.raises(NotFound):
        bookings.confirm(booking_id=hold.pk, by=somebody_else)


def test_a_hold_for_a_movie_that_is_shown_no_more_is_not_confirmed_for_another(over: Booking) -> None:
    scheduling.reschedule(show_id=over.show_id, movie_id=situations.a_movie().pk)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        confirm(over)

    assert refusal.value.still_available == []
    over.refresh_from_db()
    assert (over.status, over.total) == ("CANCELLED", Decimal(0))
