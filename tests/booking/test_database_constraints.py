"""The database refuses contradictory tickets and bookings, even if the Python code does not."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cinema.booking.models import BookingStatus
from cinema.models import Booking, Seat, Show, Ticket
from tests import situations

pytestmark = pytest.mark.django_db


def a_ticket(show: Show, booking: Booking | None, **fields: object) -> Ticket:
    seat = Seat.objects.get(screen=show.screen, label="A1")
    return Ticket.objects.create(show=show, seat=seat, booking=booking, price=1 if booking else None, **fields)


def test_the_database_refuses_a_second_live_ticket_for_a_seat(show: Show) -> None:
    situations.a_booking("A1", show=show)
    rival = situations.a_booking("A2", show=show)

    with pytest.raises(IntegrityError), transaction.atomic():
        a_ticket(show, rival)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_ticket(show, None)

    assert Ticket.objects.filter(show=show, seat__label="A1").count() == 1


def test_seat_may_have_any_number_of_released_tickets(show: Show) -> None:
    booking = situations.a_booking("A2", show=show)
    for _ in range(3):
        a_ticket(show, booking, released_at=timezone.now())

    a_ticket(show, booking)

    assert Ticket.objects.filter(show=show, seat__label="A1").count() == 4


def test_sold_ticket_has_a_price_and_a_block_has_none(show: Show) -> None:
    booking = situations.a_booking("A2", show=show)
    seat = Seat.objects.get(screen=show.screen, label="A1")

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.create(show=show, seat=seat, booking=booking, price=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.create(show=show, seat=seat, booking=None, price=1)

    assert Ticket.objects.filter(show=show).count() == 1


@pytest.mark.parametrize("status", [BookingStatus.CONFIRMED, BookingStatus.CANCELLED])
def test_confirmed_or_cancelled_booking_cannot_have_an_expiry(show: Show, status: BookingStatus) -> None:
    booking = situations.a_booking("A1", show=show)
    Booking.objects.filter(pk=booking.pk).update(status=status)

    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(expires_at=timezone.now())

    booking.refresh_from_db()
    assert (booking.status, booking.expires_at) == (status, None)
