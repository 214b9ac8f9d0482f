"""Buyers that hold, book, confirm and cancel quickly, moving from the front rows of a show to the back rows.

The seats behind them do not change again, so that a client that missed a change cannot see it by chance later.
"""

import threading
import time
from random import Random
from typing import Any

from tests.proof.fixtures import Actor, ShowFixture
from tests.serving import Server

SEATS_AT_A_TIME = 12
LATEST_BOOKINGS = 3

RESULT = "__typename ... on Booking { id status tickets { seat status } }"
HOLD = f"mutation ($input: HoldSeatsInput!) {{ holdSeats(input: $input) {{ {RESULT} }} }}"
BOOK = f"mutation ($input: BookSeatInput!) {{ bookSeat(input: $input) {{ {RESULT} }} }}"
CONFIRM = f"mutation ($input: ConfirmBookingInput!) {{ confirmBooking(input: $input) {{ {RESULT} }} }}"
CANCEL = f"mutation ($input: CancelBookingInput!) {{ cancelBooking(input: $input) {{ {RESULT} }} }}"


class Buyer(threading.Thread):
    """Moves through all rows in `seconds`, continues until `stop`, and counts its successful calls."""

    def __init__(self, server: Server, show: ShowFixture, actor: Actor, *, seconds: float, random: Random) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.show = show
        self.actor = actor
        self.seconds = seconds
        self.random = random
        self.done = 0
        self._failure: Exception | None = None
        self._stopping = threading.Event()
        self._started_at = 0.0
        self._bookings: list[dict[str, Any]] = []

    def run(self) -> None:
        self._started_at = time.monotonic()
        actions = [self._hold, self._hold, self._book, self._book, self._confirm, self._confirm, self._cancel]
        try:
            while not self._stopping.wait(self.random.uniform(0, 0.05)):
                self.random.choice(actions)()
        except Exception as failure:  # noqa: BLE001 - raised again in `stop`
            self._failure = failure

    def stop(self) -> None:
        """Wait for the end of the thread. Raises its exception, if any."""
        self._stopping.set()
        self.join(60)
        if self._failure:
            raise self._failure

    def _hold(self) -> None:
        seats = self.random.sample(self._wanted(), self.random.randint(1, 3))
        self._call(HOLD, showId=self.show.global_id, selection={"seats": seats})

    def _book(self) -> None:
        self._call(BOOK, showId=self.show.global_id, seat=self.random.choice(self._wanted()))

    def _confirm(self) -> None:
        if self._bookings:
            self._call(CONFIRM, bookingId=self.random.choice(self._bookings[-LATEST_BOOKINGS:])["id"])

    def _cancel(self) -> None:
        """Cancel a booking or one of its seats, or leave a hold to expire."""
        if not self._bookings:
            return
        booking = self._bookings.pop(-self.random.randint(1, min(LATEST_BOOKINGS, len(self._bookings))))
        seats = [ticket["seat"] for ticket in booking["tickets"]]
        if len(seats) > 1 and self.random.random() < 0.5:
            self._call(CANCEL, bookingId=booking["id"], seats=seats[:1])
        elif booking["status"] == "CONFIRMED" or self.random.random() < 0.5:
            self._call(CANCEL, bookingId=booking["id"])

    def _wanted(self) -> list[str]:
        """The seats that all buyers compete for now."""
        progress = min(1, (time.monotonic() - self._started_at) / self.seconds)
        first = round(progress * (len(self.show.seats) - SEATS_AT_A_TIME))
        return self.show.seats[first : first + SEATS_AT_A_TIME]

    def _call(self, document: str, **arguments: Any) -> None:
        response = self.server.post(document, self.actor.token, input=arguments)
        (result,) = response["data"].values()
        if result["__typename"] == "Booking":
            self.done += 1
            self._bookings = [each for each in self._bookings if each["id"] != result["id"]]
            if result["status"] in {"HELD", "CONFIRMED"}:
                self._bookings.append(result)
