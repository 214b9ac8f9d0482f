"""The booking engine against a plain model of it: any sequence of calls, of any of some users, on two small shows.

The model says what each call is to answer, and what every seat and every booking is afterwards; a call that is refused
is to leave all as it was.
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
from tests.booking.engine_model import Cinema, House, Refused, Sale
from tests.rules import ChangeRules

LIMITS = {"seats_per_show": 3, "open_holds": 1}
PLANS = (["SSSP", "WC_SS", "PPSS"], ["SS_SP"])
BUYERS = ("ann", "bob")
SETTINGS = settings(
    # To explain a failure takes minutes here; what it shrinks to is a list of calls that explains itself.
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@dataclass(frozen=True)
class Wanted:
    """Seats, before it is known which there are: so many along those that are free, or along all of them."""

    plan: int
    free: bool
    numbers: tuple[int, ...]
    besides: tuple[str, ...]

    def typed(self, pool: Sequence[str]) -> list[str]:
        """The labels, of those of the pool."""
        return [*dict.fromkeys(pool[number % len(pool)] for number in self.numbers), *self.besides]


plans = st.sampled_from([0, 0, 1])
numbers = st.lists(st.integers(0, 10), min_size=1, max_size=3).map(tuple)
# Mostly nothing; seats that there are not, and one that may be wanted already, typed otherwise.
besides = st.sampled_from([(), (), (), (), (), (), ("Z9",), (" a1",), ("b1", "B1")])
seats = st.builds(Wanted, plans, st.sampled_from([True, True, False]), numbers, besides)
buyers = st.sampled_from(BUYERS)
keys = st.sampled_from([None, None, "k1", "k2"])
# Any, or of the open holds, or of those that ran out unnoticed: with them most can go wrong.
sales = st.tuples(st.sampled_from(["any", "open", "late"]), st.integers(0, 20))
# Mostly the owner.
strangers = st.sampled_from([None] * 7 + list(BUYERS))
wishes = st.builds(
    BestAvailable,
    count=st.integers(1, 3),
    category=st.sampled_from([None, None, *SeatCategory]),
    together=st.booleans(),
)


class Engine(RuleBasedStateMachine):
    @initialize()
    def open_house(self) -> None:
        self.model = Cinema([House(list(plan)) for plan in PLANS], **LIMITS)
        self.shows = {house: situations.a_show(rows=house.rows) for house in self.model.houses}
        self.users = {name: situations.a_user() for name in BUYERS}
        self.ids: dict[Sale, int] = {}
        self.sent: list[tuple[Callable[[], Sale], Callable[[], Booking]]] = []
        self.looks = 0

    def teardown(self) -> None:
        # What ran out in this example is nothing that the next one is to find.
        holds.release_expired(at_most=1000)

    # ------------------------------------------------------------------ buyers

    @rule(seats=seats, buyer=buyers, key=keys)
    def book(self, seats: Wanted, buyer: str, key: str | None) -> None:
        house, labels = self.resolved(seats)
        self.buyer_does(
            partial(self.model.book, house, labels, buyer, key),
            partial(bookings.book, show_id=self.shows[house].pk, labels=labels, by=self.users[buyer], key=key),
            key,
        )

    @rule(seats=seats, buyer=buyers, key=keys, too_long=st.booleans())
    def hold(self, seats: Wanted, buyer: str, key: str | None, *, too_long: bool) -> None:
        """Seats by their labels; and the buyer may take too long to confirm them, or to extend the hold."""
        house, labels = self.resolved(seats)
        hold = self.buyer_does(
            partial(self.model.hold, house, labels, buyer, key),
            partial(holds.acquire, show_id=self.shows[house].pk, wanted=labels, by=self.users[buyer], key=key),
            key,
        )
        if too_long and hold in self.open_holds():
            self.run_out(hold)

    @rule(plan=plans, wish=wishes, buyer=buyers, key=keys, too_long=st.booleans())
    def hold_best(self, plan: int, wish: BestAvailable, buyer: str, key: str | None, *, too_long: bool) -> None:
        house = self.model.houses[plan]
        hold = self.buyer_does(
            partial(self.model.hold_best, house, wish, buyer, key),
            partial(holds.acquire, show_id=self.shows[house].pk, wanted=wish, by=self.users[buyer], key=key),
            key,
        )
        if too_long and hold in self.open_holds():
            self.run_out(hold)

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, stranger=strangers, key=keys)
    def extend(self, sale: tuple[str, int], stranger: str | None, key: str | None) -> None:
        chosen = self.chosen(*sale)
        buyer = stranger or chosen.buyer
        self.buyer_does(
            partial(self.model.extend, chosen, buyer, key),
            partial(holds.extend, booking_id=self.ids[chosen], by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, stranger=strangers, key=keys)
    def confirm(self, sale: tuple[str, int], stranger: str | None, key: str | None) -> None:
        chosen = self.chosen(*sale)
        buyer = stranger or chosen.buyer
        self.buyer_does(
            partial(self.model.confirm, chosen, buyer, key),
            partial(bookings.confirm, booking_id=self.ids[chosen], by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.sales)
    @rule(sale=sales, stranger=strangers, key=keys, some=st.none() | seats)
    def cancel(self, sale: tuple[str, int], stranger: str | None, key: str | None, some: Wanted | None) -> None:
        chosen = self.chosen(*sale)
        labels = None if some is None else some.typed(list(chosen.tickets))
        buyer = stranger or chosen.buyer
        self.buyer_does(
            partial(self.model.cancel, chosen, labels, buyer, key),
            partial(bookings.cancel, booking_id=self.ids[chosen], labels=labels, by=self.users[buyer], key=key),
            key,
        )

    @precondition(lambda self: self.model.overdue)
    @rule(number=st.integers(0, 20), numbers=numbers)
    def take_others_and_confirm_late(self, number: int, numbers: tuple[int, ...]) -> None:
        """How a buyer might get more seats than one may have."""
        late = self.chosen("late", number)
        others = Wanted(self.model.houses.index(late.house), free=True, numbers=numbers, besides=())
        self.book(others, late.buyer, None)
        self.confirm(("any", self.model.sales.index(late)), None, None)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """A call with a key that was answered: the same answer, and nothing happens."""
        expected, call = data.draw(st.sampled_from(self.sent))
        self.agree(expected, call)

    # ------------------------------------------------------------------ staff and the clock

    @precondition(lambda self: sum(len(house.blocked) for house in self.model.houses) < 3)
    @rule(seats=seats)
    def block(self, seats: Wanted) -> None:
        house, labels = self.resolved(seats)
        self.agree(
            partial(self.model.block, house, labels),
            partial(blocks.block, show_id=self.shows[house].pk, labels=labels),
        )

    @precondition(lambda self: any(house.blocked for house in self.model.houses))
    @rule(seats=seats)
    def unblock(self, seats: Wanted) -> None:
        house = self.model.houses[seats.plan]
        labels = seats.typed((seats.free and sorted(house.blocked)) or house.labels)
        self.agree(
            partial(self.model.unblock, house, labels),
            partial(blocks.unblock, show_id=self.shows[house].pk, labels=labels),
        )

    @precondition(lambda self: len(self.model.sales) >= 6)
    @rule(plan=plans)
    def call_off(self, plan: int) -> None:
        house = self.model.houses[plan]
        self.agree(partial(self.model.call_off, house), partial(scheduling.cancel, show_id=self.shows[house].pk))

    @precondition(lambda self: self.open_holds())
    @rule(data=st.data())
    def a_hold_runs_out(self, data: st.DataObject) -> None:
        self.run_out(data.draw(st.sampled_from(self.open_holds())))

    @precondition(lambda self: len(self.model.overdue) > 1)
    @rule(at_most=st.sampled_from([1, 100]))
    def sweep(self, at_most: int) -> None:
        assert holds.release_expired(at_most=at_most) == self.model.sweep(at_most)

    # ------------------------------------------------------------------ what is to be so

    @invariant()
    def seats_are_whose_the_model_says(self) -> None:
        """Now and then, of one show and for one viewer at a time, by turns: what is wrong stays wrong."""
        self.looks += 1
        turn, look = divmod(self.looks, 3)
        if look:
            return
        house, viewer = self.model.houses[turn % len(PLANS)], BUYERS[turn // len(PLANS) % len(BUYERS)]
        seen = seat_maps.of(self.shows[house])
        seats = [seat for row in seen.rows for seat in row.seats]
        found = {seat.label: (seat.status.value, seat.is_of(self.users[viewer])) for seat in seats}
        assert found == self.model.seat_map(house, viewer)

    @invariant()
    def bookings_are_what_the_model_says(self) -> None:
        now = clock.now()
        stored = {each.pk: each for each in Booking.objects.filter(show__in=self.shows.values())}
        tickets: dict[int, dict[str, Ticket]] = {pk: {} for pk in stored}
        for ticket in Ticket.objects.filter(booking__in=stored).select_related("seat"):
            assert ticket.booking_id is not None
            tickets[ticket.booking_id][ticket.seat.label] = ticket

        assert stored.keys() == set(self.ids.values())
        for sale, pk in self.ids.items():
            booking = stored[pk]
            overdue = sale.status == "EXPIRED" and not sale.noticed
            assert (booking.status_at(now), booking.total) == (sale.status, sale.total)
            assert booking.status == ("HELD" if overdue else sale.status)
            assert {label: each.status_at(now).value for label, each in tickets[pk].items()} == sale.tickets
            if sale.status == "HELD":
                self.check_time_left(booking, tickets[pk].values(), extended=sale.extended)

    def check_time_left(self, hold: Booking, tickets: Any, *, extended: bool) -> None:
        assert hold.expires_at is not None
        lifetime = rules().hold_lifetime_at_most if extended else rules().hold_lifetime
        assert hold.expires_at - hold.created_at == lifetime
        assert {each.expires_at for each in tickets if each.released_at is None} == {hold.expires_at}

    # ------------------------------------------------------------------ how calls are compared

    def open_holds(self) -> list[Sale]:
        return [sale for sale in self.model.sales if sale.status == "HELD"]

    def resolved(self, seats: Wanted) -> tuple[House, list[str]]:
        house = self.model.houses[seats.plan]
        return house, seats.typed((seats.free and self.model.free(house)) or house.labels)

    def chosen(self, kind: str, number: int) -> Sale:
        """Of this kind, if there are any."""
        sales = {"any": [], "open": self.open_holds(), "late": self.model.overdue}[kind] or self.model.sales
        return sales[number % len(sales)]

    def buyer_does(self, expected: Callable[[], Sale], call: Callable[[], Booking], key: str | None) -> Sale | None:
        sale: Sale | None = self.agree(expected, call)
        if sale and key:
            self.sent.append((expected, call))
        return sale

    def run_out(self, hold: Sale) -> None:
        self.model.run_out(hold)
        situations.expire_hold(Booking.objects.get(pk=self.ids[hold]))

    def agree(self, expected: Callable[[], Any], call: Callable[[], Any]) -> Any:
        """The model's answer, if it and the engine have the same one; None if both refuse, for the same reason."""
        wanted, got = outcome_of(expected), outcome_of(call)
        if isinstance(wanted, Refused):
            assert isinstance(got, wanted.kind), f"{got!r} instead of {wanted}"
            assert type(got) is wanted.kind
            assert {name: getattr(got, name) for name in wanted.facts} == wanted.facts
            return None
        assert not isinstance(got, Exception), f"{got!r}: {got}"
        if isinstance(wanted, Sale):
            assert self.ids.setdefault(wanted, got.pk) == got.pk
        return wanted


def outcome_of(call: Callable[[], Any]) -> Any:
    """What it returns, or with what it is refused."""
    try:
        return call()
    except (CinemaError, Refused) as refusal:
        return refusal


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [8, pytest.param(60, marks=pytest.mark.deep)])
def test_the_engine_answers_and_stores_what_the_model_says(change_rules: ChangeRules, examples: int) -> None:
    change_rules(seats_per_user_and_show=LIMITS["seats_per_show"])
    change_rules(open_holds_per_user=LIMITS["open_holds"])
    run_state_machine_as_test(Engine, settings=settings(SETTINGS, max_examples=examples))
