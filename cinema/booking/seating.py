"""Changes that staff make to the seats of customers of a show: cancelling them, and moving customers to other seats.

The deadlines of customers do not apply. The show is locked, so buyers wait meanwhile. Tickets are named by their keys,
because a seat may have been sold to another customer since staff selected it.
"""

from collections.abc import Collection, Iterable, Sequence

from cinema.accounts.models import User
from cinema.booking import bookings, locks, seats, units
from cinema.booking.errors import SeatsNotBooked
from cinema.booking.models import Booking, Ticket, TicketQuerySet, TicketStatus
from cinema.catalog import locks as catalog_locks
from cinema.catalog.layouts import labels_of_unit
from cinema.catalog.models import Seat, Show
from cinema.core import clock
from cinema.core.errors import InvalidInput
from cinema.core.text import counted, join_words
from cinema.core.transactions import use_case


def live_tickets(show: Show) -> TicketQuerySet:
    """The booked, held and blocked seats of a show in plan order, as tickets with their bookings and customers."""
    return _in_plan_order(Ticket.objects.live().filter(show=show))


def tickets_cancelled_with(show: Show) -> TicketQuerySet:
    """The tickets that were booked or held until the show was cancelled, as `live_tickets`."""
    return _in_plan_order(Ticket.objects.sold().filter(show=show, released_at__gte=show.cancelled_at))


@use_case
def cancel(*, show_id: int, ticket_ids: Collection[int], by: User) -> list[Booking]:
    """Cancel booked and held seats of a show. Tickets that have been cancelled or have expired do not change.

    Returns the bookings that have changed. Raises `NotFound` for an unknown show, `SeatsSoldTogether`, and `Busy`; then
    nothing has changed.
    """
    show = catalog_locks.show(show_id)
    sold = _locked(ticket_ids, show=show)
    now = clock.now()
    live = [ticket for ticket in sold if ticket.is_live_at(now)]
    units.check_whole([ticket.seat for ticket in live])
    seats.release(live, at=now, by=by)
    changed = {ticket.booking.pk: ticket.booking for ticket in live if ticket.booking}
    for booking in changed.values():
        bookings.update_total_and_status(booking, at=now)
    return list(changed.values())


@use_case
def move(*, show_id: int, ticket_ids: Collection[int], labels: Sequence[str], by: User) -> list[Ticket]:
    """Move customers to the seats with these labels, one for each ticket: the first in plan order to the first, etc.

    A customer who has one of these seats keeps it. Prices do not change, whatever the category of the new seats.
    Returns the new tickets. Raises `NotFound` for an unknown show, `SeatsNotBooked` for tickets that are not valid,
    `UnknownSeats`, `SeatsSoldTogether`, `SeatsTaken`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    show = catalog_locks.show(show_id)
    wanted = seats.resolve(labels, show=show)
    sold = _locked(ticket_ids, show=show, before_taking=wanted)
    now = clock.now()
    not_valid = [ticket.seat.label for ticket in sold if ticket.status_at(now) != TicketStatus.VALID]
    if not_valid or not sold:
        raise SeatsNotBooked(not_valid)
    if len(wanted) != len(sold):
        raise InvalidInput.of(
            "seats", "count", f"Choose {counted(len(sold), 'seat')}, one for each seat that you move."
        )
    kept = {ticket.seat_id for ticket in sold} & {seat.pk for seat in wanted}
    leaving = [ticket for ticket in sold if ticket.seat_id not in kept]
    taken = [seat for seat in wanted if seat.pk not in kept]
    units.check_whole([ticket.seat for ticket in leaving])
    units.check_whole(taken)
    _check_one_booking_per_unit(leaving, taken)
    return seats.move(leaving, to=taken, show=show, at=now, by=by)


def _check_one_booking_per_unit(leaving: Sequence[Ticket], taken: Sequence[Seat]) -> None:
    booking_of_unit: dict[str, int | None] = {}
    for ticket, seat in zip(leaving, taken, strict=True):
        if seat.unit and booking_of_unit.setdefault(seat.unit, ticket.booking_id) != ticket.booking_id:
            together = join_words(labels_of_unit(seat.unit))
            message = f"{together} are sold only together, so they can't be in different bookings."
            raise InvalidInput.of("seats", "different_bookings", message)


def _locked(ticket_ids: Collection[int], *, show: Show, before_taking: Iterable[Seat] = ()) -> list[Ticket]:
    """The tickets of the show with these keys, in plan order, with their locked bookings.

    The bookings whose expired holds are in the way of `before_taking` are locked, too: all bookings in one order.
    """
    of_show = Ticket.objects.sold().filter(show=show)
    in_the_way = of_show.expired_unreleased().filter(seat__in=before_taking)
    wanted = of_show.filter(pk__in=ticket_ids)
    booking_ids = {*wanted.values_list("booking", flat=True), *in_the_way.values_list("booking", flat=True)}
    locked = {booking.pk: booking for booking in locks.bookings(booking_ids)}
    found = list(wanted.select_related("seat").order_by("seat__row_index", "seat__column", "pk"))
    for ticket in found:
        assert ticket.booking_id is not None
        ticket.booking = locked[ticket.booking_id]
    return found


def _in_plan_order(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.select_related("seat", "booking__user").order_by("seat__row_index", "seat__column", "pk")
