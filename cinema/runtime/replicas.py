"""Read replicas of the database, for data that may be a few seconds old.

A replica is used while it has replayed everything that the primary had written a few seconds ago. A thread checks this.
Positions in the write-ahead log are compared, because the time of the last transaction says nothing while nothing is
written: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
"""

import logging
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from django.db import Error, connections

from cinema.runtime.outages import FailureLog

SECONDS_BETWEEN_CHECKS = 1.0
# A result of the check is not used for longer. The data of a replica in use is at most twice as old.
MAX_AGE_SECONDS = 3.0

logger = logging.getLogger(__name__)


@dataclass
class _Replica:
    alias: str
    usable_until: float = float("-inf")
    failures: FailureLog = field(init=False)

    def __post_init__(self) -> None:
        self.failures = FailureLog(logger, ended=f"{self.alias} is in use again")


class Replicas:
    """Chooses a replica that is up to date."""

    def __init__(self, aliases: Sequence[str]) -> None:
        self._replicas = [_Replica(alias) for alias in aliases]
        if aliases:
            threading.Thread(target=self._watch, name="replicas", daemon=True).start()

    def choose(self) -> str | None:
        """The alias of the connection to a replica. None if none is up to date."""
        now = time.monotonic()
        usable = [replica.alias for replica in self._replicas if now < replica.usable_until]
        return random.choice(usable) if usable else None  # noqa: S311 - no secret

    def failed(self, alias: str) -> None:
        """Do not use the replica until it has been checked again."""
        for replica in self._replicas:
            if replica.alias == alias:
                replica.usable_until = float("-inf")

    def _watch(self) -> None:
        written_at, written = float("-inf"), ""
        while True:
            checked_at = time.monotonic()
            # After a pause, such as an outage, the earlier position is too old to compare with.
            if checked_at - written_at < MAX_AGE_SECONDS:
                for replica in self._replicas:
                    self._check(replica, written, checked_at)
            position = _position_of_primary()
            if position is not None:
                written_at, written = checked_at, position
            time.sleep(SECONDS_BETWEEN_CHECKS)

    def _check(self, replica: _Replica, written: str, now: float) -> None:
        try:
            is_up_to_date = _has_replayed(replica.alias, written)
        except Error as error:
            connections[replica.alias].close()
            reason = " ".join(str(error).split())
            replica.failures.failed("%s cannot be reached, so it is not used: %s", replica.alias, reason)
            return
        if is_up_to_date:
            replica.usable_until = now + MAX_AGE_SECONDS
            replica.failures.succeeded()
        else:
            replica.failures.failed("%s is not up to date, so it is not used", replica.alias)


@cache
def replicas() -> Replicas:
    # Not on import: the server forks its processes after that, and a thread does not survive that.
    return Replicas([alias for alias in connections if alias.startswith("replica")])


def _position_of_primary() -> str | None:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_lsn()::text")
            ((position,),) = cursor.fetchall()
    except Error:
        connections["default"].close()
        return None
    return str(position)


def _has_replayed(alias: str, position: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
        ((has_replayed,),) = cursor.fetchall()
    return bool(has_replayed)
