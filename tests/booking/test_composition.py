"""Another slice books inside its own use case: everything is stored together, or nothing is."""

import pytest
from django.db.transaction import TransactionManagementError

from cinema.booking import bookings, holds
from cinema.core.transactions import use_case
from cinema.models import Booking, Genre, Show, User
from tests.stored import nothing_changes


class CardDeclined(Exception):
    pass


@use_case
def pay(hold_id: int, *, by: User, declined: bool = False) -> Booking:
    """Act like a payment: store a row and confirm the booking in one transaction."""
    Genre.objects.create(name="paid")
    booking = bookings.confirm_in_transaction(booking_id=hold_id, by=by, key="payment")
    if declined:
        raise CardDeclined
    return booking


@pytest.fixture
def hold(show: Show, buyer: User) -> Booking:
    return holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)


def test_booking_is_confirmed_inside_another_use_case(hold: Booking, buyer: User) -> None:
    assert pay(hold.pk, by=buyer).status == "CONFIRMED"
    assert Genre.objects.filter(name="paid").exists()


def test_failure_after_the_confirmation_undoes_it(hold: Booking, buyer: User) -> None:
    with nothing_changes(), pytest.raises(CardDeclined):
        pay(hold.pk, by=buyer, declined=True)

    hold.refresh_from_db()
    assert hold.status == "HELD"
    assert pay(hold.pk, by=buyer).status == "CONFIRMED"


def test_seats_are_exchanged_in_one_transaction(hold: Booking, show: Show, buyer: User) -> None:
    @use_case
    def exchange() -> Booking:
        other = holds.acquire_in_transaction(show_id=show.pk, wanted=["B1"], by=buyer)
        bookings.cancel_in_transaction(booking_id=hold.pk, by=buyer)
        return bookings.confirm_in_transaction(booking_id=other.pk, by=buyer)

    assert exchange().status == "CONFIRMED"
    hold.refresh_from_db()
    assert hold.status == "CANCELLED"


@pytest.mark.django_db(transaction=True)
def test_bodies_require_a_transaction(hold: Booking, show: Show, buyer: User) -> None:
    with nothing_changes():
        with pytest.raises(TransactionManagementError):
            bookings.confirm_in_transaction(booking_id=hold.pk, by=buyer)
        with pytest.raises(TransactionManagementError):
            bookings.cancel_in_transaction(booking_id=hold.pk, by=buyer)
        with pytest.raises(TransactionManagementError):
            holds.acquire_in_transaction(show_id=show.pk, wanted=["B1"], by=buyer)
