"""Taking and releasing seats of a show, for sales and for blocks.

Invariant: a seat of a show has at most one live ticket. The constraint `one_live_ticket_per_seat_of_a_show` decides,
and buyers of different seats never wait for each other. Looking for taken seats beforehand makes a refusal cheap and
says which seats are taken. A buyer who loses a race finds out by the constraint, as a `Conflict`, and looks again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cinema.accounts.models import User
from cinema.booking import expiry, groups, history, picking, tickets, units
from cinema.booking.accessible_picking import best_with_wheelchair_spaces
from cinema.booking.errors import NotEnoughSeats, SeatsTaken, UnknownSeats
from cinema.booking.models import ONE_LIVE_TICKET, ONE_REFERENCE, Booking, BookingStatus, Ticket, TicketEventKind
from cinema.booking.sql import IN_THE_WAY, PICKABLE, TAKEN_SEATS
from cinema.catalog import plans
from cinema.catalog.layouts import MAX_LABEL_LENGTH, MAX_SEATS, RESERVED_FOR_NEED, SeatCategory, normalize_label
from cinema.catalog.models import Seat, SeatQuerySet, Show
from cinema.catalog.plans import Plan, PlanSeat
from cinema.core import sql
from cinema.core.errors import InvalidInput
from cinema.core.transactions import detecting_conflict

MAX_ALTERNATIVES = 50


@dataclass(frozen=True)
class BestAvailable:
    """A request for the best `count` free seats.

    Without a category: of any but wheelchair spaces and companion seats. `together`: side by side in one row;
    otherwise they may be split. With `wheelchair_spaces`, so many of them are wheelchair spaces, and the others are
    companion seats and other seats beside them.
    """

    count: int
    category: SeatCategory | None = None
    together: bool = True
    wheelchair_spaces: int = 0

    @property
    def is_accessible(self) -> bool:
        """Whether it asks for wheelchair spaces or companion seats."""
        return self.wheelchair_spaces > 0 or self.category in RESERVED_FOR_NEED


def normalize_labels(labels: Sequence[str]) -> list[str]:
    """The labels as they are stored, without duplicates, ignoring case.

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


def check_request(request: BestAvailable) -> None:
    """Raises `InvalidInput` for a request that no auditorium can meet."""
    if request.count < 1:
        raise InvalidInput.of("count", "min_value", "Choose at least one seat.")
    if not 0 <= request.wheelchair_spaces <= request.count:
        raise InvalidInput.of(
            "wheelchair_spaces", "range", "The number of wheelchair spaces must be between 0 and the number of seats."
        )
    if request.wheelchair_spaces and request.category:
        raise InvalidInput.of(
            "category", "wheelchair_spaces", "A request with wheelchair spaces cannot also have a category."
        )


def resolve(labels: Sequence[str], *, show: Show) -> list[Seat]:
    """The seats of the show's screen with these labels, in plan order. Raises `UnknownSeats`, `InvalidInput`."""
    wanted = normalize_labels(labels)
    seats = list(_current_seats(show).filter(label__in=wanted))
    unknown = set(wanted) - {seat.label for seat in seats}
    if unknown:
        raise UnknownSeats([label for label in wanted if label in unknown])
    return seats


def pick(request: BestAvailable, *, show: Show, plan_version: int, without: Collection[int] = ()) -> Sequence[PlanSeat]:
    """The best free seats of the show for `request`, in plan order, but not `without`. Raises `NotEnoughSeats`.

    The show must be locked for picking. Then only a buyer who names seats can take one of them before the transaction
    ends.
    """
    plan = plans.of_screen(show.screen_id, version=plan_version)
    return [plan.by_label[label] for label in _pick(request, plan, _occupied(plan.seats, show=show).union(without))]


def pick_unlocked(request: BestAvailable, *, show_id: int) -> list[str]:
    """The labels of the best free seats of the show at this moment. Empty if there is no such show.

    Another transaction can take one of them at any time, and can pick the same seats. Only for PostgreSQL. Raises
    `NotEnoughSeats`.
    """
    for screen_id, plan_version, occupied in sql.fetch(PICKABLE, {"show": show_id}):
        return _pick(request, plans.of_screen(screen_id, version=plan_version), set(occupied))
    return []


@contextmanager
def suggest_alternatives(wanted: Sequence[Seat], *, show: Show, plan_version: int) -> Iterator[None]:
    """Add alternatives to a `SeatsTaken` raised in this context: as many free seats as `wanted`.

    If the wanted seats are side by side, so are these, if possible. Otherwise, the nearest come first.
    """
    try:
        yield
    except SeatsTaken as refusal:
        plan = plans.of_screen(show.screen_id, version=plan_version)
        alternatives = _alternatives(wanted, set(refusal.seats), show=show, plan=plan)
        raise SeatsTaken(refusal.seats, alternatives) from refusal


def still_free(seats: Sequence[Seat], *, show: Show) -> list[Seat]:
    """Those of `seats` that can be taken now: free, and part of the current seat plan. In plan order."""
    taken = Ticket.objects.live().filter(show=show).values("seat")
    free = _current_seats(show).filter(pk__in=[seat.pk for seat in seats]).exclude(pk__in=taken)
    return list(units.without_parts(list(free)))


def make_way(seats: Sequence[Seat], *, show: Show) -> None:
    """Release the expired holds of these seats. Raises `SeatsTaken`, without alternatives, if some are taken."""
    in_the_way = sql.fetch(IN_THE_WAY, {"show": show.pk, "seats": [seat.pk for seat in seats]})
    taken = {seat_id for seat_id, _, is_live in in_the_way if is_live}
    if taken:
        raise SeatsTaken([seat.label for seat in seats if seat.pk in taken], alternatives=[])
    if in_the_way:
        expiry.release({booking_id for _, booking_id, _ in in_the_way})


def take(seats: Sequence[Seat], *, booking: Booking, prices: Mapping[str, Decimal]) -> list[Ticket]:
    """Store a new booking with tickets for all of `seats`, which expire when the booking does.

    Raises `Conflict` if another transaction took one of the seats since they were looked at.
    """
    kind = TicketEventKind.HELD if booking.status == BookingStatus.HELD else TicketEventKind.CONFIRMED
    taken = [
        Ticket(
            show=booking.show,
            seat=seat,
            booking=booking,
            price=prices[seat.category],
            expires_at=booking.expires_at,
        )
        for seat in _in_order(seats)
    ]
    # Another booking may have the random reference.
    with detecting_conflict({ONE_LIVE_TICKET, ONE_REFERENCE}):
        tickets.insert_with_booking(booking, taken, kind)
    return taken


def block(seats: Sequence[Seat], *, show: Show, at: datetime, by: User | None) -> None:
    """Insert blocks for all of `seats`. Raises `Conflict` as `take` does."""
    blocks = [Ticket(show=show, seat=seat) for seat in _in_order(seats)]
    with detecting_conflict({ONE_LIVE_TICKET}):
        tickets.insert(blocks, TicketEventKind.BLOCKED, at=at, by=by)


def take_again(expired: Sequence[Ticket], *, show: Show) -> None:
    """Make expired tickets live again, without expiry. Raises `SeatsTaken`, and `Conflict` as `take` does."""
    make_way([ticket.seat for ticket in expired], show=show)
    with detecting_conflict({ONE_LIVE_TICKET}):
        tickets.occupy_again(expired)


def release(unreleased: Sequence[Ticket], *, at: datetime, by: User | None) -> None:
    """Free the seats of cancelled tickets and of blocks, and record it."""
    tickets.release(unreleased, at=at)
    sold = [ticket for ticket in unreleased if ticket.booking_id]
    blocks = [ticket for ticket in unreleased if not ticket.booking_id]
    history.record(sold, TicketEventKind.CANCELLED, at=at, by=by)
    history.record(blocks, TicketEventKind.UNBLOCKED, at=at, by=by)


def move(sold: Sequence[Ticket], *, to: Sequence[Seat], show: Show, at: datetime, by: User) -> list[Ticket]:
    """Replace each ticket by one of the same price for the seat of `to` at its position, and record it.

    Raises `SeatsTaken`, and `Conflict` as `take` does.
    """
    moved = [
        Ticket(booking=ticket.booking, show=show, seat=seat, price=ticket.price)
        for ticket, seat in zip(sold, to, strict=True)
    ]
    tickets.release_moved(sold, at=at)
    history.record(sold, TicketEventKind.MOVED_OUT, at=at, by=by)
    make_way(to, show=show)
    with detecting_conflict({ONE_LIVE_TICKET}):
        in_order = sorted(moved, key=lambda ticket: ticket.seat_id)
        tickets.insert(in_order, TicketEventKind.MOVED_IN, at=at, by=by)
    return moved


def _in_order(seats: Iterable[Seat]) -> list[Seat]:
    """The order in which every sale takes seats, so that two of them do not wait for each other."""
    return sorted(seats, key=lambda seat: seat.pk)


def _pick(request: BestAvailable, plan: Plan, occupied: Collection[int]) -> list[str]:
    """Raises `NotEnoughSeats`."""
    try:
        return _best(request, plan, {plan.labels[pk] for pk in plan.labels.keys() & occupied})
    except picking.NotEnough as shortage:
        raise NotEnoughSeats(request.count, shortage.available) from shortage


def _best(request: BestAvailable, plan: Plan, taken: Collection[str]) -> list[str]:
    if request.wheelchair_spaces:
        return best_with_wheelchair_spaces(
            plan.seats,
            free=plan.by_label.keys() - taken,
            count=request.count,
            wheelchair_spaces=request.wheelchair_spaces,
            together=request.together,
        )
    return picking.best_available(
        plan.grid, taken=taken, count=request.count, category=request.category, together=request.together
    )


def _alternatives(wanted: Sequence[Seat], taken: Collection[str], *, show: Show, plan: Plan) -> list[str]:
    refused = {seat.pk for seat in wanted if seat.label in taken}

    def free(rows: Sequence[Sequence[PlanSeat]]) -> list[list[PlanSeat]]:
        # A seat that became free a moment ago is not named both as taken and as an alternative.
        occupied = _occupied([seat for row in rows for seat in row], show=show) | refused
        return [[seat for seat in row if seat.id not in occupied] for row in rows]

    # Staff may block a whole screen, and a list of a thousand alternatives is of no use.
    near = [plan.by_label[seat.label] for seat in wanted[:MAX_ALTERNATIVES]]
    together = groups.nearest_block(plan.rows, free=free, to=near) if groups.are_side_by_side(near) else []
    return together or picking.nearest_free(plan.rows, free=free, to=near, count=len(near), has_units=plan.has_units)


def _current_seats(show: Show) -> SeatQuerySet:
    return Seat.objects.current().in_plan_order().filter(screen_id=show.screen_id)


def _occupied(seats: Sequence[PlanSeat], *, show: Show) -> set[int]:
    """The keys of those with a live ticket. The seats of an expired hold are free, released or not."""
    # Seats near each other were usually stored together.
    keys = [seat.id for seat in seats]
    return {key for (key,) in sql.fetch(TAKEN_SEATS, {"show": show.pk, "first": min(keys), "last": max(keys)})}
