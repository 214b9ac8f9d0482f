"""Buyers that want the same few seats, send calls again, cancel and disconnect."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.proof import exchange
from tests.proof.calls import BUSY, Call, Operation
from tests.proof.fixtures import Actor, Fixtures, ShowFixture
from tests.proof.recorder import KnownBooking, Recorder

BUSY_USERS = 4
MAX_PAUSE_SECONDS = 0.04
# Between two attempts of the same call.
LONGEST_WAIT_SECONDS = 0.3


@dataclass(frozen=True)
class Wish:
    """A call that is to be made, perhaps more than once."""

    operation: Operation
    actor: Actor
    variables: dict[str, Any]
    show: int | None = None
    booking: int | None = None
    seats: frozenset[str] | None = None
    count: int = 0
    together: bool = False
    key: str | None = None
    reuses_key: bool = False


class Client(threading.Thread):
    """One of several clients of the same users, like two tabs of one person."""

    def __init__(
        self, fixtures: Fixtures, recorder: Recorder, *, port: int, over: threading.Event, random: Random
    ) -> None:
        super().__init__(daemon=True)
        self.fixtures = fixtures
        self.recorder = recorder
        self.port = port
        self.over = over
        self.random = random
        self.failure: Exception | None = None
        self._deeds: dict[Callable[[], None], int] = {
            self.hold: 20,
            self.hold_the_best: 8,
            self.book: 7,
            self.confirm: 22,
            self.extend: 6,
            self.give_back: 17,
            self.look: 16,
            self.send_twice: 5,
            self.reuse_a_key: 4,
            self.vanish: 5,
        }

    def run(self) -> None:
        try:
            while not self.over.wait(self.random.uniform(0, MAX_PAUSE_SECONDS)):
                (deed,) = self.random.choices(list(self._deeds), list(self._deeds.values()))
                deed()
        except Exception as failure:  # noqa: BLE001 - raised again in the thread that joins this one
            self.failure = failure

    def hold(self) -> None:
        self._persist(self._wish_to_hold(keyed=self.random.random() < 0.85))

    def hold_the_best(self) -> None:
        show, count, together = self._show(), self.random.randint(1, 3), self.random.random() < 0.5
        best = {"count": count, "together": together}
        self._persist(
            self._keyed(
                Wish(
                    Operation.HOLD,
                    self._actor(),
                    {"showId": show.global_id, "selection": {"bestAvailable": best}},
                    show=show.id,
                    count=count,
                    together=together,
                )
            )
        )

    def book(self) -> None:
        self._persist(self._wish_to_book())

    def confirm(self) -> None:
        self._about_a_booking(Operation.CONFIRM)

    def extend(self) -> None:
        self._about_a_booking(Operation.EXTEND)

    def give_back(self) -> None:
        self._about_a_booking(Operation.CANCEL)

    def look(self) -> None:
        show = self._show()
        self._send(Wish(Operation.READ, self._actor(), {"id": show.global_id}, show=show.id))

    def send_twice(self) -> None:
        """The same call twice at the same moment, until both are answered."""
        wish = self._any_keyed_wish()
        if wish is None:
            return
        self.recorder.did("sent twice at once")
        twin = threading.Thread(target=self._persist, args=(wish,), daemon=True)
        twin.start()
        self._persist(wish)
        twin.join()

    def reuse_a_key(self) -> None:
        """Take a key that stands for a booking already for something else."""
        actor = self._actor()
        known = [booking for booking in self.recorder.known(actor.id) if booking.key]
        if not known:
            return
        first = self.random.choice(known)
        other = self._wish_to_book() if self.random.random() < 0.5 else self._wish_to_hold(keyed=True)
        if (other.show, sorted(other.seats or ())) == (first.show, first.seats):
            return
        self.recorder.did("key reused")
        variables = {**other.variables, "idempotencyKey": first.key}
        self._persist(replace(other, actor=actor, variables=variables, key=first.key, reuses_key=True))

    def vanish(self) -> None:
        """Send and never read. A booking made at once would be nobody's for ever, so it is asked for again."""
        wish = self._any_keyed_wish()
        if wish is None:
            return
        self.recorder.did("vanished")
        heard = exchange.send_only(self.port, wish.operation, self._input(wish), wish.actor.token)
        self._record(wish, heard, attempt=1)
        if wish.operation is Operation.BOOK or self.random.random() < 0.3:
            self._persist(wish, attempt=2)

    def _about_a_booking(self, operation: Operation) -> None:
        wish = self._wish_about_a_booking(operation, keyed=self.random.random() < 0.6)
        if wish is not None:
            self._persist(wish)

    def _any_keyed_wish(self) -> Wish | None:
        operation = self.random.choice([op for op in Operation if op is not Operation.READ])
        if operation is Operation.HOLD:
            return self._wish_to_hold(keyed=True)
        if operation is Operation.BOOK:
            return self._wish_to_book()
        return self._wish_about_a_booking(operation, keyed=True)

    def _wish_to_hold(self, *, keyed: bool) -> Wish:
        show = self._show()
        seats = self.random.sample(show.seats, self.random.choice([1, 1, 2, 3]))
        wish = Wish(
            Operation.HOLD,
            self._actor(),
            {"showId": show.global_id, "selection": {"seats": seats}},
            show=show.id,
            seats=frozenset(seats),
        )
        return self._keyed(wish) if keyed else wish

    def _wish_to_book(self) -> Wish:
        show = self._show()
        seat = self.random.choice(show.seats)
        variables = {"showId": show.global_id, "seat": seat}
        return self._keyed(Wish(Operation.BOOK, self._actor(), variables, show=show.id, seats=frozenset({seat})))

    def _wish_about_a_booking(self, operation: Operation, *, keyed: bool) -> Wish | None:
        actor = self._actor()
        known = self.recorder.known(actor.id)
        if not known:
            return None
        booking = known[-1] if self.random.random() < 0.6 else self.random.choice(known)
        variables: dict[str, Any] = {"bookingId": exchange.booking_id(booking.id)}
        seats = self._some_seats(booking) if operation is Operation.CANCEL else None
        if seats is not None:
            variables["seats"] = sorted(seats)
        wish = Wish(operation, actor, variables, booking=booking.id, seats=seats)
        return self._keyed(wish) if keyed else wish

    def _some_seats(self, booking: KnownBooking) -> frozenset[str] | None:
        """Of a third of those with several; None: all of them."""
        if len(booking.seats) < 2 or self.random.random() > 0.33:
            return None
        return frozenset(self.random.sample(booking.seats, len(booking.seats) - 1))

    def _persist(self, wish: Wish, attempt: int = 1) -> None:
        """Again and again, until there is an answer. Without a key nobody knows whether a hold was made: let it be."""
        while not self._settled(wish, self._send(wish, attempt)):
            attempt += 1
            if self.over.wait(self.random.uniform(0, LONGEST_WAIT_SECONDS)):
                return

    def _settled(self, wish: Wish, call: Call) -> bool:
        if call.answer is None:
            return wish.key is None and call.makes_a_booking
        return call.answer.kind != BUSY

    def _send(self, wish: Wish, attempt: int = 1) -> Call:
        heard = exchange.call(self.port, wish.operation, self._input(wish), wish.actor.token)
        return self._record(wish, heard, attempt)

    def _record(self, wish: Wish, heard: exchange.Heard, attempt: int) -> Call:
        return self.recorder.add(
            Call(
                operation=wish.operation,
                user=wish.actor.id,
                start=heard.start,
                end=heard.end,
                answer=heard.answer,
                outcome=heard.outcome,
                show=wish.show,
                booking=wish.booking,
                seats=wish.seats,
                count=wish.count,
                together=wish.together,
                key=wish.key,
                reuses_key=wish.reuses_key,
                attempt=attempt,
            )
        )

    def _input(self, wish: Wish) -> dict[str, Any]:
        return wish.variables if wish.operation is Operation.READ else {"input": wish.variables}

    def _keyed(self, wish: Wish) -> Wish:
        # Of the client's own random numbers, so that a seed repeats it.
        key = str(uuid.UUID(int=self.random.getrandbits(128)))
        return replace(wish, key=key, variables={**wish.variables, "idempotencyKey": key})

    def _show(self) -> ShowFixture:
        return self.random.choice(self.fixtures.shows)

    def _actor(self) -> Actor:
        """Some are busier than others, and meet their limits."""
        users = self.fixtures.users
        return self.random.choice(users[:BUSY_USERS] if self.random.random() < 0.4 else users)
