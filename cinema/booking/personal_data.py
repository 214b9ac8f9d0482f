"""Personal data of a customer: a copy of it, and its erasure. Bookings remain for the accounts of the cinema."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import prefetch_related_objects

from cinema.accounts import locks, sessions
from cinema.accounts.mail_queue import QueuedMail
from cinema.accounts.models import User
from cinema.accounts.tokens import RefreshToken
from cinema.booking import bookings
from cinema.booking.models import Booking, BookingStatus, HoldOrigin, Ticket
from cinema.core import clock
from cinema.core.idempotency import IdempotencyKey
from cinema.core.money import Money
from cinema.core.transactions import requires_transaction, use_case

# A domain that never exists (RFC 2606).
ERASED_DOMAIN = "erased.invalid"


def export(user: User) -> dict[str, Any]:
    """Everything that is stored about the user, as JSON. Times are in UTC."""
    user = User.objects.get(pk=user.pk)
    found = list(user.bookings.with_details().order_by("pk"))
    prefetch_related_objects(found, "tickets__seat", "tickets__events")
    now = clock.now()
    return {
        "account": {
            "username": user.username,
            "email": user.email,
            "newEmail": user.new_email or None,
            "emailVerified": user.email_verified,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "createdAt": _text(user.date_joined),
            "lastLoginAt": _text(user.last_login),
        },
        "sessions": [
            {"createdAt": _text(token.created), "endedAt": _text(token.revoked)}
            for token in RefreshToken.objects.filter(user=user).order_by("pk")
        ],
        "bookings": [_booking(booking, now) for booking in found],
    }


def erase(*, by: User, password: str, address: str) -> datetime:
    """Erase the personal data of `by`. The account can no longer be used. Returns the time.

    Open holds are released, and confirmed bookings remain valid. Raises `InvalidInput` for `current_password`, or
    `TooManyAttempts`.
    """
    sessions.check_current_password(by=by, password=password, address=address)
    return erase_user(user_id=by.pk)


@use_case
def erase_user(*, user_id: int) -> datetime:
    """Erase the personal data of a user. Doing so twice changes nothing. Returns the time. Raises `NotFound`."""
    user = locks.user(user_id)
    _release_holds(user)
    _forget(user)
    sessions.end_all(user=user)
    RefreshToken.objects.filter(user=user).delete()
    return clock.now()


def _release_holds(user: User) -> None:
    for booking in Booking.objects.in_status(BookingStatus.HELD).filter(user=user):
        bookings.cancel_in_transaction(booking_id=booking.pk, by=user)


@requires_transaction
def _forget(user: User) -> None:
    QueuedMail.objects.filter(address__in=[user.email, user.new_email]).delete()
    IdempotencyKey.objects.filter(user_id=user.pk).delete()
    HoldOrigin.objects.filter(booking__user=user).delete()
    user.username = f"erased-{user.pk}"
    user.email = f"{user.username}@{ERASED_DOMAIN}"
    user.verified_email = user.new_email = user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    # The history of the staff pages contains the names that users had.
    changes = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    changes.update(object_repr=str(user))


def _booking(booking: Booking, now: datetime) -> dict[str, Any]:
    show = booking.show
    return {
        "reference": booking.reference,
        "status": booking.status_at(now),
        "movie": show.movie.title,
        "theater": show.screen.theater.name,
        "screen": show.screen.name,
        "showStartsAt": _text(show.starts_at),
        "createdAt": _text(booking.created_at),
        "confirmedAt": _text(booking.confirmed_at),
        "cancelledAt": _text(booking.cancelled_at),
        "currency": booking.currency,
        "tickets": [_ticket(ticket, booking.currency, now) for ticket in booking.tickets.all()],
    }


def _ticket(ticket: Ticket, currency: str, now: datetime) -> dict[str, Any]:
    return {
        "seat": ticket.seat.label,
        "price": None if ticket.price is None else str(Money(ticket.price, currency).rounded),
        "status": ticket.status_at(now),
        "events": [{"kind": event.kind, "at": _text(event.at)} for event in ticket.events.all()],
    }


def _text(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
