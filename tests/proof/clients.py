"""Clients that compete for a few seats, repeat calls, cancel and disconnect."""

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
# The longest pause between two attempts of a call.
MAX_RETRY_PAUSE_SECONDS = 0.3


@dataclass(frozen=True)
class Request:
    """A call to make, possibly several times."""

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
        self, fixtures: Fixtures, recorder: Recorder, *, port: int, stop: threading.Event, random: Random
    ) -> None:
        super().__init__(daemon=True)
        self.fixtures = fixtures
        self.recorder = recorder
        self.port = port
        self.stop = stop
        self.random = random
        self.failure: Exception | None = None
        self._actions: dict[Callable[[], None], int] = {
            self.hold: 20,
            self.hold_the_best: 8,
            self.book: 7,
            self.confirm: 22,
            self.extend: 6,
            self.cancel: 17,
            self.read: 16,
            self.send_twice: 5,
            self.reuse_a_key: 4,
            self.disconnect: 5,
        }

    def run(self) -> None:
        try:
            while not self.stop.wait(self.random.uniform(0, MAX_PAUSE_SECONDS)):
                (action,) = self.random.choices(list(self._actions), list(self._actions.values()))
                action()
        except Exception as failure:  # noqa: BLE001 - raised again in the thread that joins this one
            self.failure = failure

    def hold(self) -> None:
        self._retry_until_response(self._hold_request(keyed=self.random.random() < 0.85))

    def hold_the_best(self) -> None:
        show, count, together = self._show(), self.random.randint(1, 3), self.random.random() < 0.5
        best = {"count": count, "together": together}
        self._retry_until_response(
            self._keyed(
                Request(
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
        self._retry_until_response(self._book_request())

    def confirm(self) -> None:
        self._about_a_booking(Operation.CONFIRM)

    def extend(self) -> None:
        self._about_a_booking(Operation.EXTEND)

    def cancel(self) -> None:
        self._about_a_booking(Operation.CANCEL)

    def read(self) -> None:
        show = self._show()
        self._send(Request(Operation.READ, self._actor(), {"id": show.global_id}, show=show.id))

    def send_twice(self) -> None:
        """Send the same call twice at the same time. Retry both until they have responses."""
        request = self._any_keyed_request()
        if request is None:
            return
        self.recorder.count_action("sent twice at the same time")
        twin = threading.Thread(target=self._retry_until_response, args=(request,), daemon=True)
        twin.start()
        self._retry_until_response(request)
        twin.join()

    def reuse_a_key(self) -> None:
        """Use a key that refers to a booking for a different call."""
        actor = self._actor()
        known = [booking for booking in self.recorder.known_bookings(actor.id) if booking.key]
        if not known:
            return
        first = self.random.choice(known)
        other = self._book_request() if self.random.random() < 0.5 else self._hold_request(keyed=True)
        if (other.show, sorted(other.seats or ())) == (first.show, first.seats):
            return
        self.recorder.count_action("key reused")
        variables = {**other.variables, "idempotencyKey": first.key}
        self._retry_until_response(replace(other, actor=actor, variables=variables, key=first.key, reuses_key=True))

    def disconnect(self) -> None:
        """Send a call and disconnect. A booking is repeated, because otherwise no client would use it."""
        request = self._any_keyed_request()
        if request is None:
            return
        self.recorder.count_action("disconnected")
        result = exchange.send_only(self.port, request.operation, self._input(request), request.actor.token)
        self._record(request, result, attempt=1)
        if request.operation is Operation.BOOK or self.random.random() < 0.3:
            self._retry_until_response(request, attempt=2)

    def _about_a_booking(self, operation: Operation) -> None:
        request = self._request_about_a_booking(operation, keyed=self.random.random() < 0.6)
        if request is not None:
            self._retry_until_response(request)

    def _any_keyed_request(self) -> Request | None:
        operation = self.random.choice([op for op in Operation if op is not Operation.READ])
        if operation is Operation.HOLD:
            return self._hold_request(keyed=True)
        if operation is Operation.BOOK:
            return self._book_request()
        return self._request_about_a_booking(operation, keyed=True)

    def _hold_request(self, *, keyed: bool) -> Request:
        show = self._show()
        seats = self.random.sample(show.seats, self.random.choice([1, 1, 2, 3]))
        request = Request(
            Operation.HOLD,
            self._actor(),
            {"showId": show.global_id, "selection": {"seats": seats}},
            show=show.id,
            seats=frozenset(seats),
        )
        return self._keyed(request) if keyed else request

    def _book_request(self) -> Request:
        show = self._show()
        seat = self.random.choice(show.seats)
        variables = {"showId": show.global_id, "seat": seat}
        return self._keyed(Request(Operation.BOOK, self._actor(), variables, show=show.id, seats=frozenset({seat})))

    def _request_about_a_booking(self, operation: Operation, *, keyed: bool) -> Request | None:
        actor = self._actor()
        known = self.recorder.known_bookings(actor.id)
        if not known:
            return None
        booking = known[-1] if self.random.random() < 0.6 else self.random.choice(known)
        variables: dict[str, Any] = {"bookingId": exchange.booking_id(booking.id)}
        seats = self._some_seats(booking) if operation is Operation.CANCEL else None
        if seats is not None:
            variables["seats"] = sorted(seats)
        request = Request(operation, actor, variables, booking=booking.id, seats=seats)
        return self._keyed(request) if keyed else request

    def _some_seats(self, booking: KnownBooking) -> frozenset[str] | None:
        """All seats except one for a third of the bookings with several seats. None means all seats."""
        if len(booking.seats) < 2 or self.random.random() > 0.33:
            return None
        return frozenset(self.random.sample(booking.seats, len(booking.seats) - 1))

    def _retry_until_response(self, request: Request, attempt: int = 1) -> None:
        """Retry the call until it has a response. A call that creates a booking without a key is not retried."""
        while not self._is_final(request, self._send(request, attempt)):
            attempt += 1
            if self.stop.wait(self.random.uniform(0, MAX_RETRY_PAUSE_SECONDS)):
                return

    def _is_final(self, request: Request, call: Call) -> bool:
        if call.response is None:
            return request.key is None and call.creates_a_booking
        return call.response.kind != BUSY

    def _send(self, request: Request, attempt: int = 1) -> Call:
        result = exchange.call(self.port, request.operation, self._input(request), request.actor.token)
        return self._record(request, result, attempt)

    def _record(self, request: Request, result: exchange.Exchange, attempt: int) -> Call:
        return self.recorder.add(
            Call(
                operation=request.operation,
                user=request.actor.id,
                start=result.start,
                end=result.end,
                response=result.response,
                outcome=result.outcome,
                show=request.show,
                booking=request.booking,
                seats=request.seats,
                count=request.count,
                together=request.together,
                key=request.key,
                reuses_key=request.reuses_key,
                attempt=attempt,
            )
        )

    def _input(self, request: Request) -> dict[str, Any]:
        return request.variables if request.operation is Operation.READ else {"input": request.variables}

    def _keyed(self, request: Request) -> Request:
        # From the client's random numbers, so that a seed repeats it.
        key = str(uuid.UUID(int=self.random.getrandbits(128)))
        return replace(request, key=key, variables={**request.variables, "idempotencyKey": key})

    def _show(self) -> ShowFixture:
        return self.random.choice(self.fixtures.shows)

    def _actor(self) -> Actor:
        """A few users are chosen more often than the others, so that they reach their limits."""
        users = self.fixtures.users
        return self.random.choice(users[:BUSY_USERS] if self.random.random() < 0.4 else users)
