"""The booking engine against a simple model of it: any sequence of calls, by several users, on two small shows.

The model predicts the result of each call, and the state of every seat and booking after it. A refused call must change
nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cinema.booking import blocks, bookings, holds, seat_maps
from cinema.booking.rules import rules
from cinema.booking.seats import BestAvailable
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.core import clock
from cinema.core.errors import CinemaError
from cinema.models import Booking, Ticket
from tests import situations
from tests.booking.engine_model import EngineModel
from tests.booking.sale_model import Refused, Sale, ShowModel
from tests.rules import ChangeRules

LIMITS = {"seats_per_show": 3, "open_holds": 1}
PLANS = (["SSSP", "WC_SS", "PP(SS)"], ["(SS)_SP"])
BUYERS = ("ann", "bob")
# The model knows no reserved seats. `test_accessible_picking` and `tests/api/test_accessible_seats` test them.
ACCESSIBLE: dict[str, Any] = {"needs_accessible": True}
SETTINGS = settings(
    # Without the explain phase: it takes minutes here, and the shrunk list of calls is enough.
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@dataclass(frozen=True)
class Wanted:
    """Seats before their labels are known: positions among the free seats, or among all seats, and extra labels."""

    plan: int
    free: bool
    numbers: tuple[int, ...]
    extra: tuple[str, ...]

    def typed(self, pool: Sequence[str]) -> list[str]:
        """The labels of these seats in `pool`."""
        return [*dict.fromkeys(pool[number % len(pool)] for number in self.numbers), *self.extra]


plans = st.sampled_from([0, 0, 1])
numbers = st.lists(st.integers(0, 10), min_size=1, max_size=3).map(tuple)
# Mostly nothing; sometimes an unknown seat, or a seat that may be requested twice, in another spelling.
extra = st.sampled_from([(), (), (), (), (), (), ("Z9",), (" a1",), ("b1", "B1")])
seats = st.builds(Wanted, plans, st.sampled_from([True, True, False]), numbers, extra)
buyers = st.sampled_from(BUYERS)
keys = st.sampled_from([None, None, "k1", "k2"])
# Any sale, an open hold, or an expired hold that has not been released: most bugs are about the last two.
sales = st.tuples(st.sampled_from(["any", "open", "expired"]), st.integers(0, 20))
# Mostly the owner.
other_buyers = st.sampled_from([None] * 7 + list(BUYERS))
best_available = st.builds(
    BestAvailable,
    count=st.integers(1, 3),
    category=st.sampled_from([None, None, *SeatCategory]),
    together=st.booleans(),
)


class Engine(RuleBasedStateMachine):
    @initialize()
    def create_shows(self) -> None:
        self.model = EngineModel([ShowModel(list(plan)) for plan in PLANS], **LIMITS)
        self.shows = {show: situations.a_show(rows=show.rows) for show in self.model.shows}
        self.users = {name: situations.a_user() for name in BUYERS}
        self.ids: dict[Sale, int] = {}
        self.keyed_calls: list[tuple[Callable[[], Sale], Callable[[], Booking]]] = []
        self.invariant_checks = 0

    def teardown(self) -> None:
        # The next example must not find the expired holds of this one.
        holds.release_expired(at_most=1000)

    # ------------------------------------------------------------------ buyers

    @rule(seats=seats, buyer=buyers, key=keys)
    def book(self, seats: Wanted, buyer: str, key: str | None) -> None:
        show, labels = self.resolved(seats)
        self.buyer_calls(
            partial(self.model.book, show, labels, buyer, key),
            partial(
                bookings.book, show_id=self.shows[show].pk, labels=labels, by=self.users[buyer], key=key, **ACCESSIBLE
            ),
            key,
        )

    @rule(seats=seats, buyer=buyers, key=keys, expires=st.booleans())
    def hold(self, seats: Wanted, buyer: str, key: str | None, *, expires: bool) -> None:
        """Hold seats by their labels. The hold may expire before anything else happens."""
        show, labels = self.resolved(seats)
        hold = self.buyer_calls(
            partial(self.model.hold, show, labels, buyer, key),
            partial(
                holds.acquire, show_id=self.shows[show].pk, wanted=labels, by=self.users[buyer], key=key, **ACCESSIBLE
            ),
            key,
        )
        if expires and hold in self.open_holds():
            self.expire(hold)

    @rule(plan=plans, wanted=best_available, buyer=buyers, key=keys, expires=st.booleans())
    def hold_best(self, plan: int, wanted: BestAvailable, buyer: str, key: str | None, *, expires: bool) -> None:
        show = self.model.shows[plan]
        hold = self.buyer_calls(
            partial(self.model.hold_best, show, wanted, buyer, key),
            partial(
                holds.acquire, show_id=self.shows[show].pk, wanted=wanted, by=self.users[buyer], key=key, **ACCESSIBLE
            ),
            key,
        )
        if expires and hold in self.open_holds():
            self.expire(hold)

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, other_buyer=other_buyers, key=keys)
    def extend(self, sale: tuple[str, int], other_buyer: str | None, key: str | None) -> None:
        chosen = self.sale_of_kind(*sale)
        buyer = other_buyer or chosen.buyer
        self.buyer_calls(
            partial(self.model.extend, chosen, buyer, key),
            partial(holds.extend, booking_id=self.ids[chosen], by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, other_buyer=other_buyers, key=keys)
    def confirm(self, sale: tuple[str, int], other_buyer: str | None, key: str | None) -> None:
        chosen = self.sale_of_kind(*sale)
        buyer = other_buyer or chosen.buyer
        self.buyer_calls(
            partial(self.model.confirm, chosen, buyer, key),
            partial(bookings.confirm, booking_id=self.ids[chosen], by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, other_buyer=other_buyers, key=keys, some=st.none() | seats)
    def cancel(self, sale: tuple[str, int], other_buyer: str | None, key: str | None, some: Wanted | None) -> None:
        chosen = self.sale_of_kind(*sale)
        labels = None if some is None else some.typed(list(chosen.tickets))
        buyer = other_buyer or chosen.buyer
        self.buyer_calls(
            partial(self.model.cancel, chosen, labels, buyer, key),
            partial(bookings.cancel, booking_id=self.ids[chosen], labels=labels, by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.expired_unreleased)
    @rule(number=st.integers(0, 20), numbers=numbers)
    def take_seats_and_confirm_expired(self, number: int, numbers: tuple[int, ...]) -> None:
        """A way in which a buyer might get more seats than the limit."""
        expired = self.sale_of_kind("expired", number)
        others = Wanted(self.model.shows.index(expired.show), free=True, numbers=numbers, extra=())
        self.book(others, expired.buyer, None)
        self.confirm(("any", self.model.sales.index(expired)), None, None)

    @precondition(lambda self: self.keyed_calls)
    @rule(data=st.data())
    def repeat_call(self, data: st.DataObject) -> None:
        """A repeated call with its key returns the same result and changes nothing."""
        expected, call = data.draw(st.sampled_from(self.keyed_calls))
        self.compare(expected, call)

    # ------------------------------------------------------------------ staff and the clock

    @precondition(lambda self: sum(len(show.blocked) for show in self.model.shows) < 3)
    @rule(seats=seats)
    def block(self, seats: Wanted) -> None:
        show, labels = self.resolved(seats)
        self.compare(
            partial(self.model.block, show, labels),
            partial(blocks.block, show_id=self.shows[show].pk, labels=labels),
        )

    @precondition(lambda self: any(show.blocked for show in self.model.shows))
    @rule(seats=seats)
    def unblock(self, seats: Wanted) -> None:
        show = self.model.shows[seats.plan]
        labels = seats.typed((seats.free and sorted(show.blocked)) or show.labels)
        self.compare(
            partial(self.model.unblock, show, labels),
            partial(blocks.unblock, show_id=self.shows[show].pk, labels=labels),
        )

    @precondition(lambda self: len(self.model.sales) >= 6)
    @rule(plan=plans)
    def cancel_show(self, plan: int) -> None:
        show = self.model.shows[plan]
        self.compare(partial(self.model.cancel_show, show), partial(scheduling.cancel, show_id=self.shows[show].pk))

    @precondition(lambda self: self.open_holds())
    @rule(data=st.data())
    def expire_a_hold(self, data: st.DataObject) -> None:
        self.expire(data.draw(st.sampled_from(self.open_holds())))

    @precondition(lambda self: len(self.model.expired_unreleased) > 1)
    @rule(at_most=st.sampled_from([1, 100]))
    def release_expired(self, at_most: int) -> None:
        assert holds.release_expired(at_most=at_most) == self.model.release_expired(at_most)

    # ------------------------------------------------------------------ invariants

    @invariant()
    def seat_map_matches_the_model(self) -> None:
        """After every third call, check the seat map of another show or viewer. A wrong map stays wrong until then."""
        self.invariant_checks += 1
        turn, calls_since = divmod(self.invariant_checks, 3)
        if calls_since:
            return
        show, viewer = self.model.shows[turn % len(PLANS)], BUYERS[turn // len(PLANS) % len(BUYERS)]
        seen = seat_maps.of(self.shows[show])
        seats = [seat for row in seen.rows for seat in row.seats]
        found = {seat.label: (seat.status.value, seat.is_of(self.users[viewer])) for seat in seats}
        assert found == self.model.seat_map(show, viewer)

    @invariant()
    def bookings_match_the_model(self) -> None:
        now = clock.now()
        stored = {each.pk: each for each in Booking.objects.filter(show__in=self.shows.values())}
        tickets: dict[int, dict[str, Ticket]] = {pk: {} for pk in stored}
        for ticket in Ticket.objects.filter(booking__in=stored).select_related("seat"):
            assert ticket.booking_id is not None
            tickets[ticket.booking_id][ticket.seat.label] = ticket

        assert stored.keys() == set(self.ids.values())
        for sale, pk in self.ids.items():
            booking = stored[pk]
            unreleased = sale.status == "EXPIRED" and not sale.released
            assert (booking.status_at(now), booking.total) == (sale.status, sale.total)
            assert booking.status == ("HELD" if unreleased else sale.status)
            assert {label: each.status_at(now).value for label, each in tickets[pk].items()} == sale.tickets
            if sale.status == "HELD":
                self.check_time_left(booking, tickets[pk].values(), extended=sale.extended)

    def check_time_left(self, hold: Booking, tickets: Any, *, extended: bool) -> None:
        assert hold.expires_at is not None
        lifetime = rules().hold_lifetime_at_most if extended else rules().hold_lifetime
        assert hold.expires_at - hold.created_at == lifetime
        assert {each.expires_at for each in tickets if each.released_at is None} == {hold.expires_at}

    # ------------------------------------------------------------------ comparing calls

    def open_holds(self) -> list[Sale]:
        return [sale for sale in self.model.sales if sale.status == "HELD"]

    def resolved(self, seats: Wanted) -> tuple[ShowModel, list[str]]:
        show = self.model.shows[seats.plan]
        return show, seats.typed((seats.free and self.model.free(show)) or show.labels)

    def sale_of_kind(self, kind: str, number: int) -> Sale:
        """A sale of this kind, or any sale if there is none of this kind."""
        sales = {"any": [], "open": self.open_holds(), "expired": self.model.expired_unreleased}[
            kind
        ] or self.model.sales
        return sales[number % len(sales)]

    def buyer_calls(self, expected: Callable[[], Sale], call: Callable[[], Booking], key: str | None) -> Sale | None:
        sale: Sale | None = self.compare(expected, call)
        if sale and key:
            self.keyed_calls.append((expected, call))
        return sale

    def expire(self, hold: Sale) -> None:
        self.model.expire(hold)
        situations.expire_hold(Booking.objects.get(pk=self.ids[hold]))

    def compare(self, expected: Callable[[], Any], call: Callable[[], Any]) -> Any:
        """Check that model and engine agree, and return the model's result, or None if both refuse."""
        wanted, got = outcome_of(expected), outcome_of(call)
        if isinstance(wanted, Refused):
            assert isinstance(got, wanted.kind), f"{got!r} instead of {wanted}"
            assert type(got) is wanted.kind
            assert {name: getattr(got, name) for name in wanted.attributes} == wanted.attributes
            return None
        assert not isinstance(got, Exception), f"{got!r}: {got}"
        if isinstance(wanted, Sale):
            assert self.ids.setdefault(wanted, got.pk) == got.pk
        return wanted


def outcome_of(call: Callable[[], Any]) -> Any:
    """The result of the call, or its refusal."""
    try:
        return call()
    except (CinemaError, Refused) as refusal:
        return refusal


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [5, pytest.param(60, marks=pytest.mark.deep)])
def test_engine_matches_the_model(change_rules: ChangeRules, examples: int) -> None:
    change_rules(seats_per_user_and_show=LIMITS["seats_per_show"])
    change_rules(open_holds_per_user=LIMITS["open_holds"], hold_releases_per_seat=10**6)
    run_state_machine_as_test(Engine, settings=settings(SETTINGS, max_examples=examples))
