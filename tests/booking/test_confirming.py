from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.booking import blocks, bookings, holds, seats
from cinema.booking.errors import BookingCancelled, HoldExpired
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
    """A hold of the seats A1 and B1."""
    return holds.acquire(show_id=show.pk, wanted=["A1", "B1"], by=buyer)


@pytest.fixture
def expired(hold: Booking) -> Booking:
    """A hold of the seats A1 and B1 that expired a minute ago."""
    return situations.expire_hold(hold)


def confirm(booking: Booking) -> Booking:
    return bookings.confirm(booking_id=booking.pk, by=booking.user)


def live_labels(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))


def test_confirmed_hold_does_not_expire(hold: Booking) -> None:
    before = clock.now()
    confirmed = confirm(hold)

    assert (confirmed.pk, confirmed.reference, confirmed.total) == (hold.pk, hold.reference, Decimal("25.50"))
    assert (confirmed.status, confirmed.expires_at) == (BookingStatus.CONFIRMED, None)
    assert confirmed.confirmed_at is not None
    assert before <= confirmed.confirmed_at <= clock.now()
    much_later = clock.now() + timedelta(days=365)
    assert {ticket.status_at(much_later) for ticket in confirmed.tickets.all()} == {TicketStatus.VALID}


def test_returned_booking_equals_the_stored_one(hold: Booking) -> None:
    confirmed = confirm(hold)

    stored = Booking.objects.values().get()
    assert {name: getattr(confirmed, name) for name in stored} == stored


def test_hold_can_be_confirmed_until_its_last_moment(hold: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hold.expires_at is not None
    last = hold.expires_at - timedelta(microseconds=1)
    monkeypatch.setattr(clock, "now", lambda: last)

    assert confirm(hold).confirmed_at == last
    assert Ticket.objects.count() == 2


def test_expired_hold_with_free_seats_is_confirmed(expired: Booking) -> None:
    confirmed = confirm(expired)

    assert (confirmed.status, confirmed.expires_at) == (BookingStatus.CONFIRMED, None)
    assert live_labels(expired.show) == ["A1", "B1"]
    assert Ticket.objects.count() == 2


def test_hold_that_expired_long_ago_with_free_seats_is_confirmed(hold: Booking) -> None:
    situations.expire_hold(hold, seconds_ago=20 * 60 * 60)

    assert confirm(hold).status == BookingStatus.CONFIRMED


def test_booking_confirmed_after_expiry_can_be_cancelled(expired: Booking) -> None:
    confirm(expired)

    cancelled = bookings.cancel(booking_id=expired.pk, by=expired.user, labels=["A1"])

    assert (cancelled.status, cancelled.total) == (BookingStatus.CONFIRMED, Decimal("15.50"))
    assert live_labels(expired.show) == ["B1"]
    assert [ticket.status_at(clock.now()) for ticket in cancelled.tickets.all()] == [
        TicketStatus.CANCELLED,
        TicketStatus.VALID,
    ]


def test_cancelled_booking_is_not_confirmed_again(expired: Booking) -> None:
    confirm(expired)
    bookings.cancel(booking_id=expired.pk, by=expired.user)

    with nothing_changes(), pytest.raises(BookingCancelled) as refusal:
        confirm(expired)

    expired.refresh_from_db()
    assert refusal.value.cancelled_at == expired.cancelled_at


def test_seat_booked_during_the_confirmation_stays_booked(expired: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check for free seats comes before they are taken, so its result may be outdated."""
    situations.a_booking("A1", show=expired.show)
    monkeypatch.setattr(seats, "still_free", lambda lost, show: lost)

    with nothing_changes(), pytest.raises(HoldExpired):
        confirm(expired)


def test_seat_blocked_during_the_confirmation_stays_blocked(expired: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks.block(show_id=expired.show_id, labels=["B1"])
    monkeypatch.setattr(seats, "still_free", lambda lost, show: lost)

    with nothing_changes(), pytest.raises(HoldExpired):
        confirm(expired)


def test_seat_limit_is_the_cause_of_the_refusal(expired: Booking, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=1)

    with nothing_changes(), pytest.raises(HoldExpired) as refusal:
        confirm(expired)

    # Both seats are free, but the buyer may have only one.
    assert refusal.value.still_available == ["A1"]
    assert str(refusal.value.__cause__) == "You can book up to 1 seat per show; you already have 0."


def test_expired_hold_of_another_buyer_does_not_block_the_seats(expired: Booking) -> None:
    theirs = situations.expire_hold(
        holds.acquire(show_id=expired.show_id, wanted=["A1", "A2"], by=situations.a_user()), seconds_ago=1
    )

    assert confirm(expired).status == BookingStatus.CONFIRMED

    theirs.refresh_from_db()
    assert theirs.status == BookingStatus.EXPIRED
    assert live_labels(expired.show) == ["A1", "B1"]
    with pytest.raises(HoldExpired) as refusal:
        confirm(theirs)
    assert refusal.value.still_available == ["A2"]


def test_confirmation_is_busy_if_the_seats_cannot_be_taken(expired: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    situations.a_booking("A1", show=expired.show)
    attempts: list[object] = []
    monkeypatch.setattr(seats, "still_free", lambda lost, show: lost)
    monkeypatch.setattr(seats, "make_way", lambda *given, **_: attempts.append(given))

    with nothing_changes(), pytest.raises(Busy):
        confirm(expired)

    assert len(attempts) == transactions.ATTEMPTS


def test_hold_of_another_user_is_not_found(hold: Booking) -> None:
    other_user = situations.a_user()

    with nothing_changes(), pytest.raises(NotFound):
        bookings.confirm(booking_id=hold.pk, by=other_user)


def test_hold_is_not_confirmed_after_the_movie_of_the_show_changed(expired: Booking) -> None:
    scheduling.reschedule(show_id=expired.show_id, movie_id=situations.a_movie().pk)

    with nothing_changes(), pytest.raises(BookingCancelled):
        confirm(expired)

    expired.refresh_from_db()
    assert (expired.status, expired.total) == ("CANCELLED", Decimal(0))
