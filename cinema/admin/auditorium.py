"""Draws the auditorium of a show for staff: which seats are available, booked, held and blocked, and for whom."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.http import HttpRequest

from cinema.accounts.models import User
from cinema.admin.seat_plans import NAMES
from cinema.booking import seating
from cinema.booking.models import Booking, Ticket
from cinema.catalog import plans
from cinema.catalog.layouts import labels_of_unit
from cinema.catalog.models import Show
from cinema.catalog.plans import PlanSeat
from cinema.core.money import Money
from cinema.core.text import join_words

AVAILABLE, BOOKED, HELD, BLOCKED = "available", "booked", "held", "blocked"
BOOKED_UNTIL_CANCELLED, HELD_UNTIL_CANCELLED = "cancelled with the show", "hold cancelled with the show"


@dataclass(frozen=True)
class Access:
    """What a staff member may see and do on the pages of a show's seats."""

    bookings: bool
    customers: bool
    block: bool
    change_bookings: bool

    @classmethod
    def of(cls, request: HttpRequest, show: Show) -> "Access":
        may = request.user.has_perm
        sees_bookings = may("cinema.view_booking")
        return cls(
            bookings=sees_bookings,
            # Names and email addresses are personal data.
            customers=sees_bookings and may("cinema.view_user"),
            # A cancelled show has no bookings, and all its seats are off sale.
            block=may("cinema.change_show") and show.cancelled_at is None,
            change_bookings=sees_bookings and may("cinema.change_booking") and show.cancelled_at is None,
        )


@dataclass(frozen=True)
class Cell:
    """A seat as drawn. `name` and `value` are those of its checkbox. Without a name, it cannot be selected."""

    label: str
    number: int
    column: int
    category: str
    state: str
    description: str
    name: str = ""
    value: str = ""
    selected: bool = False
    # Seats with the same unit are sold and selected only together, and the next seat of the row may belong to it.
    unit: str = ""
    is_joined: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the auditorium. Gaps are None. A cross aisle has no cells."""

    label: str
    cells: Sequence[Cell | None]


@dataclass
class CustomerSeats:
    """The live tickets of a booking, or those that were cancelled with the show."""

    booking: Booking
    customer: str
    email: str
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def seats(self) -> str:
        return ", ".join(ticket.seat.label for ticket in self.tickets)

    @property
    def state(self) -> str:
        return state_of(self.tickets[0])

    @property
    def price(self) -> Money:
        return self.booking.agreed_price(self.tickets)


def customer_name(user: User) -> str:
    return user.get_full_name() or user.username


def state_of(ticket: Ticket | None) -> str:
    """The state of a seat with this ticket, which is live or was cancelled with the show."""
    if ticket is None:
        return AVAILABLE
    if ticket.booking is None:
        return BLOCKED
    if ticket.released_at is not None:
        return BOOKED_UNTIL_CANCELLED if ticket.booking.confirmed_at else HELD_UNTIL_CANCELLED
    return HELD if ticket.expires_at else BOOKED


def draw(
    show: Show,
    tickets: Iterable[Ticket],
    access: Access,
    *,
    selected: Collection[int] = (),
    labels: Collection[str] = (),
) -> list[Row]:
    """All seats with their states.

    `selected` are the keys of the tickets whose seats are selected, and `labels` those of selected seats without
    customers.
    """
    by_seat = {ticket.seat_id: ticket for ticket in tickets}

    def cell(seat: PlanSeat) -> Cell:
        ticket = by_seat.get(seat.id)
        if ticket is not None and ticket.booking_id is not None:
            name, value = ("ticket" if access.change_bookings else "", str(ticket.pk))
        else:
            name, value = ("seat" if access.block else "", seat.label)
        is_selected = (ticket is not None and ticket.pk in selected) or (name == "seat" and seat.label in labels)
        return _cell(seat, state_of(ticket), _who(ticket, access), name, value, selected=is_selected)

    return _rows(show, cell)


def draw_move(
    show: Show, tickets: Iterable[Ticket], moving: Mapping[int, Ticket], *, labels: Collection[str] = ()
) -> list[Row]:
    """All seats. Those that are available, and those of the tickets in `moving` (by key), can be chosen.

    Those in `labels` are chosen already, if they can be.
    """
    by_seat = {ticket.seat_id: ticket for ticket in tickets}

    def cell(seat: PlanSeat) -> Cell:
        ticket = by_seat.get(seat.id)
        if ticket is not None and ticket.pk in moving:
            return _cell(seat, "moving", "to be moved", "seat", seat.label, selected=seat.label in labels)
        state = state_of(ticket)
        if state != AVAILABLE:
            return _cell(seat, state, "", "", seat.label)
        return _cell(seat, state, "", "seat", seat.label, selected=seat.label in labels)

    return _rows(show, cell)


def by_booking(tickets: Iterable[Ticket], access: Access) -> list[CustomerSeats]:
    """The seats of customers by booking, in plan order of their first seats."""
    found: dict[int, CustomerSeats] = {}
    for ticket in tickets:
        booking = ticket.booking
        if booking is not None:
            of_booking = found.setdefault(
                booking.pk,
                CustomerSeats(
                    booking,
                    customer_name(booking.user) if access.customers else "",
                    booking.user.email if access.customers else "",
                ),
            )
            of_booking.tickets.append(ticket)
    return list(found.values())


def tickets_of(show: Show) -> list[Ticket]:
    """The live tickets. A cancelled show has none."""
    return list(seating.live_tickets(show))


def tickets_to_list(show: Show) -> list[Ticket]:
    """The live tickets, or those that were cancelled with the show, whose customers staff may have to call."""
    return list(seating.tickets_cancelled_with(show)) if show.cancelled_at else tickets_of(show)


def _rows(show: Show, cell: Callable[[PlanSeat], Cell]) -> list[Row]:
    rows: list[Row] = []
    for seats in plans.of_screen(show.screen_id, version=show.screen.plan_version).rows:
        cross_aisles = seats[0].row - len(rows)
        rows += [Row("", [])] * cross_aisles
        by_column = {seat.column: cell(seat) for seat in seats}
        for seat, following in pairwise(seats):
            if seat.unit and seat.unit == following.unit:
                by_column[seat.column] = replace(by_column[seat.column], is_joined=True)
        rows.append(Row(seats[0].row_label, [by_column.get(column) for column in range(1, max(by_column) + 1)]))
    return rows


def _cell(seat: PlanSeat, state: str, who: str, name: str, value: str, *, selected: bool = False) -> Cell:
    others = [label for label in labels_of_unit(seat.unit) if label != seat.label] if seat.unit else []
    together = f"sold only together with {join_words(others)}" if others else ""
    parts = [seat.label, NAMES[seat.category].lower(), together, state if state != "moving" else "", who]
    return Cell(
        label=seat.label,
        number=seat.number,
        column=seat.column,
        category=seat.category.lower(),
        state=state,
        description=", ".join(filter(None, parts)),
        name=name,
        value=value,
        selected=selected,
        unit=seat.unit or "",
    )


def _who(ticket: Ticket | None, access: Access) -> str:
    if ticket is None or ticket.booking is None or not access.bookings:
        return ""
    name = customer_name(ticket.booking.user) if access.customers else ""
    return ", ".join(filter(None, [name, ticket.booking.reference]))
