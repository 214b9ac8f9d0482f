"""The seats of a show: all of them, or those that may have changed since a point in time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Min, Q

from cinema.accounts.models import User
from cinema.booking.models import Ticket, TicketQuerySet
from cinema.booking.status import SeatStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Seat, SeatQuerySet, Show
from cinema.catalog.prices import in_currency
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.core.money import Money
from cinema.core.transactions import MAX_TRANSACTION_SECONDS

# How long a commit may take after that: PostgreSQL lets a transaction be idle for 30 seconds (the process may be
# suspended), and its last statement take 15.
MAX_COMMIT_SECONDS = 50
# `changed_at` is when a change was written; it becomes visible when its transaction commits, which may be later.
# Reading changes from this much earlier than asked includes those written before and committed after.
MARGIN = timedelta(seconds=MAX_TRANSACTION_SECONDS + MAX_COMMIT_SECONDS)


@dataclass(frozen=True)
class ShowSeat:
    label: str
    row: str
    number: int
    column: int
    category: SeatCategory
    price: Money
    status: SeatStatus
    # The key of the user with a hold or a booking of it.
    owner_id: int | None

    def is_of(self, viewer: User | None) -> bool:
        """Whether `viewer` has a hold or a booking of it."""
        return viewer is not None and self.owner_id == viewer.pk


@dataclass(frozen=True)
class SeatRow:
    label: str
    seats: list[ShowSeat]


@dataclass(frozen=True)
class SeatMap:
    """Every seat as of `read_at`, front row first."""

    read_at: datetime
    rows: list[SeatRow]


@dataclass(frozen=True, eq=False)
class ChangedSeats:
    """The present state of seats that may have changed. Changes after `read_at` may be included or not."""

    read_at: datetime
    seats: list[ShowSeat]

    def merged_with(self, later: "ChangedSeats") -> "ChangedSeats":
        """Both in one, with the later state of seats that are in both."""
        seats = {seat.label: seat for seat in (*self.seats, *later.seats)}
        return ChangedSeats(later.read_at, list(seats.values()))


@dataclass(frozen=True)
class ChangesRead:
    """Changed seats, when each changed by its label, and when the next hold of the show will expire."""

    changes: ChangedSeats
    changed_at: Mapping[str, datetime]
    next_expiry: datetime | None


def of(show: Show) -> SeatMap:
    """Every seat of the show.

    Seats without a price are left out: after a show, its screen may get seats of another category.
    """
    read_at = clock.now()
    seats = _show_seats(show, Seat.objects.current(), Ticket.objects.all()).values()
    return SeatMap(read_at, [SeatRow(row, list(row_seats)) for row, row_seats in groupby(seats, lambda seat: seat.row)])


def changes(show_id: int, *, since: datetime) -> ChangedSeats:
    """The state of each seat of the show that may have changed since then. Raises `NotFound`.

    A caller that always passes the last `read_at` misses no change, and gets most of them twice. An expiring hold is a
    change at its `expires_at`, whether or not it has been released.
    """
    return read_changes(show_id, since=since).changes


def read_changes(show_id: int, *, since: datetime | None) -> ChangesRead:
    """Like `changes`, with the data that a caller needs to decide when to read again. `since` None means now."""
    show = Show.objects.filter(pk=show_id).first()
    if show is None:
        raise NotFound("show")
    read_at = clock.now()
    tickets = Ticket.objects.filter(show=show)
    changed_at = _changed_since(safe_since(min(since or read_at, read_at)), tickets=tickets, now=read_at)
    # Read before the seats: a hold made in between is then either read as held, or a later change.
    next_expiry = tickets.unreleased().filter(expires_at__gt=read_at).aggregate(next=Min("expires_at"))["next"]
    if not changed_at:
        return ChangesRead(ChangedSeats(read_at, []), {}, next_expiry)
    seats = Seat.objects.current().filter(screen=show.screen_id, pk__in=changed_at)
    found = _show_seats(show, seats, tickets.filter(seat__in=changed_at))
    by_label = {seat.label: changed_at[pk] for pk, seat in found.items()}
    return ChangesRead(ChangedSeats(read_at, list(found.values())), by_label, next_expiry)


def safe_since(moment: datetime) -> datetime:
    """The time from which changes may have been invisible to a reader at `moment`."""
    return moment - MARGIN


def recent_changes(show_ids: Iterable[int]) -> set[tuple[int, int, datetime]]:
    """Changes of these shows that readers may have missed: the show's key, the ticket's key, and when it changed."""
    recent = Ticket.objects.filter(show__in=show_ids, changed_at__gte=safe_since(clock.now()))
    return set(recent.values_list("show", "pk", "changed_at"))


def _changed_since(moment: datetime, *, tickets: TicketQuerySet, now: datetime) -> dict[int, datetime]:
    """The time of the last change of each seat that has changed, by the key of the seat."""
    written = Q(changed_at__gte=moment)
    expired = Q(released_at=None, expires_at__gte=moment, expires_at__lte=now)
    found: dict[int, datetime] = {}
    for seat, changed_at, expires_at in tickets.filter(written | expired).values_list(
        "seat", "changed_at", "expires_at"
    ):
        last = max(changed_at, expires_at) if expires_at and expires_at <= now else changed_at
        found[seat] = max(last, found.get(seat, last))
    return found


def _show_seats(show: Show, seats: SeatQuerySet, tickets: TicketQuerySet) -> dict[int, ShowSeat]:
    """The seats by key, in plan order."""
    live = {ticket.seat_id: ticket for ticket in tickets.live().filter(show=show).select_related("booking")}
    prices = {price.category: price.amount for price in show.prices.all()}
    return {
        seat.pk: _show_seat(seat, live.get(seat.pk), in_currency(prices[seat.category]))
        for seat in seats.filter(screen=show.screen_id, category__in=prices).in_plan_order()
    }


def _show_seat(seat: Seat, ticket: Ticket | None, price: Money) -> ShowSeat:
    return ShowSeat(
        label=seat.label,
        row=seat.row,
        number=seat.number,
        column=seat.column,
        category=SeatCategory(seat.category),
        price=price,
        status=_status(ticket),
        owner_id=ticket.booking.user_id if ticket and ticket.booking else None,
    )


def _status(ticket: Ticket | None) -> SeatStatus:
    if ticket is None:
        return SeatStatus.AVAILABLE
    if ticket.booking is None:
        return SeatStatus.BLOCKED
    return SeatStatus.HELD if ticket.expires_at else SeatStatus.BOOKED
