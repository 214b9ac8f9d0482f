"""Blocks: seats that staff take off sale."""

from collections.abc import Sequence

from cinema.accounts.models import User
from cinema.booking import seats, units
from cinema.booking.models import Ticket
from cinema.catalog import locks
from cinema.catalog.models import Show
from cinema.core import clock
from cinema.core.transactions import use_case


@use_case
def block(*, show_id: int, labels: Sequence[str], by: User | None = None) -> Show:
    """Block seats of a show, all or none; blocked seats stay blocked. `by` is None if the server did it.

    Raises `NotFound`, `UnknownSeats`, `SeatsSoldTogether`, `SeatsTaken`, `InvalidInput`, `Busy`; then nothing has
    changed.
    """
    show = locks.show(show_id)
    named = seats.resolve(labels, show=show)
    units.check_whole(named)
    blocked = set(Ticket.objects.unreleased().blocks().filter(show=show).values_list("seat_id", flat=True))
    wanted = [seat for seat in named if seat.pk not in blocked]
    with seats.suggest_alternatives(wanted, show=show, plan_version=show.screen.plan_version):
        seats.make_way(wanted, show=show)
    seats.block(wanted, show=show, at=clock.now(), by=by)
    return show


@use_case
def unblock(*, show_id: int, labels: Sequence[str], by: User | None = None) -> Show:
    """Put blocked seats on sale again; seats that are not blocked do not change. `by` is None if the server did it.

    Raises `NotFound`, `UnknownSeats`, `SeatsSoldTogether`, `InvalidInput`, `Busy`; then nothing has changed.
    """
    show = locks.show(show_id)
    wanted = seats.resolve(labels, show=show)
    units.check_whole(wanted)
    blocks = Ticket.objects.unreleased().blocks().filter(show=show, seat__in=wanted)
    seats.release(list(blocks), at=clock.now(), by=by)
    return show
