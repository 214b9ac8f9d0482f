"""The booking engine said a second time: in memory, for one caller at a time, as plainly as can be.

Which seats are best, and which are nearest, it asks `picking`, which has tests of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cinema.booking import picking
from cinema.booking.errors import (
    HoldExpired,
    HoldLimitReached,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsTaken,
    ShowNotOnSale,
    UnknownSeats,
)
from cinema.booking.seats import BestAvailable
from cinema.booking.status import ShowStatus
from cinema.catalog import layouts
from cinema.core.errors import CinemaError, IdempotencyKeyReused, NotFound
from tests.situations import PRICES

OCCUPYING = {"HELD", "VALID"}


class Refused(Exception):
    """What the engine is to refuse: the kind, and what it says besides."""

    def __init__(self, kind: type[CinemaError], /, **facts: Any) -> None:
        super().__init__(kind.__name__, facts)
        self.kind = kind
        self.facts = facts


@dataclass(eq=False)
class House:
    """A show, and what is blocked of it."""

    rows: list[str]
    called_off: bool = False
    blocked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        planned = layouts.parse(self.rows)
        self.places = [picking.SeatPosition(seat.label, seat.row_index, seat.column, seat.category) for seat in planned]
        self.labels = [place.label for place in self.places]
        self.price = {place.label: PRICES[place.category] for place in self.places}


@dataclass(eq=False)
class Sale:
    """A booking: by label, what has become of each of its seats."""

    buyer: str
    house: House
    status: str
    tickets: dict[str, str]
    extended: bool = False
    # Of one that ran out: whether that has been written down.
    noticed: bool = False

    @property
    def total(self) -> Decimal:
        return sum((self.house.price[label] for label in self.labels("HELD", "VALID", "EXPIRED")), Decimal(0))

    def labels(self, *statuses: str) -> list[str]:
        return [label for label in self.house.labels if self.tickets.get(label) in statuses]

    def turn(self, labels: Sequence[str], status: str) -> None:
        self.tickets.update(dict.fromkeys(labels, status))


class Cinema:
    def __init__(self, houses: Sequence[House], *, seats_per_show: int, open_holds: int) -> None:
        self.houses = houses
        self.seats_per_show = seats_per_show
        self.open_holds = open_holds
        self.sales: list[Sale] = []
        self.keys: dict[tuple[str, str], tuple[object, Sale]] = {}
        # Those that ran out and of which that has not been written down, the first to run out first.
        self.overdue: list[Sale] = []

    # ------------------------------------------------------------------ what buyers do

    def book(self, house: House, typed: Sequence[str], buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            labels = as_typed(typed)
            self._check_seats(house, buyer, len(labels))
            self._check_on_sale(house)
            return self._sell(house, self._known(house, labels), buyer, "CONFIRMED", "VALID")

        return self._once(buyer, key, ("book", house, tuple(as_typed(typed))), act)

    def hold(self, house: House, typed: Sequence[str], buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            labels = as_typed(typed)
            self._check_seats(house, buyer, len(labels))
            self._check_open_holds(buyer)
            self._check_on_sale(house)
            return self._sell(house, self._known(house, labels), buyer, "HELD", "HELD")

        return self._once(buyer, key, ("hold", house, tuple(as_typed(typed))), act)

    def hold_best(self, house: House, wish: BestAvailable, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_seats(house, buyer, wish.count)
            self._check_open_holds(buyer)
            self._check_on_sale(house)
            try:
                labels = picking.best_available(
                    house.places,
                    free=self.free(house),
                    count=wish.count,
                    category=wish.category,
                    together=wish.together,
                )
            except picking.NotEnough as shortage:
                raise Refused(NotEnoughSeats, requested=wish.count, available=shortage.available) from shortage
            return self._sell(house, labels, buyer, "HELD", "HELD")

        return self._once(buyer, key, ("hold", house, wish), act)

    def extend(self, sale: Sale, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_own(sale, buyer)
            if sale.status == "HELD":
                sale.extended = True
            elif sale.status != "CONFIRMED":
                raise self._hold_expired(sale)
            return sale

        return self._once(buyer, key, ("extend", sale), act)

    def confirm(self, sale: Sale, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_own(sale, buyer)
            if sale.status == "HELD":
                sale.turn(sale.labels("HELD"), "VALID")
            elif sale.status != "CONFIRMED":
                self._take_again(sale)
            sale.status = "CONFIRMED"
            return sale

        return self._once(buyer, key, ("confirm", sale), act)

    def cancel(self, sale: Sale, typed: Sequence[str] | None, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_own(sale, buyer)
            labels = list(sale.tickets) if typed is None else as_typed(typed)
            unknown = [label for label in labels if label not in sale.tickets]
            if unknown:
                raise Refused(UnknownSeats, seats=unknown)
            given_back = set(labels) & set(sale.labels(*OCCUPYING))
            sale.turn(list(given_back), "CANCELLED")
            if given_back and not sale.labels(*OCCUPYING):
                sale.status = "CANCELLED"
            return sale

        return self._once(buyer, key, ("cancel", sale, typed and tuple(as_typed(typed))), act)

    # ------------------------------------------------------------------ what staff and the clock do

    def block(self, house: House, typed: Sequence[str]) -> None:
        wanted = [label for label in self._known(house, as_typed(typed)) if label not in house.blocked]
        self._occupy(house, wanted)
        house.blocked.update(wanted)

    def unblock(self, house: House, typed: Sequence[str]) -> None:
        house.blocked -= set(self._known(house, as_typed(typed)))

    def call_off(self, house: House) -> None:
        if house.called_off:
            return
        house.called_off = True
        house.blocked.clear()
        for sale in self.sales:
            if sale.house is house:
                self._notice(sale)
                if sale.status in {"HELD", "CONFIRMED"}:
                    sale.turn(sale.labels(*OCCUPYING), "CANCELLED")
                    sale.status = "CANCELLED"

    def run_out(self, sale: Sale) -> None:
        sale.turn(sale.labels("HELD"), "EXPIRED")
        sale.status, sale.noticed = "EXPIRED", False
        self.overdue.append(sale)

    def sweep(self, at_most: int) -> int:
        swept = self.overdue[:at_most]
        for sale in swept:
            self._notice(sale)
        return len(swept)

    # ------------------------------------------------------------------ what is so

    def owner(self, house: House, label: str) -> Sale | None:
        owners = [sale for sale in self.sales if sale.house is house and sale.tickets.get(label) in OCCUPYING]
        assert len(owners) <= 1, "the model itself sold a seat twice"
        return owners[0] if owners else None

    def free(self, house: House) -> list[str]:
        return [label for label in house.labels if label not in house.blocked and not self.owner(house, label)]

    def seat_map(self, house: House, viewer: str) -> dict[str, tuple[str, bool]]:
        """By label, the seat's status, and whether it is the viewer's."""
        return {label: self._seen(house, label, viewer) for label in house.labels}

    def _seen(self, house: House, label: str, viewer: str) -> tuple[str, bool]:
        owner = self.owner(house, label)
        if owner is None:
            return ("BLOCKED" if label in house.blocked else "AVAILABLE"), False
        return {"HELD": "HELD", "VALID": "BOOKED"}[owner.tickets[label]], owner.buyer == viewer

    # ------------------------------------------------------------------ the rules

    def _once(self, buyer: str, key: str | None, call: object, act: Callable[[], Sale]) -> Sale:
        if key is None:
            return act()
        if (buyer, key) not in self.keys:
            self.keys[buyer, key] = call, act()
        earlier, sale = self.keys[buyer, key]
        if earlier != call:
            raise Refused(IdempotencyKeyReused)
        return sale

    def _check_own(self, sale: Sale, buyer: str) -> None:
        if sale.buyer != buyer:
            raise Refused(NotFound, kind="booking")

    def _check_on_sale(self, house: House) -> None:
        if house.called_off:
            raise Refused(ShowNotOnSale, status=ShowStatus.CANCELLED)

    def _check_seats(self, house: House, buyer: str, wanted: int) -> None:
        owners = [self.owner(house, label) for label in house.labels]
        taken = sum(owner is not None and owner.buyer == buyer for owner in owners)
        if taken + wanted > self.seats_per_show:
            raise Refused(SeatLimitReached, limit=self.seats_per_show, already_taken=taken)

    def _check_open_holds(self, buyer: str) -> None:
        open_holds = sum(sale.buyer == buyer and sale.status == "HELD" for sale in self.sales)
        if open_holds >= self.open_holds:
            raise Refused(HoldLimitReached, limit=self.open_holds, already_taken=open_holds)

    def _known(self, house: House, labels: Sequence[str]) -> list[str]:
        """In house order."""
        unknown = [label for label in labels if label not in house.labels]
        if unknown:
            raise Refused(UnknownSeats, seats=unknown)
        return [label for label in house.labels if label in labels]

    def _sell(self, house: House, labels: Sequence[str], buyer: str, status: str, ticket_status: str) -> Sale:
        self._occupy(house, labels)
        sale = Sale(buyer, house, status, dict.fromkeys(labels, ticket_status))
        self.sales.append(sale)
        return sale

    def _occupy(self, house: House, labels: Sequence[str]) -> None:
        free = self.free(house)
        taken = [label for label in labels if label not in free]
        if taken:
            places = {place.label: place for place in house.places}
            nearest = picking.nearest(
                [places[label] for label in free], to=[places[label] for label in labels], count=len(labels)
            )
            raise Refused(SeatsTaken, seats=taken, alternatives=nearest)
        for sale in [sale for sale in self.overdue if sale.house is house]:
            if set(sale.labels("EXPIRED")) & set(labels):
                self._notice(sale)

    def _take_again(self, sale: Sale) -> None:
        lost = sale.labels("EXPIRED")
        refusal = self._hold_expired(sale)
        if not lost or refusal.facts["still_available"] != lost:
            raise refusal
        try:
            self._check_seats(sale.house, sale.buyer, len(lost))
        except Refused as limit:
            more = self.seats_per_show - limit.facts["already_taken"]
            raise Refused(HoldExpired, still_available=lost[: max(0, more)]) from limit
        self._notice(sale)
        self._occupy(sale.house, lost)
        sale.turn(lost, "VALID")

    def _hold_expired(self, sale: Sale) -> Refused:
        free = [] if sale.house.called_off else self.free(sale.house)
        return Refused(HoldExpired, still_available=[label for label in sale.labels("EXPIRED") if label in free])

    def _notice(self, sale: Sale) -> None:
        if sale in self.overdue:
            self.overdue.remove(sale)
            sale.noticed = True


def as_typed(typed: Sequence[str]) -> list[str]:
    """The labels that are meant, each once."""
    return list(dict.fromkeys(label.strip().upper() for label in typed))
