"""The house of a show, seat by seat: all of it, or what may have changed since a moment."""

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
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.core.money import Money, in_house_currency
from cinema.core.transactions import MAX_TRANSACTION_SECONDS

# Of a transaction that is about to end: PostgreSQL lets it stand idle for half a minute (a process may be stopped), and
# then its last statement take 15 seconds.
SECONDS_TO_END = 50
# A change says when it was written, and is seen only when its transaction has ended. Whoever looks for changes since a
# moment looks so much further back, and misses none of those that were written before it and seen after it.
MARGIN = timedelta(seconds=MAX_TRANSACTION_SECONDS + SECONDS_TO_END)


@dataclass(frozen=True)
class ShowSeat:
    label: str
    row: str
    number: int
    column: int
    category: SeatCategory
    price: Money
    status: SeatStatus
    # The key of the user who holds or has booked it.
    owner_id: int | None

    def is_of(self, viewer: User | None) -> bool:
        """Whether `viewer` holds or has booked it."""
        return viewer is not None and self.owner_id == viewer.pk


@dataclass(frozen=True)
class SeatRow:
    label: str
    seats: list[ShowSeat]


@dataclass(frozen=True)
class SeatMap:
    """The house as it was at `read_at`, front row first."""

    read_at: datetime
    rows: list[SeatRow]


@dataclass(frozen=True, eq=False)
class SeatChanges:
    """What seats that may have changed are now. What changed after `read_at` may be among it or not."""

    read_at: datetime
    seats: list[ShowSeat]

    def and_then(self, later: "SeatChanges") -> "SeatChanges":
        """Both as one."""
        seats = {seat.label: seat for seat in (*self.seats, *later.seats)}
        return SeatChanges(later.read_at, list(seats.values()))


@dataclass(frozen=True)
class ChangesRead:
    """Changes, when each was by the seat's label, and when the next hold of the show runs out by itself."""

    changes: SeatChanges
    changed_at: Mapping[str, datetime]
    next_expiry: datetime | None


def of(show: Show) -> SeatMap:
    """Every seat of the show.

    After a show its screen may have got seats of a kind that the show had no price for; they are left out.
    """
    read_at = clock.now()
    seats = _show_seats(show, Seat.objects.current(), Ticket.objects.all()).values()
    return SeatMap(read_at, [SeatRow(row, list(row_seats)) for row, row_seats in groupby(seats, lambda seat: seat.row)])


def changes(show_id: int, *, since: datetime) -> SeatChanges:
    """What became of each seat of the show that may have changed since then. Raises `NotFound`.

    Whoever asks again with the `read_at` of the last answer misses nothing, and is told most things twice. A hold that
    runs out is a change at that moment, whether or not anybody has noticed.
    """
    return read_changes(show_id, since=since).changes


def read_changes(show_id: int, *, since: datetime | None) -> ChangesRead:
    """As `changes`, with what it takes to know when to look again. `since` None: now."""
    show = Show.objects.filter(pk=show_id).first()
    if show is None:
        raise NotFound("show")
    read_at = clock.now()
    tickets = Ticket.objects.filter(show=show)
    changed_at = _changed_since(safe_since(min(since or read_at, read_at)), tickets=tickets, now=read_at)
    # Before the seats are read: whatever is held later is read as held, or changes later.
    next_expiry = tickets.unreleased().filter(expires_at__gt=read_at).aggregate(next=Min("expires_at"))["next"]
    if not changed_at:
        return ChangesRead(SeatChanges(read_at, []), {}, next_expiry)
    seats = Seat.objects.current().filter(screen=show.screen_id, pk__in=changed_at)
    found = _show_seats(show, seats, tickets.filter(seat__in=changed_at))
    by_label = {seat.label: changed_at[pk] for pk, seat in found.items()}
    return ChangesRead(SeatChanges(read_at, list(found.values())), by_label, next_expiry)


def safe_since(moment: datetime) -> datetime:
    """From when on changes may not have been seen yet at `moment`."""
    return moment - MARGIN


def recent_changes(show_ids: Iterable[int]) -> set[tuple[int, int, datetime]]:
    """All that may not have been seen yet, of these shows: the show's key, the ticket's, and when it changed."""
    recent = Ticket.objects.filter(show__in=show_ids, changed_at__gte=safe_since(clock.now()))
    return set(recent.values_list("show", "pk", "changed_at"))


def _changed_since(moment: datetime, *, tickets: TicketQuerySet, now: datetime) -> dict[int, datetime]:
    """By the key of each seat, when it last changed."""
    written = Q(changed_at__gte=moment)
    ran_out = Q(released_at=None, expires_at__gte=moment, expires_at__lte=now)
    found: dict[int, datetime] = {}
    for seat, changed_at, expires_at in tickets.filter(written | ran_out).values_list(
        "seat", "changed_at", "expires_at"
    ):
        last = max(changed_at, expires_at) if expires_at and expires_at <= now else changed_at
        found[seat] = max(last, found.get(seat, last))
    return found


def _show_seats(show: Show, seats: SeatQuerySet, tickets: TicketQuerySet) -> dict[int, ShowSeat]:
    """By the key of each seat, in house order."""
    live = {ticket.seat_id: ticket for ticket in tickets.live().filter(show=show).select_related("booking")}
    prices = {price.category: price.amount for price in show.prices.all()}
    return {
        seat.pk: _show_seat(seat, live.get(seat.pk), in_house_currency(prices[seat.category]))
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
