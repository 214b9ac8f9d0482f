"""The seats of a show: all of them, or those that may have changed since a point in time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q
from django.utils.functional import cached_property

from cinema.accounts.models import User
from cinema.booking import deadlines
from cinema.booking.models import Ticket, TicketQuerySet
from cinema.booking.show_seats import ShowSeat, free_status, taken_status
from cinema.booking.sql import PLAN_AND_PRICES, TAKEN_OF_SEATS_WITH_OWNERS, TAKEN_SEATS_WITH_OWNERS
from cinema.booking.status import SeatStatus
from cinema.catalog import plans
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Seat, Show
from cinema.catalog.plans import Plan, PlanSeat
from cinema.catalog.prices import in_currency
from cinema.core import clock, sql
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
class SeatRow:
    """A row with seats. Its position counts all rows from 1, front row first, including cross aisles."""

    label: str
    position: int
    seats: list[ShowSeat]


@dataclass(frozen=True)
class SeatMap:
    """Every seat as of `read_at`, front row first."""

    read_at: datetime
    rows: list[SeatRow]

    def as_seen_by(self, viewer: User | None) -> "SeatMap":
        """With `mine` of each seat for this viewer."""
        rows = [replace(row, seats=[seat.as_seen_by(viewer) for seat in row.seats]) for row in self.rows]
        return SeatMap(self.read_at, rows)


@dataclass(frozen=True, eq=False)
class ChangedSeats:
    """The present state of seats that may have changed. Changes after `read_at` may be included or not."""

    show_id: int
    read_at: datetime
    seats: list[ShowSeat]
    # Whether the show itself may have changed: its times, prices, status or seat plan.
    show_changed: bool

    def merged_with(self, later: "ChangedSeats") -> "ChangedSeats":
        """Both in one, with the later state of seats that are in both."""
        seats = {seat.label: seat for seat in (*self.seats, *later.seats)}
        return replace(later, seats=list(seats.values()), show_changed=self.show_changed or later.show_changed)

    @cached_property
    def show(self) -> Show:
        """The present state of the show. Uses the database once, for all viewers. Raises `NotFound`."""
        found = Show.objects.with_details().filter(pk=self.show_id).first()
        if found is None:
            raise NotFound("show")
        return found


@dataclass(frozen=True)
class ChangesRead:
    """Changed seats and when each changed by its label, when the show changed, and when it will by itself.

    `next_change` is when the next hold expires or booking closes.
    """

    changes: ChangedSeats
    changed_at: Mapping[str, datetime]
    show_changed_at: datetime | None
    next_change: datetime | None

    def since(self, moment: datetime | None) -> ChangedSeats:
        """The part that may be news to a reader at `moment`. None means the time of this read."""
        first = safe_since(min(moment or self.changes.read_at, self.changes.read_at))
        seats = [seat for seat in self.changes.seats if self.changed_at[seat.label] >= first]
        show_changed = self.show_changed_at is not None and self.show_changed_at >= first
        return replace(self.changes, seats=seats, show_changed=show_changed)


def of(show: Show) -> SeatMap:
    """Every seat of the show.

    Seats without a price are left out: after a show, its screen may get seats of another category.
    """
    seating = _seating(show.pk)
    taken = _taken(sql.fetch(TAKEN_SEATS_WITH_OWNERS, {"show": show.pk}))
    rows = ((row[0], _show_seats(row, seating, taken)) for row in seating.plan.rows)
    return SeatMap(
        seating.read_at,
        [SeatRow(first.row_label, first.row + 1, list(seats.values())) for first, seats in rows if seats],
    )


def changes(show_id: int, *, since: datetime) -> ChangedSeats:
    """The state of each seat of the show that may have changed since then. Raises `NotFound`.

    A caller that always passes the last `read_at` misses no change, and gets most of them twice. An expiring hold is a
    change at its `expires_at`, whether or not it has been released.
    """
    return read_changes(show_id, since=since).changes


def read_changes(show_id: int, *, since: datetime | None) -> ChangesRead:
    """Like `changes`, with the data that a caller needs to decide when to read again. `since` None means now.

    If staff changed the show, its prices or its plan, all its seats may have changed. Those that have left the plan are
    included as blocked.
    """
    seating = _seating(show_id)
    read_at, tickets = seating.read_at, Ticket.objects.filter(show=show_id)
    first = safe_since(min(since or read_at, read_at))
    changed_at = _changed_since(first, tickets=tickets, now=read_at)
    # Read before the seats: a hold made in between is then either read as held, or a later change.
    next_expiry = tickets.unreleased().filter(expires_at__gt=read_at).aggregate(next=Min("expires_at"))["next"]
    removed: list[ShowSeat] = []
    if seating.changed_at and seating.changed_at >= first:
        changed_at = {seat.id: max(seating.changed_at, changed_at.get(seat.id, first)) for seat in seating.plan.seats}
        removed = _removed_since(first, seating)
    taken = (
        _taken(sql.fetch(TAKEN_OF_SEATS_WITH_OWNERS, {"show": show_id, "seats": list(changed_at)}))
        if changed_at
        else {}
    )
    found = _show_seats([seat for seat in seating.plan.seats if seat.id in changed_at], seating, taken)
    by_label = {seat.label: changed_at[key] for key, seat in found.items()}
    by_label |= {seat.label: seating.changed_at for seat in removed if seating.changed_at}
    return ChangesRead(
        ChangedSeats(show_id, read_at, [*found.values(), *removed], show_changed=True),
        by_label,
        seating.show_changed_at,
        min((moment for moment in (next_expiry, seating.closes_at) if moment), default=None),
    )


def safe_since(moment: datetime) -> datetime:
    """The time from which changes may have been invisible to a reader at `moment`."""
    return moment - MARGIN


def recent_changes(show_ids: Iterable[int]) -> set[tuple[int, int | None, datetime]]:
    """Changes of these shows that readers may have missed: the show's key, the ticket's key, and when it changed.

    The ticket is None for a change of the show itself.
    """
    first = safe_since(clock.now())
    tickets = Ticket.objects.filter(show__in=show_ids, changed_at__gte=first)
    shows = Show.objects.filter(pk__in=show_ids, changed_at__gte=first)
    return {
        *tickets.values_list("show", "pk", "changed_at"),
        *((show.pk, None, show.changed_at) for show in shows if show.changed_at),
    }


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


def _removed_since(moment: datetime, seating: "_Seating") -> list[ShowSeat]:
    """The seats that the show no longer has, after its plan was changed or it was moved to another screen."""
    earlier_screens = Show.earlier_screens.through.objects.filter(show=seating.show_id).values("screen")
    recently_retired = Q(retired_at__gte=moment)
    found = Seat.objects.filter(
        Q(recently_retired, screen=seating.screen_id)
        | Q(recently_retired | Q(retired_at=None), screen__in=earlier_screens)
    )
    prices = seating.prices
    return [
        ShowSeat(
            seating.show_id,
            seat.label,
            seat.row,
            seat.number,
            seat.column,
            SeatCategory(seat.category),
            seat.unit or None,
            prices[seat.category],
            SeatStatus.BLOCKED,
            None,
        )
        for seat in {seat.label: seat for seat in found.order_by("pk")}.values()
        if seat.label not in seating.plan.by_label and seat.category in prices
    ]


@dataclass(frozen=True)
class _Seating:
    """The seats of a show and their prices by category, as of `read_at`, and what else decides about them."""

    show_id: int
    read_at: datetime
    bookable_until: datetime
    is_cancelled: bool
    # When staff last changed the show, its prices or its plan.
    changed_at: datetime | None
    screen_id: int
    plan: Plan
    prices: Mapping[str, Money]

    @property
    def closes_at(self) -> datetime | None:
        """When booking will close, or None if it already has."""
        return None if self.is_cancelled or self.bookable_until <= self.read_at else self.bookable_until

    @property
    def show_changed_at(self) -> datetime | None:
        """When the show itself last changed: changed by staff, or closed by the clock."""
        has_closed = not self.is_cancelled and self.closes_at is None
        return max(filter(None, (self.changed_at, self.bookable_until if has_closed else None)), default=None)


def _seating(show_id: int) -> _Seating:
    """Raises `NotFound`."""
    rows = sql.fetch(PLAN_AND_PRICES, {"show": show_id}, (*[sql.TIME] * 5, *[None] * 5, sql.AMOUNT))
    if not rows:
        raise NotFound("show")
    read_at, starts_at, ends_at, cancelled_at, changed_at, closes_minutes, currency, screen_id, version, *_ = rows[0]
    return _Seating(
        show_id,
        read_at,
        deadlines.booking_closes_at(starts_at, ends_at, closes_minutes),
        cancelled_at is not None,
        changed_at,
        screen_id,
        plans.of_screen(screen_id, version=version),
        {category: in_currency(amount, currency) for *_, category, amount in rows if category},
    )


def _taken(rows: Iterable[Sequence[Any]]) -> Mapping[int, tuple[SeatStatus, int | None]]:
    """The status and the key of the owner of each seat that has a live ticket, by its key."""
    return {seat_id: (taken_status(owner_id, is_held=is_held), owner_id) for seat_id, owner_id, is_held in rows}


def _show_seats(
    seats: Iterable[PlanSeat], seating: _Seating, taken: Mapping[int, tuple[SeatStatus, int | None]]
) -> dict[int, ShowSeat]:
    """The seats that have a price, by key, in plan order."""
    prices, free = seating.prices, (free_status(is_cancelled=seating.is_cancelled), None)
    return {
        seat.id: ShowSeat(
            seating.show_id,
            seat.label,
            seat.row_label,
            seat.number,
            seat.column,
            seat.category,
            seat.unit,
            prices[seat.category],
            *taken.get(seat.id, free),
        )
        for seat in seats
        if seat.category in prices
    }
