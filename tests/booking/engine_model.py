"""A simple model of the booking engine, in memory and for one caller at a time.

It asks `picking` for the best and the nearest seats, because `picking` has its own tests.
"""

from collections.abc import Callable, Sequence

from cinema.booking import picking
from cinema.booking.errors import (
    BookingCancelled,
    HoldExpired,
    HoldLimitReached,
    NotEnoughSeats,
    SeatLimitReached,
    SeatsSoldTogether,
    SeatsTaken,
    ShowNotOnSale,
    UnknownSeats,
)
from cinema.booking.seats import BestAvailable
from cinema.booking.status import ShowStatus
from cinema.catalog.grids import Grid
from cinema.core.errors import IdempotencyKeyReused, NotFound
from tests.booking.sale_model import OCCUPYING, Refused, Sale, ShowModel, alternatives, first_whole, normalized


class EngineModel:
    def __init__(self, shows: Sequence[ShowModel], *, seats_per_show: int, open_holds: int) -> None:
        self.shows = shows
        self.seats_per_show = seats_per_show
        self.open_holds = open_holds
        self.sales: list[Sale] = []
        self.keys: dict[tuple[str, str], tuple[object, Sale]] = {}
        # In order of expiry.
        self.expired_unreleased: list[Sale] = []

    # ------------------------------------------------------------------ calls of buyers

    def book(self, show: ShowModel, typed: Sequence[str], buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            labels = normalized(typed)
            self._check_seats(show, buyer, len(labels))
            self._check_on_sale(show)
            return self._sell(show, self._in_plan_order(show, labels), buyer, "CONFIRMED", "VALID")

        return self._run_once(buyer, key, ("book", show, tuple(normalized(typed))), act)

    def hold(self, show: ShowModel, typed: Sequence[str], buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            labels = normalized(typed)
            self._check_seats(show, buyer, len(labels))
            self._check_open_holds(buyer)
            self._check_on_sale(show)
            return self._sell(show, self._in_plan_order(show, labels), buyer, "HELD", "HELD")

        return self._run_once(buyer, key, ("hold", show, tuple(normalized(typed))), act)

    def hold_best(self, show: ShowModel, wanted: BestAvailable, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_seats(show, buyer, wanted.count)
            self._check_open_holds(buyer)
            self._check_on_sale(show)
            try:
                labels = picking.best_available(
                    Grid(show.positions),
                    taken=set(show.labels).difference(self.free(show)),
                    count=wanted.count,
                    category=wanted.category,
                    together=wanted.together,
                )
            except picking.NotEnough as shortage:
                raise Refused(NotEnoughSeats, requested=wanted.count, available=shortage.available) from shortage
            return self._sell(show, labels, buyer, "HELD", "HELD")

        return self._run_once(buyer, key, ("hold", show, wanted), act)

    def extend(self, sale: Sale, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_owner(sale, buyer)
            self._check_not_cancelled(sale)
            if sale.status == "HELD":
                sale.extended = True
            elif sale.status != "CONFIRMED":
                raise self._hold_expired(sale)
            return sale

        return self._run_once(buyer, key, ("extend", sale), act)

    def confirm(self, sale: Sale, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_owner(sale, buyer)
            self._check_not_cancelled(sale)
            if sale.status == "HELD":
                sale.set_status(sale.labels("HELD"), "VALID")
            elif sale.status != "CONFIRMED":
                self._take_again(sale)
            sale.status = "CONFIRMED"
            return sale

        return self._run_once(buyer, key, ("confirm", sale), act)

    def cancel(self, sale: Sale, typed: Sequence[str] | None, buyer: str, key: str | None) -> Sale:
        def act() -> Sale:
            self._check_owner(sale, buyer)
            labels = list(sale.tickets) if typed is None else normalized(typed)
            unknown = [label for label in labels if label not in sale.tickets]
            if unknown:
                raise Refused(UnknownSeats, seats=unknown)
            cancelled = set(labels) & set(sale.labels(*OCCUPYING))
            self._check_units(sale.show, [label for label in labels if label in cancelled])
            sale.set_status(list(cancelled), "CANCELLED")
            if cancelled and not sale.labels(*OCCUPYING):
                sale.status = "CANCELLED"
            return sale

        return self._run_once(buyer, key, ("cancel", sale, typed and tuple(normalized(typed))), act)

    # ------------------------------------------------------------------ calls of staff, and the clock

    def block(self, show: ShowModel, typed: Sequence[str]) -> None:
        named = self._in_plan_order(show, normalized(typed))
        self._check_units(show, named)
        wanted = [label for label in named if label not in show.blocked]
        self._occupy(show, wanted)
        show.blocked.update(wanted)

    def unblock(self, show: ShowModel, typed: Sequence[str]) -> None:
        named = self._in_plan_order(show, normalized(typed))
        self._check_units(show, named)
        show.blocked -= set(named)

    def cancel_show(self, show: ShowModel) -> None:
        if show.cancelled:
            return
        show.cancelled = True
        show.blocked.clear()
        for sale in self.sales:
            if sale.show is show:
                self._release(sale)
                if sale.status in {"HELD", "CONFIRMED"}:
                    sale.set_status(sale.labels(*OCCUPYING), "CANCELLED")
                    sale.status = "CANCELLED"

    def expire(self, sale: Sale) -> None:
        sale.set_status(sale.labels("HELD"), "EXPIRED")
        sale.status, sale.released = "EXPIRED", False
        self.expired_unreleased.append(sale)

    def release_expired(self, at_most: int) -> int:
        released = self.expired_unreleased[:at_most]
        for sale in released:
            self._release(sale)
        return len(released)

    # ------------------------------------------------------------------ state

    def owner(self, show: ShowModel, label: str) -> Sale | None:
        owners = [sale for sale in self.sales if sale.show is show and sale.tickets.get(label) in OCCUPYING]
        assert len(owners) <= 1, "the model sold a seat twice"
        return owners[0] if owners else None

    def free(self, show: ShowModel) -> list[str]:
        return [label for label in show.labels if label not in show.blocked and not self.owner(show, label)]

    def seat_map(self, show: ShowModel, viewer: str) -> dict[str, tuple[str, bool]]:
        """The status of each seat, by label, and whether the viewer owns it."""
        return {label: self._seat_seen(show, label, viewer) for label in show.labels}

    def _seat_seen(self, show: ShowModel, label: str, viewer: str) -> tuple[str, bool]:
        owner = self.owner(show, label)
        if owner is None:
            return ("BLOCKED" if show.cancelled or label in show.blocked else "AVAILABLE"), False
        return {"HELD": "HELD", "VALID": "BOOKED"}[owner.tickets[label]], owner.buyer == viewer

    # ------------------------------------------------------------------ the rules

    def _run_once(self, buyer: str, key: str | None, call: object, act: Callable[[], Sale]) -> Sale:
        if key is None:
            return act()
        if (buyer, key) not in self.keys:
            self.keys[buyer, key] = call, act()
        earlier, sale = self.keys[buyer, key]
        if earlier != call:
            raise Refused(IdempotencyKeyReused)
        return sale

    def _check_owner(self, sale: Sale, buyer: str) -> None:
        if sale.buyer != buyer:
            raise Refused(NotFound, kind="booking")

    def _check_not_cancelled(self, sale: Sale) -> None:
        if sale.status == "CANCELLED":
            raise Refused(BookingCancelled)

    def _check_on_sale(self, show: ShowModel) -> None:
        if show.cancelled:
            raise Refused(ShowNotOnSale, show_status=ShowStatus.CANCELLED)

    def _check_seats(self, show: ShowModel, buyer: str, wanted: int) -> None:
        owners = [self.owner(show, label) for label in show.labels]
        taken = sum(owner is not None and owner.buyer == buyer for owner in owners)
        if taken + wanted > self.seats_per_show:
            raise Refused(SeatLimitReached, limit=self.seats_per_show, already_taken=taken)

    def _check_open_holds(self, buyer: str) -> None:
        open_holds = sum(sale.buyer == buyer and sale.status == "HELD" for sale in self.sales)
        if open_holds >= self.open_holds:
            raise Refused(HoldLimitReached, limit=self.open_holds, already_taken=open_holds)

    def _in_plan_order(self, show: ShowModel, labels: Sequence[str]) -> list[str]:
        """The labels in plan order."""
        unknown = [label for label in labels if label not in show.labels]
        if unknown:
            raise Refused(UnknownSeats, seats=unknown)
        return [label for label in show.labels if label in labels]

    def _sell(self, show: ShowModel, labels: Sequence[str], buyer: str, status: str, ticket_status: str) -> Sale:
        self._check_units(show, labels)
        self._occupy(show, labels)
        sale = Sale(buyer, show, status, dict.fromkeys(labels, ticket_status))
        self.sales.append(sale)
        return sale

    def _check_units(self, show: ShowModel, labels: Sequence[str]) -> None:
        broken = [unit for unit in show.units if unit & set(labels) not in (set(), unit)]
        if broken:
            seats = [label for label in labels if any(label in unit for unit in broken)]
            missing = set().union(*broken) - set(labels)
            raise Refused(SeatsSoldTogether, seats=seats, missing=[each for each in show.labels if each in missing])

    def _occupy(self, show: ShowModel, labels: Sequence[str]) -> None:
        free = self.free(show)
        taken = [label for label in labels if label not in free]
        if taken:
            raise Refused(SeatsTaken, seats=taken, alternatives=alternatives(show, free, labels))
        for sale in [sale for sale in self.expired_unreleased if sale.show is show]:
            if set(sale.labels("EXPIRED")) & set(labels):
                self._release(sale)

    def _take_again(self, sale: Sale) -> None:
        lost = sale.labels("EXPIRED")
        refusal = self._hold_expired(sale)
        if not lost or refusal.attributes["still_available"] != lost:
            raise refusal
        try:
            self._check_seats(sale.show, sale.buyer, len(lost))
        except Refused as limit:
            remaining = self.seats_per_show - limit.attributes["already_taken"]
            raise Refused(HoldExpired, still_available=first_whole(sale.show, lost, remaining)) from limit
        self._release(sale)
        self._occupy(sale.show, lost)
        sale.set_status(lost, "VALID")

    def _hold_expired(self, sale: Sale) -> Refused:
        free = [] if sale.show.cancelled else self.free(sale.show)
        return Refused(HoldExpired, still_available=[label for label in sale.labels("EXPIRED") if label in free])

    def _release(self, sale: Sale) -> None:
        if sale in self.expired_unreleased:
            self.expired_unreleased.remove(sale)
            sale.released = True
