"""Taking and releasing seats of a show, for sales and for blocks.

Invariant: a seat of a show has at most one live ticket. Tickets are inserted without a check beforehand, and the
constraint `one_live_ticket_per_seat_of_a_show` decides; buyers of different seats never wait for each other.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from cinema.accounts.models import User
from cinema.booking import expiry, history, picking, tickets
from cinema.booking.errors import NotEnoughSeats, SeatsTaken, UnknownSeats
from cinema.booking.models import ONE_LIVE_TICKET, Booking, Ticket, TicketEventKind
from cinema.catalog.layouts import MAX_LABEL_LENGTH, MAX_SEATS, SeatCategory, normalize_label
from cinema.catalog.models import Seat, SeatQuerySet, Show
from cinema.core.errors import InvalidInput
from cinema.core.transactions import Conflict, TryAgain, detecting_conflict

MAX_ALTERNATIVES = 50


@dataclass(frozen=True)
class BestAvailable:
    """A request for the best `count` free seats.

    Without a category: of any but wheelchair spaces and companion seats. `together`: side by side in one row;
    otherwise they may be split.
    """

    count: int
    category: SeatCategory | None = None
    together: bool = True


def normalize_labels(labels: Sequence[str]) -> list[str]:
    """The labels as they are stored, without duplicates, whatever case they were typed in.

    Raises `InvalidInput` for no label, for more than a screen can have, and for one longer than any seat's: a refusal
    repeats the labels, so they must be few and short.
    """
    if not labels:
        raise InvalidInput.of("seats", "min_length", "Name at least one seat.")
    if len(labels) > MAX_SEATS:
        raise InvalidInput.of("seats", "max_length", f"Name at most {MAX_SEATS:,} seats.")
    wanted = list(dict.fromkeys(normalize_label(label) for label in labels))
    if max(map(len, wanted)) > MAX_LABEL_LENGTH:
        raise InvalidInput.of("seats", "max_length", f"The label of a seat has at most {MAX_LABEL_LENGTH} characters.")
    return wanted


def resolve(labels: Sequence[str], *, show: Show) -> list[Seat]:
    """The seats of the show's screen with these labels, in plan order. Raises `UnknownSeats`, `InvalidInput`."""
    wanted = normalize_labels(labels)
    seats = list(_current_seats(show).filter(label__in=wanted))
    unknown = set(wanted) - {seat.label for seat in seats}
    if unknown:
        raise UnknownSeats([label for label in wanted if label in unknown])
    return seats


def pick(request: BestAvailable, *, show: Show) -> list[Seat]:
    """The best free seats of the show for `request`, in plan order. Raises `NotEnoughSeats`.

    The show must be locked for picking. Then only a buyer who names seats can take one of them before the transaction
    ends.
    """
    plan = _positions(_current_seats(show))
    taken = set(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))
    free = {position.label for position in plan} - taken
    try:
        labels = picking.best_available(
            plan, free=free, count=request.count, category=request.category, together=request.together
        )
    except picking.NotEnough as shortage:
        raise NotEnoughSeats(request.count, shortage.available) from shortage
    return resolve(labels, show=show)


@contextmanager
def suggest_alternatives(wanted: Sequence[Seat], *, show: Show) -> Iterator[None]:
    """Add alternatives to a `SeatsTaken` raised in this context: as many free seats as `wanted`, the nearest first."""
    try:
        yield
    except SeatsTaken as refusal:
        raise SeatsTaken(refusal.seats, _alternatives(wanted, refusal.seats, show=show)) from refusal


def still_free(seats: Sequence[Seat], *, show: Show) -> list[str]:
    """The labels of those of `seats` that can be taken now: free, and part of the current seat plan."""
    return list(_free(show).filter(pk__in=[seat.pk for seat in seats]).values_list("label", flat=True))


def take(
    seats: Sequence[Seat], *, show: Show, booking: Booking | None, prices: Mapping[str, Decimal] | None = None
) -> list[Ticket]:
    """Insert tickets for all of `seats`, or raise `SeatsTaken`, without alternatives, and change nothing.

    Tickets without a booking are blocks. The others expire when the booking does. A seat with an expired hold is taken
    over: the hold is released first.
    """
    new = [
        Ticket(
            show=show,
            seat=seat,
            booking=booking,
            price=prices[seat.category] if prices else None,
            expires_at=booking.expires_at if booking else None,
        )
        for seat in sorted(seats, key=lambda seat: seat.pk)
    ]
    _occupy(seats, lambda: tickets.insert(new), show=show)
    return new


def take_again(expired: Sequence[Ticket], *, show: Show) -> None:
    """Make expired tickets live again, without expiry, or raise `SeatsTaken` and change nothing."""
    _occupy([ticket.seat for ticket in expired], lambda: tickets.occupy_again(expired), show=show)


def release(unreleased: Sequence[Ticket], *, at: datetime, by: User | None) -> None:
    """Free the seats of cancelled tickets and of blocks, and record it."""
    tickets.release(unreleased, at=at)
    sold = [ticket for ticket in unreleased if ticket.booking_id]
    blocks = [ticket for ticket in unreleased if not ticket.booking_id]
    history.record(sold, TicketEventKind.CANCELLED, at=at, by=by)
    history.record(blocks, TicketEventKind.UNBLOCKED, at=at, by=by)


def _occupy(seats: Sequence[Seat], write: Callable[[], None], *, show: Show) -> None:
    if _try(write):
        return
    _release_expired_tickets(seats, show=show)
    if not _try(write):
        raise TryAgain("another buyer took a seat that had just become free")


def _try(write: Callable[[], None]) -> bool:
    """Whether the constraint allowed the write; otherwise nothing is written."""
    try:
        with detecting_conflict({ONE_LIVE_TICKET}), transaction.atomic():
            write()
    except Conflict:
        return False
    return True


def _release_expired_tickets(seats: Sequence[Seat], *, show: Show) -> None:
    """Release the expired holds of these seats. Raises `SeatsTaken` if a seat has a live ticket."""
    unreleased = Ticket.objects.unreleased().filter(show=show, seat__in=seats)
    taken = set(unreleased.live().values_list("seat_id", flat=True))
    if taken:
        raise SeatsTaken(
            seats=[seat.label for seat in seats if seat.pk in taken],
            alternatives=[],
        )
    expired = set(unreleased.expired_unreleased().sold().values_list("booking_id", flat=True))
    if not expired:
        raise TryAgain("the conflicting ticket was released, or is not visible in this transaction's snapshot")
    expiry.release(expired)


def _alternatives(wanted: Sequence[Seat], taken: Collection[str], *, show: Show) -> list[str]:
    # A seat that became free a moment ago is not named both as taken and as an alternative.
    free = _positions(_free(show).exclude(label__in=taken))
    # Staff may block a whole screen, and a list of a thousand alternatives is of no use.
    near = [_position(seat.label, seat.row_index, seat.column, seat.category) for seat in wanted[:MAX_ALTERNATIVES]]
    return picking.nearest(free, to=near, count=len(near))


def _current_seats(show: Show) -> SeatQuerySet:
    return Seat.objects.current().in_plan_order().filter(screen_id=show.screen_id)


def _free(show: Show) -> SeatQuerySet:
    """Current seats without a live ticket. Those of an expired hold are free, released or not."""
    return _current_seats(show).exclude(pk__in=Ticket.objects.live().filter(show=show).values("seat"))


def _positions(seats: SeatQuerySet) -> list[picking.SeatPosition]:
    # No model instances: other pickers wait while this one reads.
    rows = seats.values_list("label", "row_index", "column", "category")
    return [_position(*row) for row in rows]


def _position(label: str, row_index: int, column: int, category: str) -> picking.SeatPosition:
    return picking.SeatPosition(label, row_index, column, SeatCategory(category))
