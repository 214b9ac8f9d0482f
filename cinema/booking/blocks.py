"""Seats that staff keep back from sale."""

from collections.abc import Sequence

from django.db.models.functions import Now

from cinema.booking import seats
from cinema.booking.models import Ticket
from cinema.catalog import locks
from cinema.catalog.models import Show
from cinema.core.transactions import use_case


@use_case
def block(*, show_id: int, labels: Sequence[str]) -> Show:
    """Keep seats of a show back, all or none; seats that are blocked already stay so.

    Raises `NotFound`, `UnknownSeats`, `SeatsTaken`, `Busy`; then nothing has changed.
    """
    show = locks.show(show_id)
    wanted = seats.named(labels, show=show)
    blocked = set(Ticket.objects.unreleased().blocks().filter(show=show).values_list("seat_id", flat=True))
    seats.take([seat for seat in wanted if seat.pk not in blocked], show=show, booking=None)
    return show


@use_case
def unblock(*, show_id: int, labels: Sequence[str]) -> Show:
    """Put blocked seats on sale again; seats that are not blocked stay as they are.

    Raises `NotFound`, `UnknownSeats`, `Busy`; then nothing has changed.
    """
    show = locks.show(show_id)
    wanted = seats.named(labels, show=show)
    Ticket.objects.unreleased().blocks().filter(show=show, seat__in=wanted).update(released_at=Now())
    return show
