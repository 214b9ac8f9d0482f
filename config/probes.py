"""The probes of load balancers and supervisors: `/healthz` and `/readyz`.

They are handled before Django and outside of the queue for threads, so they respond on an overloaded server, and need
neither an allowed host nor HTTPS.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import NamedTuple

from cinema.management import readiness
from cinema.runtime.worker_threads import WorkerThreads

PATHS = {"/healthz", "/readyz"}
CHECK_TIMEOUT_SECONDS = 5.0
# Anyone can send probes, so a result is used for this long.
SECONDS_BETWEEN_CHECKS = 1.0


class Readiness:
    """Checks in its own thread, one check at a time."""

    def __init__(self) -> None:
        self._threads = WorkerThreads(1)
        self._check: asyncio.Future[dict[str, str]] | None = None
        self._checked_at = float("-inf")

    async def problems(self) -> Mapping[str, str]:
        """The problems that `cinema.management.readiness` finds, or that it takes too long."""
        if self._check is None or (self._check.done() and time.monotonic() > self._checked_at + SECONDS_BETWEEN_CHECKS):
            self._check = asyncio.ensure_future(self._threads.run(readiness.problems))
            self._check.add_done_callback(self._note_time)
        try:
            return await asyncio.wait_for(asyncio.shield(self._check), CHECK_TIMEOUT_SECONDS)
        except TimeoutError:
            return {"database": "It takes too long to respond."}

    def _note_time(self, _: object) -> None:
        self._checked_at = time.monotonic()


_readiness = Readiness()


class PlainResponse(NamedTuple):
    """A response that is built without Django."""

    status: int
    content: bytes
    content_type: str = "application/json"


async def respond(path: str) -> PlainResponse:
    """The response to a probe at one of `PATHS`."""
    problems = {} if path == "/healthz" else await _readiness.problems()
    body = {"status": "not ready", "problems": problems} if problems else {"status": "ok"}
    return PlainResponse(503 if problems else 200, json.dumps(body).encode())
