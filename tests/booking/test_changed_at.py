"""Every write of a ticket sets `changed_at`, by which recent changes are found."""

from collections.abc import Callable
from datetime import datetime

import pytest

from cinema.booking import seat_maps
from cinema.booking.models import TicketQuerySet
from cinema.catalog import scheduling
from cinema.core import clock
from cinema.models import Show, Ticket
from tests import situations
from tests.booking.backdating import backdate_tickets

pytestmark = pytest.mark.django_db


def changed_at_after(write: Callable[[TicketQuerySet, Ticket], object], *, show: Show) -> datetime:
    """`changed_at` of a ticket after `write`."""
    ticket = situations.a_booking("A1", show=show).tickets.get()
    backdate_tickets()
    ticket.refresh_from_db()
    write(Ticket.objects.filter(pk=ticket.pk), ticket)
    ticket.refresh_from_db()
    return ticket.changed_at


@pytest.mark.parametrize(
    "write",
    [
        lambda tickets, ticket: tickets.update(price=1),
        lambda tickets, ticket: ticket.booking.tickets.update(price=1),
        lambda tickets, ticket: ticket.seat.tickets.filter(show=ticket.show).update(price=1),
        lambda tickets, ticket: tickets.bulk_update([ticket], ["price"]),
        lambda tickets, ticket: ticket.save(),
        lambda tickets, ticket: ticket.save(update_fields=["price"]),
        lambda tickets, ticket: Ticket.objects.update_or_create(pk=ticket.pk, defaults={"price": 1}),
    ],
    ids=[
        "update",
        "update of a booking",
        "update of a seat",
        "bulk_update",
        "save",
        "save one field",
        "update_or_create",
    ],
)
def test_every_write_of_a_ticket_sets_the_time(show: Show, write: Callable[[TicketQuerySet, Ticket], object]) -> None:
    before = clock.now()

    assert before <= changed_at_after(write, show=show) <= clock.now()


def test_recent_changes_are_those_within_the_margin(show: Show) -> None:
    other, unwatched = situations.a_show(), situations.a_show()
    situations.a_booking("A1", show=show)
    backdate_tickets()
    one, another = (situations.a_booking("A2", show=each).tickets.get() for each in (show, other))
    situations.a_booking("A2", show=unwatched)
    for each in (other, unwatched):
        scheduling.reschedule(show_id=each.pk, format="IMAX")
    other.refresh_from_db()

    assert seat_maps.recent_changes([show.pk, other.pk]) == {
        (show.pk, one.pk, one.changed_at),
        (other.pk, another.pk, another.changed_at),
        (other.pk, None, other.changed_at),
    }
