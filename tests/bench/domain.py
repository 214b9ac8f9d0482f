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
from tests.bench.telling import tell

SCHEMA = schema._schema  # noqa: SLF001 - as Strawberry's own extensions do

ROUNDS = 60
# Twenty rows of 25: 500 seats.
HOUSE = ["SSSSS_SSSSSSSSSSSSSSS_SSSSS"] * 20


# What a front page asks for.
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
    """Seats in a house of 500, for 1 to 10 people, however full it is."""
    house = [
        picking.SeatPosition(seat.label, seat.row_index, seat.column, seat.category) for seat in layouts.parse(HOUSE)
    ]
    for together in (True, False):
        times = []
        for share, count in _crowds():
            choose = _choice(house, share, count, together)
            # The best of three: whoever else runs on this machine meanwhile is not what is measured.
            times.append(min(_timed(choose) for _ in range(3)))
        tell(
            f"choosing in a house of 500, {'together' if together else 'split if need be'}: "
            f"median {1000 * statistics.median(times):.2f} ms, worst {1000 * max(times):.2f} ms"
        )


def reading() -> None:
    """The document of a front page, before anything is executed."""

    def read_anew(number: int) -> object:
        return documents.read(f"{FRONT_PAGE}#{number}", SCHEMA)

    def read() -> object:
        return documents.read(FRONT_PAGE, SCHEMA)

    read()
    operation = Operation.of(documents.read(FRONT_PAGE, SCHEMA)[0], SCHEMA, name=None, variables={"day": "2026-12-24"})
    new: list[float] = []
    known: list[float] = []
    costs: list[float] = []
    for number in range(ROUNDS):
        new.append(_timed(partial(read_anew, number)))
        known.append(_timed(read))
        costs.append(_timed(lambda: operation.cost))
    whole = statistics.median(new)
    tell("measuring, parsing and validating the document of a front page takes, as a ratio to")
    tell(f"  remembering it: {whole / statistics.median(known):.0f}")
    tell(f"  adding up what it costs: {whole / statistics.median(costs):.0f}")


def selling() -> None:
    """A seat sold in several ways, to somebody else each time."""
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
    tell(f"on {connection.vendor}, a seat of a house of 500, as a ratio to {ways[0].name}:")
    for way in ways:
        tell(f"  {way.name}: {statistics.median(way.times) / statistics.median(ways[0].times):.2f}")


@dataclass
class Way:
    """A way to sell a seat, with a show of its own."""

    name: str
    sell: Callable[[Show, str, User], object]
    show: Show = field(default_factory=lambda: situations.a_show(rows=HOUSE))
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


def _choice(house: list[picking.SeatPosition], share: float, count: int, together: bool) -> Callable[[], object]:  # noqa: FBT001
    free = {place.label for place in house if random.random() < share}  # noqa: S311 - no secret

    def choose() -> object:
        try:
            return picking.best_available(house, free=free, count=count, category=None, together=together)
        except picking.NotEnough:
            return None

    return choose


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
