"""The faults that are injected during a run."""

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
MAX_OUTAGE_SECONDS = 0.5
# The server ends if a worker dies again sooner than this.
SECONDS_BETWEEN_WORKERS = 9.0
SECONDS_TO_RECOVER = 60
POLL_INTERVAL_SECONDS = 0.02


@dataclass(frozen=True)
class Fault:
    kind: str
    at: int


class Faults(threading.Thread):
    """Inject one fault after the other, each after the server has recovered from the last one."""

    def __init__(
        self,
        *,
        server: Server,
        database: Database,
        proxy: Proxy,
        recorder: Recorder,
        seconds: float,
        stop: threading.Event,
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
        self._stopping = stop
        self._random = random
        self._last_worker_kill = 0.0

    def run(self) -> None:
        try:
            for kind, inflict in self._kinds_in_random_order():
                if self._stopping.wait(self._random.uniform(0.5, 1.0) * self._seconds_apart):
                    return
                self.done.append(Fault(kind, time.time_ns()))
                inflict()
                self._wait_for_recovery(kind)
        except Exception as failure:  # noqa: BLE001 - raised again in the thread that joins this one
            self.failure = failure

    def _kinds_in_random_order(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Every kind once, then every kind again, in a new random order each time."""
        kinds = self._kinds()
        while True:
            self._random.shuffle(kinds)
            for kind, inflict in kinds:
                if inflict != self._kill_worker or self._worker_may_die():
                    yield kind, inflict

    def _kinds(self) -> list[tuple[str, Callable[[], None]]]:
        kinds = [
            ("worker killed", self._kill_worker),
            ("server killed", self._kill_server),
            ("responses dropped", self._drop_responses),
        ]
        if isinstance(self._database, Postgresql):
            database = self._database
            kinds += [
                ("connections ended", lambda: _ignore(database.terminate_connections())),
                ("database crashed", lambda: self._crash(database)),
            ]
        return kinds

    def _worker_may_die(self) -> bool:
        return time.monotonic() - self._last_worker_kill > SECONDS_BETWEEN_WORKERS

    def _kill_worker(self) -> None:
        self._last_worker_kill = time.monotonic()
        self._server.kill_worker(self._random)

    def _kill_server(self) -> None:
        self._server.kill()
        self._stay_down()
        self._server.start()

    def _crash(self, database: Postgresql) -> None:
        database.crash()
        self._stay_down()
        database.start()

    def _drop_responses(self) -> None:
        self._proxy.burst(BURST_SECONDS)
        self._stopping.wait(BURST_SECONDS)

    def _stay_down(self) -> None:
        self._stopping.wait(self._random.uniform(0, MAX_OUTAGE_SECONDS))

    def _wait_for_recovery(self, kind: str) -> None:
        """Wait until a call succeeds, even after the end of the run, because its last fault counts too."""
        since, deadline = time.time_ns(), time.monotonic() + SECONDS_TO_RECOVER
        while not self._recorder.succeeded_since(since):
            if not self._server.is_running:
                raise RuntimeError(f"the server ended after: {kind}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing succeeded after: {kind}")
            time.sleep(POLL_INTERVAL_SECONDS)


def _ignore(_: object) -> None:
    """Ignore the result of a fault."""
