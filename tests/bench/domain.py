"""Choosing seats, reading documents, selling."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from cinema.booking import bookings, holds, picking
from cinema.booking.seats import BestAvailable
from cinema.catalog import layouts
from cinema.models import Show, User
from schema.engine import documents
from schema.engine.costs import Operation
from schema.root import schema
from tests import situations
from tests.bench.reporting import report

SCHEMA = schema._schema  # noqa: SLF001 - as Strawberry's own extensions do

ROUNDS = 60
# Twenty rows of 25: 500 seats.
HALL = ["SSSSS_SSSSSSSSSSSSSSS_SSSSS"] * 20


# The query of a front page.
FRONT_PAGE = """
query FrontPage($day: Date!) {
  movies(first: 20, filter: { showingOn: $day }) {
    totalCount
    nodes { title genres shows(first: 10) { nodes { id startsAt status seatsAvailable priceFrom { amount } } } }
  }
}
"""


def main() -> None:
    choosing()
    reading()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        selling()
    finally:
        teardown_databases(old, verbosity=0)


def choosing() -> None:
    """Seats in a hall of 500 seats, for 1 to 10 people, however full it is."""
    hall = [
        picking.SeatPosition(seat.label, seat.row_index, seat.column, seat.category) for seat in layouts.parse(HALL)
    ]
    for together in (True, False):
        times = []
        for share, count in _crowds():
            choose = _choice(hall, share, count, together)
            # The best of three, since other programs may run meanwhile.
            times.append(min(_timed(choose) for _ in range(3)))
        report(
            f"choosing in a hall of 500 seats, {'adjacent' if together else 'split if necessary'}: "
            f"median {1000 * statistics.median(times):.2f} ms, worst {1000 * max(times):.2f} ms"
        )


def reading() -> None:
    """The document of the front page, up to its execution."""

    def read_new(number: int) -> object:
        return documents.read(f"{FRONT_PAGE}#{number}", SCHEMA)

    def read() -> object:
        return documents.read(FRONT_PAGE, SCHEMA)

    read()
    operation = Operation.of(documents.read(FRONT_PAGE, SCHEMA)[0], SCHEMA, name=None, variables={"day": "2026-12-24"})
    new: list[float] = []
    known: list[float] = []
    costs: list[float] = []
    for number in range(ROUNDS):
        new.append(_timed(partial(read_new, number)))
        known.append(_timed(read))
        costs.append(_timed(lambda: operation.cost))
    whole = statistics.median(new)
    report("time to measure, parse and validate the document of a front page, as a ratio to")
    report(f"  finding it in the cache: {whole / statistics.median(known):.0f}")
    report(f"  computing its cost: {whole / statistics.median(costs):.0f}")


def selling() -> None:
    """Several ways to sell a seat, each time to a new buyer."""
    ways = [
        Way("bookSeat", book),
        Way("bookSeat with a key", lambda show, label, by: book(show, label, by, key=label)),
        Way("holdSeats and confirmBooking", hold_and_confirm),
        Way("holdSeats, best available", hold_best),
    ]
    labels = [f"{layouts.row_label(row)}{number}" for row in range(20) for number in range(1, 26)]
    for label in labels[:ROUNDS]:
        buyer = situations.a_user()
        for way in ways:
            way.times.append(_timed(partial(way.sell, way.show, label, buyer)))
    report(f"on {connection.vendor}, time to sell a seat in a hall of 500, as a ratio to {ways[0].name}:")
    for way in ways:
        report(f"  {way.name}: {statistics.median(way.times) / statistics.median(ways[0].times):.2f}")


@dataclass
class Way:
    """A way to sell a seat, with a show of its own."""

    name: str
    sell: Callable[[Show, str, User], object]
    show: Show = field(default_factory=lambda: situations.a_show(rows=HALL))
    times: list[float] = field(default_factory=list)


def book(show: Show, label: str, by: User, key: str | None = None) -> object:
    return bookings.book(show_id=show.pk, labels=[label], by=by, key=key)


def hold_and_confirm(show: Show, label: str, by: User) -> object:
    hold = holds.acquire(show_id=show.pk, wanted=[label], by=by)
    return bookings.confirm(booking_id=hold.pk, by=by)


def hold_best(show: Show, _: str, by: User) -> object:
    return holds.acquire(show_id=show.pk, wanted=BestAvailable(1), by=by)


def _crowds() -> list[tuple[float, int]]:
    return [(share / 10, count) for share in range(1, 11) for count in range(1, 11)] * 3


def _choice(hall: list[picking.SeatPosition], share: float, count: int, together: bool) -> Callable[[], object]:  # noqa: FBT001
    free = {place.label for place in hall if random.random() < share}  # noqa: S311 - no secret

    def choose() -> object:
        try:
            return picking.best_available(hall, free=free, count=count, category=None, together=together)
        except picking.NotEnough:
            return None

    return choose


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
