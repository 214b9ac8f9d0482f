"""Each change of a booking causes one email, also after failures, and when more changes follow."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.mail import EmailMessage
from django.db.models import F

from cinema.booking import bookings, email_queue, emails, seating
from cinema.booking.email_queue import BookingEmail, HistoryRead
from cinema.catalog import scheduling
from cinema.core import clock
from cinema.models import Booking, Show, TicketEvent, User
from tests import situations
from tests.booking.emailing import begin, buyer, last, move_show, sent, show
from tests.stored import nothing_changes

__all__ = ["begin", "buyer", "show"]

pytestmark = pytest.mark.django_db


def reread_history() -> None:
    """Let the history be read again from the beginning, as after `REREAD_INTERVAL`."""
    HistoryRead.objects.update(reread_until=F("reread_until") - timedelta(hours=1))


def test_an_email_is_sent_once(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    assert len(sent()) == 1

    for _ in range(2):
        reread_history()
        assert sent() == []


def test_nothing_is_written_while_nothing_changes(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()

    with nothing_changes():
        assert sent() == []


def test_a_change_that_became_visible_late_is_found(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    assert email_queue.collect() == 1
    BookingEmail.objects.all().delete()
    # As if the transaction had been committed after a later change was read.
    assert email_queue.collect() == 0
    TicketEvent.objects.filter(ticket__booking=booking).update(at=F("at") - timedelta(seconds=30))
    assert email_queue.collect() == 0

    reread_history()

    assert len(sent()) == 1


def test_the_history_is_read_in_parts(show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_queue, "EVENTS_PER_PART", 2)
    for label in ("A1", "A2", "A3", "A4", "A5"):
        situations.a_booking(label, show=show, by=buyer)

    assert email_queue.collect() == 5
    assert email_queue.collect() == 0


def test_changes_of_more_than_a_day_ago_are_no_news(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    three_days = timedelta(days=3)
    HistoryRead.objects.update(read_until=F("read_until") - three_days, reread_until=F("reread_until") - three_days)
    TicketEvent.objects.filter(ticket__booking=booking).update(at=F("at") - timedelta(days=2))

    assert sent() == []


def test_a_cancelled_booking_is_not_announced_as_confirmed(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    bookings.cancel(booking_id=booking.pk, by=buyer)

    assert sent() == [f"Your booking {booking.reference} is cancelled"]


def test_two_moves_before_the_email_are_one(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    earlier = show.starts_at
    move_show(show, 1)
    move_show(show, 2)

    assert len(sent()) == 1
    assert f"Earlier time: {emails._local(earlier, show.screen.theater)}\n" in last()[0]  # noqa: SLF001
    reread_history()
    assert sent() == []


def test_a_move_back_before_the_email_is_none(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    move_show(show, 1)
    move_show(show, -1)

    assert sent() == []


def test_ended_emails_are_deleted_after_two_days(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    situations.a_booking("A2", show=show, by=buyer)
    sent()
    BookingEmail.objects.filter(booking=Booking.objects.first()).update(ended_at=F("ended_at") - timedelta(days=2))

    assert email_queue.purge(at_most=10) == 1
    assert BookingEmail.objects.count() == 1


# ---------------------------------------------------------------------- latest state


def fail_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try to send the emails that are due, without a mail server. They are due again then."""
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", Mock(side_effect=ConnectionRefusedError("refused")))
        emails.send_due(at_most=1000)
    assert BookingEmail.waiting().update(due_at=clock.now()) == 1


def while_sending(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> list[str]:
    """Send every email that is due, and make the change after the first one was rendered. Returns their subjects."""
    changes, send = iter([change]), EmailMessage.send

    def send_after_change(self: EmailMessage) -> int:
        next(changes, lambda: None)()
        return send(self)

    monkeypatch.setattr(EmailMessage, "send", send_after_change)
    return sent()


@pytest.mark.parametrize("collects_between", [True, False])
def test_a_show_that_is_moved_again_after_a_failure_is_announced_once(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch, *, collects_between: bool
) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    earlier = show.starts_at
    move_show(show, 1)
    fail_to_send(monkeypatch)
    move_show(show, 2)
    if collects_between:
        email_queue.collect()

    assert len(sent()) == 1

    assert f"Earlier time: {emails._local(earlier, show.screen.theater)}\n" in last()[0]  # noqa: SLF001
    assert f"New time: {emails._local(show.starts_at, show.screen.theater)}\n" in last()[0]  # noqa: SLF001
    reread_history()
    assert sent() == []


def test_a_show_that_is_moved_while_its_email_is_sent_is_announced_again(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    move_show(show, 1)
    announced = show.starts_at

    assert len(while_sending(monkeypatch, lambda: move_show(show, 2))) == 2

    assert f"Earlier time: {emails._local(announced, show.screen.theater)}\n" in last()[0]  # noqa: SLF001
    assert f"New time: {emails._local(show.starts_at, show.screen.theater)}\n" in last()[0]  # noqa: SLF001
    reread_history()
    assert sent() == []


def test_a_show_that_is_moved_back_after_its_email_is_announced_again(show: Show, buyer: User) -> None:
    situations.a_booking("A1", show=show, by=buyer)
    sent()
    for hours in (1, -1, 1):
        move_show(show, hours)
        assert sent() == ["Alien & Co starts at a different time"]
        reread_history()
        assert sent() == []


def test_seats_that_changed_twice_before_the_email_are_announced_once(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", show=show, by=buyer)
    sent()
    staff = situations.a_staff_member("change_show")
    for label in ("A5", "A6"):
        tickets = list(booking.tickets.filter(released_at=None).values_list("pk", flat=True))
        seating.move(show_id=show.pk, ticket_ids=tickets, labels=[label], by=staff)

    assert sent() == ["Your seats for Alien & Co have changed"]

    assert "Seats: A6\n" in last()[0]
    reread_history()
    assert sent() == []


def test_the_emails_of_a_large_show_are_added_in_parts(
    show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_queue, "EMAILS_PER_PART", 2)
    for label in ("A1", "A2", "A3", "A4", "A5"):
        situations.a_booking(label, show=show, by=buyer)
    sent()
    create = BookingEmail.objects.bulk_create
    parts: list[int] = []

    def crash_in_third_part(emails: list[BookingEmail], **options: Any) -> list[BookingEmail]:
        parts.append(len(emails))
        if len(parts) == 3:
            raise SystemError
        return create(emails, **options)

    monkeypatch.setattr(BookingEmail.objects, "bulk_create", crash_in_third_part)
    move_show(show, 1)
    with pytest.raises(SystemError):
        email_queue.collect()
    assert BookingEmail.objects.filter(kind="SHOW_MOVED").count() == 4
    email_queue.collect()
    assert BookingEmail.objects.filter(kind="SHOW_MOVED").count() == 5

    scheduling.cancel(show_id=show.pk)
    email_queue.collect()

    assert BookingEmail.objects.filter(kind="CANCELLED").count() == 5
    assert max(parts) == 2
