"""Buyers who hold, book, confirm, give back, and forget, as fast as they can: from the front of the house to its back.

What they have left behind them stays as it is, so that who has missed it is not told of it by chance later on.
"""

import threading
import time
from random import Random
from typing import Any

from tests.proof.fixtures import Actor, ShowFixture
from tests.serving import Server

AT_A_TIME = 12
LATEST = 3

RESULT = "__typename ... on Booking { id status tickets { seat status } }"
HOLD = f"mutation ($input: HoldSeatsInput!) {{ holdSeats(input: $input) {{ {RESULT} }} }}"
BOOK = f"mutation ($input: BookSeatInput!) {{ bookSeat(input: $input) {{ {RESULT} }} }}"
CONFIRM = f"mutation ($input: ConfirmBookingInput!) {{ confirmBooking(input: $input) {{ {RESULT} }} }}"
CANCEL = f"mutation ($input: CancelBookingInput!) {{ cancelBooking(input: $input) {{ {RESULT} }} }}"


class Buyer(threading.Thread):
    """Gets through the house in so many seconds, goes on until it is told to leave, and counts what was done for it."""

    def __init__(self, server: Server, show: ShowFixture, actor: Actor, *, seconds: float, random: Random) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.show = show
        self.actor = actor
        self.seconds = seconds
        self.random = random
        self.done = 0
        self._failure: Exception | None = None
        self._over = threading.Event()
        self._begun = 0.0
        self._bookings: list[dict[str, Any]] = []

    def run(self) -> None:
        self._begun = time.monotonic()
        deeds = [self._hold, self._hold, self._book, self._book, self._confirm, self._confirm, self._give_back]
        try:
            while not self._over.wait(self.random.uniform(0, 0.05)):
                self.random.choice(deeds)()
        except Exception as failure:  # noqa: BLE001 - told to whoever waits for this thread
            self._failure = failure

    def leave(self) -> None:
        """Return when it has gone. Raises what went wrong meanwhile."""
        self._over.set()
        self.join(60)
        if self._failure:
            raise self._failure

    def _hold(self) -> None:
        seats = self.random.sample(self._wanted(), self.random.randint(1, 3))
        self._ask(HOLD, showId=self.show.global_id, selection={"seats": seats})

    def _book(self) -> None:
        self._ask(BOOK, showId=self.show.global_id, seat=self.random.choice(self._wanted()))

    def _confirm(self) -> None:
        if self._bookings:
            self._ask(CONFIRM, bookingId=self.random.choice(self._bookings[-LATEST:])["id"])

    def _give_back(self) -> None:
        """All, or one of several seats; or what was held is forgotten, and runs out."""
        if not self._bookings:
            return
        booking = self._bookings.pop(-self.random.randint(1, min(LATEST, len(self._bookings))))
        seats = [ticket["seat"] for ticket in booking["tickets"]]
        if len(seats) > 1 and self.random.random() < 0.5:
            self._ask(CANCEL, bookingId=booking["id"], seats=seats[:1])
        elif booking["status"] == "CONFIRMED" or self.random.random() < 0.5:
            self._ask(CANCEL, bookingId=booking["id"])

    def _wanted(self) -> list[str]:
        """The seats that all buyers want now."""
        passed = min(1, (time.monotonic() - self._begun) / self.seconds)
        first = round(passed * (len(self.show.seats) - AT_A_TIME))
        return self.show.seats[first : first + AT_A_TIME]

    def _ask(self, document: str, **given: Any) -> None:
        answer = self.server.post(document, self.actor.token, input=given)
        (result,) = answer["data"].values()
        if result["__typename"] == "Booking":
            self.done += 1
            self._bookings = [each for each in self._bookings if each["id"] != result["id"]]
            if result["status"] in {"HELD", "CONFIRMED"}:
                self._bookings.append(result)
