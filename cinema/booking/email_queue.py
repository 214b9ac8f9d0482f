"""The queue of emails about bookings, filled from the history of seats and of moved shows.

A sale does not write to the queue, so emails do not make it slower. A worker reads the history and adds a row for each
change that its buyer gets an email about. The history is written in the transaction of the change, so no change is
missed, and a unique constraint lets a change be added once, however often the history is read.

A change becomes visible when its transaction commits, which may be after later changes were read. So the history is
read as soon as possible, and again when every transaction that may have written to it has ended.

Other seats and another start are announced once, in their latest state, however often they have changed. At most one
such email of each kind waits for a booking. It stores what it announced: later emails that would announce the same are
not sent, and if that has changed while the email was being sent, it is sent again.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cinema.booking.models import Booking, BookingStatus, TicketEvent, TicketEventKind
from cinema.booking.rules import rules
from cinema.booking.seat_maps import MARGIN
from cinema.catalog.moves import EarlierStart
from cinema.core import clock, purging
from cinema.core.mail_delivery import DROP_AFTER
from cinema.core.queue import QueuedRow
from cinema.core.transactions import use_case

# The history is read in parts, so that a transaction is short after the worker was stopped for hours.
EVENTS_PER_PART = 2000
# A part adds no more emails than this, also when a show with thousands of bookings is moved or cancelled.
EMAILS_PER_PART = 500
# How often the history is read again.
REREAD_INTERVAL = timedelta(seconds=30)


class BookingEmailKind(models.TextChoices):
    CONFIRMED = "CONFIRMED", "The booking is confirmed"
    CANCELLED = "CANCELLED", "The booking, or some of its seats, were cancelled"
    SEATS_CHANGED = "SEATS_CHANGED", "Staff moved the buyer to other seats"
    SHOW_MOVED = "SHOW_MOVED", "The show starts at another time"


KINDS = {
    TicketEventKind.CONFIRMED: BookingEmailKind.CONFIRMED,
    TicketEventKind.CANCELLED: BookingEmailKind.CANCELLED,
    TicketEventKind.MOVED_IN: BookingEmailKind.SEATS_CHANGED,
}
# Emails about the latest state of a booking: see above.
STATE_KINDS: set[str] = {BookingEmailKind.SEATS_CHANGED, BookingEmailKind.SHOW_MOVED}


class BookingEmail(QueuedRow):
    """An email about a change of a booking at `at`. Kept for a while after it has ended, so that it is sent once."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="emails", db_index=False)
    kind = models.CharField(max_length=20, choices=BookingEmailKind.choices)
    at = models.DateTimeField()
    # The start that the show had before it was moved.
    earlier_start = models.DateTimeField(null=True)
    # The state that it announced when it ended, if it is about one: see `state_of`.
    announced = models.TextField(default="", db_default="")
    # The state in the message that is being sent. Not stored.
    announcing = ""
    # When it was sent or dropped.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["booking", "kind", "at"], name="one_email_per_change_of_a_booking")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="booking_emails_by_due_time"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="ended_booking_emails"),
        ]

    def __str__(self) -> str:
        return f"booking email {self.pk} ({self.kind})"

    @classmethod
    def waiting(cls) -> "QuerySet[BookingEmail]":
        return cls.objects.filter(ended_at=None)


class HistoryRead(models.Model):
    """How far the history has been read, in the only row of its table."""

    read_until = models.DateTimeField()
    # Changes until then have been read after their transactions had ended.
    reread_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"read until {self.read_until.isoformat()}"


def collect() -> int:
    """Add the emails about changes since the last call. Returns their number. The first call adds none."""
    added = 0
    while _has_new_changes():
        number, is_last = _collect_part()
        added += number
        if is_last:
            break
    return added


def purge(*, at_most: int) -> int:
    """Delete at most `at_most` emails that have ended and whose changes are not read again. Returns the number."""
    ended = BookingEmail.objects.filter(ended_at__lte=clock.Now() - 2 * DROP_AFTER)
    return purging.purge(ended, at_most=at_most)


def state_of(email: BookingEmail, booking: Booking) -> str:
    """What an email of `STATE_KINDS` announces about its booking: the start of the show, or the seats."""
    if email.kind == BookingEmailKind.SHOW_MOVED:
        return booking.show.starts_at.isoformat()
    return " ".join(str(seat_id) for seat_id in sorted(ticket.seat_id for ticket in booking.tickets.unreleased()))


def last_announced(email: BookingEmail) -> str:
    """The state that the buyer was last informed of by an email of this kind. Empty if there was none."""
    if email.announced:
        return email.announced
    ended = BookingEmail.objects.filter(booking=email.booking_id, kind=email.kind, ended_at__isnull=False)
    return ended.exclude(announced="").order_by("-ended_at").values_list("announced", flat=True).first() or ""


@use_case
def finish(email: QueuedRow) -> None:
    """Mark an email as sent or dropped. If what it announced is out of date by now, it is due again, as a new email."""
    assert isinstance(email, BookingEmail)
    row = BookingEmail.objects.filter(pk=email.pk)
    announced = email.announcing or email.announced
    # A change that commits after this check is not announced by this email. It is found when the history is read again.
    if email.announcing and email.announcing != _state_now(email):
        row.update(announced=announced, due_at=clock.Now(), created_at=clock.Now(), attempts=0, error="")
    else:
        row.update(announced=announced, ended_at=clock.Now())


def _state_now(email: BookingEmail) -> str:
    return state_of(email, Booking.objects.select_related("show").get(pk=email.booking_id))


def _has_new_changes() -> bool:
    """Whether a part is to be read. Checked without a lock, because usually nothing has changed."""
    read = HistoryRead.objects.first()
    if read is None:
        return True
    since = _since(read, clock.now())
    # Changes at the same time as the last read one may have become visible since. Known changes are not added again.
    return _events().filter(at__gte=since).exists() or EarlierStart.objects.filter(until__gte=since).exists()


@use_case
def _collect_part() -> tuple[int, bool]:
    """Read the next part of the history. Returns how many emails were added, and whether it was the last part."""
    now = clock.now()
    read, is_new = HistoryRead.objects.select_for_update().get_or_create(
        pk=1, defaults={"read_until": now, "reread_until": now}
    )
    if is_new:
        return 0, True
    since = _since(read, now)
    until = _end_of_part(since, now)
    new = _new_emails(since, until) if rules().sends_emails else []
    BookingEmail.objects.bulk_create(_one_per_state(new), ignore_conflicts=True)
    if len(new) == EMAILS_PER_PART:
        # The same part of the history is read again, without the emails that are known now.
        return len(new), False
    if since < read.read_until:
        read.reread_until = max(read.reread_until, min(until, now - MARGIN))
    read.read_until = max(read.read_until, until)
    read.save()
    return len(new), until == now


def _since(read: HistoryRead, now: datetime) -> datetime:
    """The time from which the history is read next. Changes of more than a day ago are not announced."""
    is_reread_due = now - MARGIN - read.reread_until >= REREAD_INTERVAL
    return max(read.reread_until if is_reread_due else read.read_until, now - DROP_AFTER)


def _end_of_part(since: datetime, now: datetime) -> datetime:
    later = _events().filter(at__gt=since, at__lte=now).order_by("at", "pk").values_list("at", flat=True)
    return next(iter(later[EVENTS_PER_PART : EVENTS_PER_PART + 1]), now)


def _new_emails(since: datetime, until: datetime) -> list[BookingEmail]:
    """The first `EMAILS_PER_PART` emails that are not known. Those of moved shows are in the order of the moves."""
    new: list[BookingEmail] = []
    for event_kind, kind in KINDS.items():
        changed = _changed_bookings(event_kind, kind, since, until)
        new += [BookingEmail(booking_id=pk, kind=kind, at=at) for pk, at in changed[: EMAILS_PER_PART - len(new)]]
    moved = _bookings_of_moved_shows(since, until)
    kind = BookingEmailKind.SHOW_MOVED
    return new + [
        BookingEmail(booking_id=pk, kind=kind, at=at, earlier_start=start)
        for pk, at, start in moved[: EMAILS_PER_PART - len(new)]
    ]


def _one_per_state(new: list[BookingEmail]) -> list[BookingEmail]:
    """The emails without those about a state that an earlier one announces."""
    by_state = {
        (email.booking_id, email.kind, email.kind not in STATE_KINDS and email.at): email for email in reversed(new)
    }
    return list(by_state.values())


def _events() -> QuerySet[TicketEvent]:
    return TicketEvent.objects.filter(kind__in=KINDS).order_by()


def _changed_bookings(event_kind: str, kind: str, since: datetime, until: datetime) -> QuerySet[TicketEvent, Any]:
    """Bookings and the times of their changes that have no email."""
    # A ticket that expires is that of a hold.
    events = TicketEvent.objects.filter(kind=event_kind, at__gte=since, at__lte=until, ticket__expires_at=None)
    emails = _emails_of(kind, booking="ticket__booking", at="at")
    verified = events.filter(_is_verified("ticket__booking__user"), ~Exists(emails))
    return verified.order_by("at", "ticket__booking").values_list("ticket__booking", "at").distinct()


def _bookings_of_moved_shows(since: datetime, until: datetime) -> QuerySet[Booking, Any]:
    """Bookings, the times at which their shows were moved, and the earlier starts, that have no email."""
    moves = Booking.objects.annotate(at=F("show__earlier_starts__until"), start=F("show__earlier_starts__starts_at"))
    bookings = moves.filter(at__gte=since, at__lte=until, status=BookingStatus.CONFIRMED, confirmed_at__lt=F("at"))
    emails = _emails_of(BookingEmailKind.SHOW_MOVED, booking="pk", at="at")
    new = bookings.filter(_is_verified("user"), ~Exists(emails))
    return new.order_by("at", "show__earlier_starts", "pk").values_list("pk", "at", "start")


def _emails_of(kind: str, *, booking: str, at: str) -> QuerySet[BookingEmail]:
    """The emails that announce a change. `booking` and `at` name fields of the outer query."""
    same = BookingEmail.objects.filter(booking=OuterRef(booking), kind=kind)
    if kind in STATE_KINDS:
        # An email that waits will have the latest state.
        return same.filter(Q(at=OuterRef(at)) | Q(ended_at=None))
    return same.filter(at=OuterRef(at))


def _is_verified(user: str) -> Q:
    """The condition that the email address of a user is verified. Only such users get these emails."""
    return Q(**{f"{user}__email": F(f"{user}__verified_email")}) & ~Q(**{f"{user}__email": ""})
