"""Counts events of the domain. A rolled back transaction counts nothing."""

from functools import partial

from django.db import transaction

from cinema.booking.events import TicketsRecorded
from cinema.core.events import Handlers
from cinema.core.transactions import Collided, GivenUp
from cinema.runtime import metrics


def count_tickets(event: TicketsRecorded) -> None:
    transaction.on_commit(
        partial(metrics.recorder.tickets, event.kind.lower(), seats=event.seats, bookings=event.bookings)
    )


def count_collision(event: Collided) -> None:
    metrics.recorder.collision(event.reason)


def count_given_up(_: GivenUp) -> None:
    metrics.recorder.given_up()


METRICS_HANDLERS: Handlers = {
    TicketsRecorded: [count_tickets],
    Collided: [count_collision],
    GivenUp: [count_given_up],
}
