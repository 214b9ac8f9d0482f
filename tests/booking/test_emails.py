"""Emails about bookings: their recipients and contents."""

import pytest
from django.core import mail

from cinema.booking import bookings, email_queue, emails, holds, seating
from cinema.booking.email_queue import BookingEmail
from cinema.catalog import scheduling
from cinema.catalog.time_zones import zone_of
from cinema.models import Show, User
from tests import situations
from tests.booking.emailing import begin, buyer, last, move_show, sent, show
from tests.rules import ChangeRules

__all__ = ["begin", "buyer", "show"]

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------------- content


def test_a_booking(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(front_end_url="https://cinema.example")
    booking = situations.a_booking("A1", "B2", show=show, by=buyer)

    assert sent() == [f"Your booking for Alien & Co: {booking.reference}"]

    assert mail.outbox[-1].to == ["ada@example.com"]
    text, html = last()
    local = show.starts_at.astimezone(zone_of("Europe/Lisbon"))
    assert f"Time: {local:%A}, {local:%b} {local.day}, {local:%H:%M} (local time in Lisbon)\n" in text
    assert "Movie: Alien & Co, 2D\n" in text
    assert "Seats: A1 and B2\nTotal: 25.50 USD\n" in text
    assert f"Reference: {booking.reference}\n" in text
    assert "You can cancel until " in text
    assert "\nMy bookings: https://cinema.example/#/bookings\n" in text
    assert "Alien &amp; Co" in html
    assert 'href="https://cinema.example/#/bookings"' in html


def test_a_confirmed_hold(show: Show, buyer: User) -> None:
    held = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    assert sent() == []

    bookings.confirm(booking_id=held.pk, by=buyer)
    assert sent() == [f"Your booking for Alien & Co: {held.reference}"]


def test_cancelled_by_the_buyer(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "A2", "A3", show=show, by=buyer)
    sent()

    bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"])
    assert sent() == [f"Seats of your booking {booking.reference} are cancelled"]
    assert "You have cancelled A2. The other seats of your booking are still yours." in last()[0]
    assert "Seats: A1 and A3\n" in last()[0]

    bookings.cancel(booking_id=booking.pk, by=buyer)
    assert sent() == [f"Your booking {booking.reference} is cancelled"]
    assert "You have cancelled your booking of A1 and A3." in last()[0]
    assert "Seats:" not in last()[0]
    assert "You can cancel" not in last()[0]


def test_cancelled_by_staff(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    sent()

    tickets = booking.tickets.values_list("pk", flat=True)
    seating.cancel(show_id=show.pk, ticket_ids=list(tickets), by=situations.a_staff_member("change_show"))

    assert sent() == [f"Your booking {booking.reference} is cancelled"]
    assert "The cinema has cancelled your booking of A1." in last()[0]


def test_cancelled_with_the_show(show: Show, buyer: User) -> None:
    situations.a_booking("A1", "A2", show=show, by=buyer)
    sent()

    scheduling.cancel(show_id=show.pk)

    (subject,) = sent()
    assert subject.startswith("Cancelled: Alien & Co on ")
    assert "The cinema has cancelled this show, and with it your booking of A1 and A2." in last()[0]


def test_moved_to_other_seats(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    sent()

    tickets = list(booking.tickets.values_list("pk", flat=True))
    seating.move(show_id=show.pk, ticket_ids=tickets, labels=["A5"], by=situations.a_staff_member("change_show"))

    assert sent() == ["Your seats for Alien & Co have changed"]
    assert "Seats: A5\nTotal: 10.00 USD\n" in last()[0]


def test_moved_show(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    earlier = show.starts_at
    move_show(show, 2)
    situations.a_booking("A2", show=show, by=buyer)

    assert min(sent()) == "Alien & Co starts at a different time"

    (text,) = [str(message.body) for message in mail.outbox if "a different time" in message.subject]
    assert f"New time: {emails._local(show.starts_at, show.screen.theater)}\n" in text  # noqa: SLF001
    assert f"Earlier time: {emails._local(earlier, show.screen.theater)}\n" in text  # noqa: SLF001


# ---------------------------------------------------------------------- recipients


def test_only_verified_addresses_get_emails(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show)
    changed = situations.a_user("bob", verified_email="old@example.com")
    situations.a_booking("A2", show=show, by=changed)
    situations.a_booking("A3", show=show, by=buyer)
    assert email_queue.collect() == 1
    User.objects.filter(pk=buyer.pk).update(email="new@example.com")

    assert sent() == []
    assert not BookingEmail.waiting().exists()


def test_released_and_expired_holds_are_no_news(show: Show, buyer: User) -> None:
    bookings.cancel(booking_id=holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer).pk, by=buyer)
    situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A2"], by=buyer))
    holds.release_expired(at_most=10)

    assert sent() == []


def test_emails_can_be_turned_off(show: Show, buyer: User, change_rules: ChangeRules) -> None:
    change_rules(sends_emails=False)
    situations.a_booking("A1", show=show, by=buyer)
    assert sent() == []

    change_rules(sends_emails=True)
    assert sent() == []
