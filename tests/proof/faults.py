"""What goes wrong during a run, on purpose."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.proof.databases import Database, Postgresql
from tests.proof.proxy import Proxy
from tests.proof.recorder import Recorder
from tests.proof.server import Server

BURST_SECONDS = 0.7
LONGEST_OUTAGE_SECONDS = 0.5
# The server gives up on a worker that dies again so soon, and ends.
SECONDS_BETWEEN_WORKERS = 9.0
SECONDS_TO_RECOVER = 60


@dataclass(frozen=True)
class Fault:
    kind: str
    at: int


class Faults(threading.Thread):
    """One after the other, each after the last one was survived."""

    def __init__(
        self,
        *,
        server: Server,
        database: Database,
        proxy: Proxy,
        recorder: Recorder,
        seconds: float,
        over: threading.Event,
        random: Random,
    ) -> None:
        super().__init__(daemon=True)
        self.done: list[Fault] = []
        self.failure: Exception | None = None
        self._server = server
        self._database = database
        self._proxy = proxy
        self._recorder = recorder
        self._seconds_apart = min(4.0, max(1.2, seconds / 10))
        self._over = over
        self._random = random
        self._last_worker = 0.0

    def run(self) -> None:
        try:
            for kind, inflict in self._deck():
                if self._over.wait(self._random.uniform(0.5, 1.0) * self._seconds_apart):
                    return
                self.done.append(Fault(kind, time.time_ns()))
                inflict()
                self._wait_for_recovery(kind)
        except Exception as failure:  # noqa: BLE001 - raised again in the thread that joins this one
            self.failure = failure

    def _deck(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Each kind once, in an order of its own each time."""
        kinds = self._kinds()
        while True:
            self._random.shuffle(kinds)
            for kind, inflict in kinds:
                if inflict != self._kill_worker or self._worker_is_old():
                    yield kind, inflict

    def _kinds(self) -> list[tuple[str, Callable[[], None]]]:
        kinds = [
            ("worker killed", self._kill_worker),
            ("server killed", self._kill_server),
            ("answers thrown away", self._throw_answers_away),
        ]
        if isinstance(self._database, Postgresql):
            database = self._database
            kinds += [
                ("connections ended", lambda: _ignore(database.terminate_connections())),
                ("database crashed", lambda: self._crash(database)),
            ]
        return kinds

    def _worker_is_old(self) -> bool:
        return time.monotonic() - self._last_worker > SECONDS_BETWEEN_WORKERS

    def _kill_worker(self) -> None:
        self._last_worker = time.monotonic()
        self._server.kill_worker(self._random)

    def _kill_server(self) -> None:
        self._server.kill()
        self._stay_down()
        self._server.start()

    def _crash(self, database: Postgresql) -> None:
        database.crash()
        self._stay_down()
        database.start()

    def _throw_answers_away(self) -> None:
        self._proxy.burst(BURST_SECONDS)
        self._over.wait(BURST_SECONDS)

    def _stay_down(self) -> None:
        self._over.wait(self._random.uniform(0, LONGEST_OUTAGE_SECONDS))

    def _wait_for_recovery(self, kind: str) -> None:
        """Until clients succeed again. Also when the run is over: its last fault counts as well."""
        since, give_up = time.time_ns(), time.monotonic() + SECONDS_TO_RECOVER
        while not self._recorder.succeeded_since(since):
            if not self._server.runs:
                raise RuntimeError(f"the server ended by itself after: {kind}")
            if time.monotonic() > give_up:
                raise TimeoutError(f"nothing succeeded after: {kind}")
            threading.Event().wait(0.02)


def _ignore(_: object) -> None:
    """What a fault returns is of no interest."""
