"""Taking seats of a show, for whomever and whatever: the one place where tickets are made, or come to life again.

Invariant: a seat of a show has at most one live ticket. The tickets are simply written, and the constraint
`one_live_ticket_per_seat_of_a_show` arbitrates; buyers of different seats never wait for each other.
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
from cinema.catalog.layouts import LONGEST_LABEL, MOST_SEATS, SeatCategory, as_labeled
from cinema.catalog.models import Seat, SeatQuerySet, Show
from cinema.core.errors import InvalidInput
from cinema.core.transactions import Conflict, TryAgain, detecting_conflict

MOST_ALTERNATIVES = 50


@dataclass(frozen=True)
class BestAvailable:
    """A wish to be given the best seats there are: so many, of any category that needs no need, or of this one.

    `together`: in one row, next to each other; otherwise they may be split.
    """

    count: int
    category: SeatCategory | None = None
    together: bool = True


def distinct(labels: Sequence[str]) -> list[str]:
    """The labels as they are printed on the seats, each once, however they were typed.

    Raises `InvalidInput` if there is none: who names no seat can hardly mean it. And for more than any house has, or
    one longer than any seat's: a refusal repeats them.
    """
    if not labels:
        raise InvalidInput.of("seats", "min_length", "Name at least one seat.")
    if len(labels) > MOST_SEATS:
        raise InvalidInput.of("seats", "max_length", f"Name at most {MOST_SEATS:,} seats.")
    wanted = list(dict.fromkeys(as_labeled(label) for label in labels))
    if max(map(len, wanted)) > LONGEST_LABEL:
        raise InvalidInput.of("seats", "max_length", f"The label of a seat has at most {LONGEST_LABEL} characters.")
    return wanted


def resolve(labels: Sequence[str], *, show: Show) -> list[Seat]:
    """The seats of the show's screen with these labels, in house order. Raises `UnknownSeats`, `InvalidInput`."""
    wanted = distinct(labels)
    seats = list(_of_house(show).filter(label__in=wanted))
    unknown = set(wanted) - {seat.label for seat in seats}
    if unknown:
        raise UnknownSeats([label for label in wanted if label in unknown])
    return seats


def pick(wish: BestAvailable, *, show: Show) -> list[Seat]:
    """The best free seats of the show for `wish`, in house order. Raises `NotEnoughSeats`.

    They stay free until the transaction ends unless a buyer who names seats takes them, if the show is locked for
    picking.
    """
    house = _places(_of_house(show))
    taken = set(Ticket.objects.live().filter(show=show).values_list("seat__label", flat=True))
    free = {place.label for place in house} - taken
    try:
        labels = picking.best_available(
            house, free=free, count=wish.count, category=wish.category, together=wish.together
        )
    except picking.NotEnough as shortage:
        raise NotEnoughSeats(wish.count, shortage.available) from shortage
    return resolve(labels, show=show)


@contextmanager
def suggest_alternatives(wanted: Sequence[Seat], *, show: Show) -> Iterator[None]:
    """Whoever is refused some of `wanted` meanwhile is offered as many free seats, the nearest first."""
    try:
        yield
    except SeatsTaken as refusal:
        raise SeatsTaken(refusal.seats, _alternatives(wanted, refusal.seats, show=show)) from refusal


def still_free(seats: Sequence[Seat], *, show: Show) -> list[str]:
    """The labels of those of `seats` that can be had now: free, and in the house as it is."""
    return list(_free(show).filter(pk__in=[seat.pk for seat in seats]).values_list("label", flat=True))


def take(
    seats: Sequence[Seat], *, show: Show, booking: Booking | None, prices: Mapping[str, Decimal] | None = None
) -> list[Ticket]:
    """Tickets for all of `seats`, or `SeatsTaken`, which offers no others, and nothing changed.

    Without a booking they are blocks. They run out when the booking does. A seat whose hold ran out is taken over:
    the old ticket is released and its booking expires.
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
    """Make expired tickets live again, without expiry; or `SeatsTaken` and nothing changed."""
    _occupy([ticket.seat for ticket in expired], lambda: tickets.occupy_again(expired), show=show)


def release(unreleased: Sequence[Ticket], *, at: datetime, by: User | None) -> None:
    """Free the seats of cancelled tickets and of blocks, and record it."""
    tickets.release(unreleased, at=at)
    sold = [ticket for ticket in unreleased if ticket.booking_id]
    blocks = [ticket for ticket in unreleased if not ticket.booking_id]
    history.record(sold, TicketEventKind.CANCELLED, at=at, by=by)
    history.record(blocks, TicketEventKind.UNBLOCKED, at=at, by=by)


def _occupy(seats: Sequence[Seat], write: Callable[[], None], *, show: Show) -> None:
    if _written(write):
        return
    _clear_the_way(seats, show=show)
    if not _written(write):
        raise TryAgain("a rival took the seats that had just come free")


def _written(write: Callable[[], None]) -> bool:
    """Whether the constraint let all of the tickets in; if not, none is."""
    try:
        with detecting_conflict({ONE_LIVE_TICKET}), transaction.atomic():
            write()
    except Conflict:
        return False
    return True


def _clear_the_way(seats: Sequence[Seat], *, show: Show) -> None:
    """Release what has run out. Raises `SeatsTaken` if anything has not."""
    in_the_way = Ticket.objects.unreleased().filter(show=show, seat__in=seats)
    taken = set(in_the_way.live().values_list("seat_id", flat=True))
    if taken:
        raise SeatsTaken(
            seats=[seat.label for seat in seats if seat.pk in taken],
            alternatives=[],
        )
    overdue = set(in_the_way.expired_unreleased().sold().values_list("booking_id", flat=True))
    if not overdue:
        raise TryAgain("whoever was in the way has gone, or is not visible in this transaction's snapshot")
    expiry.release(overdue)


def _alternatives(wanted: Sequence[Seat], taken: Collection[str], *, show: Show) -> list[str]:
    # One that came free a moment ago is not both: taken, and to be had instead.
    free = _places(_free(show).exclude(label__in=taken))
    # Staff may want a whole house; nobody looks through a thousand others.
    near = [_place(seat.label, seat.row_index, seat.column, seat.category) for seat in wanted[:MOST_ALTERNATIVES]]
    return picking.nearest(free, to=near, count=len(near))


def _of_house(show: Show) -> SeatQuerySet:
    return Seat.objects.current().in_plan_order().filter(screen_id=show.screen_id)


def _free(show: Show) -> SeatQuerySet:
    """Those without a live ticket: also one whose hold ran out, noticed or not."""
    return _of_house(show).exclude(pk__in=Ticket.objects.live().filter(show=show).values("seat"))


def _places(seats: SeatQuerySet) -> list[picking.Place]:
    """Where these seats are. Without making a seat of each row: pickers wait for each other meanwhile."""
    rows = seats.values_list("label", "row_index", "column", "category")
    return [_place(*row) for row in rows]


def _place(label: str, row_index: int, column: int, category: str) -> picking.Place:
    return picking.Place(label, row_index, column, SeatCategory(category))
