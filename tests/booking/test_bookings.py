from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cinema.booking import blocks, bookings, seats
from cinema.booking.errors import SeatLimitReached, SeatsTaken, ShowNotOnSale, TooLateToCancel, UnknownSeats
from cinema.booking.models import BookingStatus, TicketStatus
from cinema.booking.references import ALPHABET
from cinema.booking.status import ShowStatus
from cinema.catalog import scheduling
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.models import Booking, Price, Show, Ticket, User
from tests import situations
from tests.rules import ChangeRules
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


def live_labels(show: Show) -> list[str]:
    return sorted(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))


def book(show: Show, *labels: str, by: User) -> Booking:
    return bookings.book(show_id=show.pk, labels=labels, by=by)


def test_seats_are_booked_at_their_prices(show: Show, buyer: User) -> None:
    booking = book(show, "A1", "B2", by=buyer)

    assert booking.status == BookingStatus.CONFIRMED
    assert (booking.total, booking.currency) == (Decimal("25.50"), "USD")
    assert booking.confirmed_at == booking.created_at
    assert abs(timezone.now() - booking.created_at) < timedelta(minutes=1)
    assert [(t.seat.label, t.price, t.status_at(clock.now())) for t in booking.tickets.all()] == [
        ("A1", Decimal("10.00"), TicketStatus.VALID),
        ("B2", Decimal("15.50"), TicketStatus.VALID),
    ]
    assert live_labels(show) == ["A1", "B2"]


def test_reference_has_8_unambiguous_characters(show: Show, buyer: User) -> None:
    reference = book(show, "A1", by=buyer).reference

    assert len(reference) == 8
    assert set(reference) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01OILU")


def test_seat_released_during_the_refusal_is_not_its_own_alternative(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = situations.a_booking("A1", show=show)
    alternatives = seats._alternatives  # noqa: SLF001 - called after the seat is found taken

    def release_first(*args: Any, **kwargs: Any) -> list[str]:
        taken.tickets.update(released_at=clock.now())
        return alternatives(*args, **kwargs)

    monkeypatch.setattr(seats, "_alternatives", release_first)

    with pytest.raises(SeatsTaken) as refusal:
        book(show, "A1", by=buyer)
    assert (refusal.value.seats, refusal.value.alternatives) == (["A1"], ["A2"])


def test_taken_seat_is_refused_with_an_alternative(show: Show, buyer: User) -> None:
    situations.a_booking("A3", "A4", show=show)

    with pytest.raises(SeatsTaken) as refusal:
        book(show, "A4", by=buyer)

    assert refusal.value.seats == ["A4"]
    assert refusal.value.alternatives == ["A2"]
    assert str(refusal.value) == "No longer available: A4."
    assert not Booking.objects.filter(user=buyer).exists()
    assert live_labels(show) == ["A3", "A4"]


def test_all_seats_or_none(show: Show, buyer: User) -> None:
    situations.a_booking("A2", "A4", show=show)

    with pytest.raises(SeatsTaken) as refusal:
        book(show, "A1", "A2", "A3", "A4", by=buyer)

    assert refusal.value.seats == ["A2", "A4"]
    assert len(refusal.value.alternatives) == 4
    assert not set(refusal.value.alternatives) & {"A2", "A4"}
    assert live_labels(show) == ["A2", "A4"]


def test_blocked_seat_is_taken(show: Show, buyer: User) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])

    with pytest.raises(SeatsTaken):
        book(show, "A1", by=buyer)

    assert not Booking.objects.exists()


def test_held_seat_is_taken(show: Show, buyer: User) -> None:
    situations.a_hold("A1", show=show)

    with pytest.raises(SeatsTaken):
        book(show, "A1", by=buyer)

    assert not Booking.objects.filter(user=buyer).exists()


def test_seat_of_an_expired_hold_can_be_booked(show: Show, buyer: User) -> None:
    hold = situations.a_hold("A1", "A2", show=show, minutes_left=-1)

    booking = book(show, "A1", by=buyer)

    hold.refresh_from_db()
    assert hold.status == BookingStatus.EXPIRED
    assert [t.status_at(clock.now()) for t in hold.tickets.all()] == [TicketStatus.EXPIRED, TicketStatus.EXPIRED]
    assert booking.status == BookingStatus.CONFIRMED
    assert live_labels(show) == ["A1"]


def test_expired_hold_is_not_released_by_a_refused_call(show: Show, buyer: User) -> None:
    hold = situations.a_hold("A1", show=show, minutes_left=-1)
    situations.a_booking("A2", show=show)

    with pytest.raises(SeatsTaken) as refusal:
        book(show, "A1", "A2", by=buyer)

    hold.refresh_from_db()
    assert refusal.value.seats == ["A2"]
    assert hold.status == BookingStatus.HELD
    assert Ticket.objects.unreleased().filter(booking=hold).count() == 1


def test_unknown_seats_are_refused(show: Show, buyer: User) -> None:
    with pytest.raises(UnknownSeats) as refusal:
        book(show, "A1", "z9", "A99", by=buyer)

    assert refusal.value.seats == ["Z9", "A99"]
    assert not Booking.objects.exists()


def test_unknown_show_is_not_found(buyer: User) -> None:
    with nothing_changes(), pytest.raises(NotFound):
        bookings.book(show_id=10**9, labels=["A1"], by=buyer)


def test_booking_closes_before_the_start(buyer: User, change_rules: ChangeRules) -> None:
    change_rules(booking_closes_before_start=timedelta(minutes=30))
    closed = situations.a_show(starts_at=situations.in_hours(0.4))
    still_open = situations.a_show(starts_at=situations.in_hours(0.6))

    with pytest.raises(ShowNotOnSale) as refusal:
        book(closed, "A1", by=buyer)
    book(still_open, "A1", by=buyer)

    assert refusal.value.show_status is ShowStatus.CLOSED
    assert str(refusal.value).startswith("Booking for this show closed on ")
    assert live_labels(closed) == []


def test_show_that_started_is_closed(buyer: User) -> None:
    show = situations.a_started_show()

    with nothing_changes(), pytest.raises(ShowNotOnSale) as refusal:
        book(show, "A1", by=buyer)

    assert refusal.value.show_status is ShowStatus.CLOSED


def test_cancelled_show_is_not_on_sale(show: Show, buyer: User) -> None:
    scheduling.cancel(show_id=show.pk)

    with pytest.raises(ShowNotOnSale) as refusal:
        book(show, "A1", by=buyer)

    assert refusal.value.show_status is ShowStatus.CANCELLED
    assert not Booking.objects.exists()


def test_seats_per_user_and_show_are_limited(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(seats_per_user_and_show=3)
    first = book(show, "A1", "A2", by=buyer)

    with pytest.raises(SeatLimitReached) as refusal:
        book(show, "A3", "A4", by=buyer)
    assert (refusal.value.limit, refusal.value.already_taken) == (3, 2)
    assert live_labels(show) == ["A1", "A2"]

    bookings.cancel(booking_id=first.pk, by=buyer, labels=["A1"])
    book(show, "A3", "A4", by=buyer)
    book(situations.a_show(), "A1", "A2", "A3", by=buyer)
    assert live_labels(show) == ["A2", "A3", "A4"]


def test_later_price_does_not_change_a_sold_ticket(show: Show, buyer: User) -> None:
    booking = book(show, "A1", by=buyer)

    Price.objects.filter(show=show).update(amount=Decimal(99))

    assert booking.tickets.get().price == Decimal("10.00")


def test_seats_of_a_cancelled_booking_can_be_booked_again(show: Show, buyer: User) -> None:
    booking = book(show, "A1", "A2", by=buyer)

    cancelled = bookings.cancel(booking_id=booking.pk, by=buyer)

    assert cancelled.status == BookingStatus.CANCELLED
    assert cancelled.cancelled_at is not None
    assert cancelled.total == 0
    assert {t.status_at(clock.now()) for t in cancelled.tickets.all()} == {TicketStatus.CANCELLED}
    again = situations.a_booking("A1", "A2", show=show)
    assert again.status == BookingStatus.CONFIRMED
    assert Ticket.objects.filter(show=show).count() == 4


def test_some_seats_are_cancelled(show: Show, buyer: User) -> None:
    booking = book(show, "A1", "B1", "B2", by=buyer)

    left = bookings.cancel(booking_id=booking.pk, by=buyer, labels=["b1", "A1"])

    assert left.status == BookingStatus.CONFIRMED
    assert left.cancelled_at is None
    assert left.total == Decimal("15.50")
    assert live_labels(show) == ["B2"]


def test_cancelling_the_last_seat_cancels_the_booking(show: Show, buyer: User) -> None:
    booking = book(show, "A1", "A2", by=buyer)

    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A1"])
    last = bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])

    assert last.status == BookingStatus.CANCELLED


def test_cancelling_twice_changes_nothing(show: Show, buyer: User) -> None:
    booking = book(show, "A1", by=buyer)
    once = bookings.cancel(booking_id=booking.pk, by=buyer)
    released_at = booking.tickets.get().released_at

    twice = bookings.cancel(booking_id=booking.pk, by=buyer)

    assert twice.cancelled_at == once.cancelled_at
    assert booking.tickets.get().released_at == released_at


def test_cancelling_again_does_not_affect_the_next_buyer(show: Show, buyer: User) -> None:
    booking = book(show, "A1", by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer)
    next_buyer = situations.a_user()
    book(show, "A1", by=next_buyer)

    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A1"])

    assert Ticket.objects.live().get(show=show).booking.user == next_buyer  # type: ignore[union-attr]


def test_only_seats_of_the_booking_are_cancelled(show: Show, buyer: User) -> None:
    booking = book(show, "A1", by=buyer)
    situations.a_booking("A2", show=show)

    with pytest.raises(UnknownSeats) as refusal:
        bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A1", "A2"])

    assert refusal.value.seats == ["A2"]
    assert live_labels(show) == ["A1", "A2"]


def test_booking_of_another_user_is_not_found(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show)

    with pytest.raises(NotFound):
        bookings.cancel(booking_id=booking.pk, by=buyer)

    assert live_labels(show) == ["A1"]


def test_cancelling_closes_before_the_start(buyer: User, change_rules: ChangeRules) -> None:
    change_rules(cancelling_closes_before_start=timedelta(hours=2))
    show = situations.a_show(starts_at=situations.in_hours(1.5))
    booking = book(show, "A1", by=buyer)

    with pytest.raises(TooLateToCancel) as refusal:
        bookings.cancel(booking_id=booking.pk, by=buyer)

    assert refusal.value.deadline.moment == show.starts_at - timedelta(hours=2)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CONFIRMED
    assert live_labels(show) == ["A1"]


def test_hold_can_be_cancelled_at_any_time(buyer: User) -> None:
    show = situations.a_show(starts_at=situations.in_hours(0.5))
    hold = situations.a_hold("A1", show=show, by=buyer)

    cancelled = bookings.cancel(booking_id=hold.pk, by=buyer)

    assert cancelled.status == BookingStatus.CANCELLED
    assert live_labels(show) == []


def test_cancelling_a_show_cancels_its_bookings_and_holds(buyer: User) -> None:
    show = situations.a_show(starts_at=situations.in_hours(0.5))
    other = situations.a_booking("A1")
    booking, hold = book(show, "A1", by=buyer), situations.a_hold("A2", show=show)
    blocks.block(show_id=show.pk, labels=["A3"])

    scheduling.cancel(show_id=show.pk)

    assert set(Booking.objects.filter(pk__in=[booking.pk, hold.pk]).values_list("status", flat=True)) == {"CANCELLED"}
    assert live_labels(show) == []
    other.refresh_from_db()
    assert other.status == BookingStatus.CONFIRMED
