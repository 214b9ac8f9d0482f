"""Emails about bookings: confirmed, cancelled, other seats, and another start of the show.

They are rendered when they are sent, so they have the latest state of the booking and its show.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

from cinema.accounts.rules import rules as account_rules
from cinema.booking import deadlines, email_queue
from cinema.booking.email_queue import BookingEmail, BookingEmailKind
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEvent, TicketEventKind
from cinema.catalog.local_times import LocalTime
from cinema.catalog.models import ShowFormat, Theater
from cinema.core import clock, mail_delivery
from cinema.core.text import join_words


def send_due(*, at_most: int) -> int:
    """Collect new emails, and process up to `at_most` that are due. Return how many were sent, postponed or dropped."""
    email_queue.collect()
    return mail_delivery.send_due(BookingEmail.waiting(), _message, at_most=at_most, finish=email_queue.finish)


def _message(email: BookingEmail) -> EmailMessage | None:
    """The email to send. None if the user has no verified address any more, or if it is out of date."""
    booking = Booking.objects.with_details().select_related("user").get(pk=email.booking_id)
    if not booking.user.email_verified:
        return None
    details = _details(email, booking)
    if details is None:
        return None
    context = {**_context(booking), **details}
    name = f"cinema/emails/bookings/{email.kind.lower()}"
    subject = " ".join(render_to_string(f"{name}.subject.txt", context).split())
    message = EmailMultiAlternatives(subject, render_to_string(f"{name}.txt", context), to=[booking.user.email])
    message.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return message


def _context(booking: Booking) -> dict[str, Any]:
    show, theater = booking.show, booking.show.screen.theater
    deadline = deadlines.booking_cancellable_until(booking, clock.now())
    return {
        "user": booking.user,
        "booking": booking,
        "movie": show.movie,
        "format": ShowFormat(show.format).usual_name,
        "theater": theater,
        "screen": show.screen,
        "starts_at": _local(show.starts_at, theater),
        "seats": _labels(booking.tickets.unreleased()),
        "total": booking.price(),
        "cancellable_until": LocalTime.of(deadline, theater) if deadline else None,
        "link": f"{account_rules().front_end_url}/#/bookings",
    }


def _details(email: BookingEmail, booking: Booking) -> dict[str, Any] | None:
    """What the template needs besides the booking. None if the email is out of date, or says nothing new."""
    if email.kind == BookingEmailKind.CANCELLED:
        return _cancellation(email, booking)
    if booking.status != BookingStatus.CONFIRMED:
        return None
    return _new_state(email, booking) if email.kind in email_queue.STATE_KINDS else {}


def _new_state(email: BookingEmail, booking: Booking) -> dict[str, Any] | None:
    known, email.announcing = email_queue.last_announced(email), email_queue.state_of(email, booking)
    if email.kind == BookingEmailKind.SEATS_CHANGED:
        return {} if email.announcing != known else None
    assert email.earlier_start is not None
    earlier = datetime.fromisoformat(known) if known else email.earlier_start
    if earlier == booking.show.starts_at:
        return None
    return {"earlier_start": _local(earlier, booking.show.screen.theater)}


def _cancellation(email: BookingEmail, booking: Booking) -> dict[str, Any]:
    events = TicketEvent.objects.filter(ticket__booking=booking, kind=TicketEventKind.CANCELLED, at=email.at)
    cancelled = list(events.select_related("ticket__seat").order_by("ticket__seat__row_index", "ticket__seat__column"))
    show = booking.show
    return {
        "cancelled": _labels(event.ticket for event in cancelled),
        "is_whole": booking.cancelled_at == email.at,
        "by_buyer": any(event.by_id == booking.user_id for event in cancelled),
        "with_show": show.cancelled_at is not None and show.cancelled_at <= email.at,
    }


def _labels(tickets: Iterable[Ticket]) -> str:
    return join_words([ticket.seat.label for ticket in tickets])


def _local(moment: Any, theater: Theater) -> str:
    local = LocalTime.of(moment, theater)
    return f"{local.moment:%A}, {local}"
