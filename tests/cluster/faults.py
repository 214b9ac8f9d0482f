"""The faults of hosts. Each is in effect while its context is entered."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random

from tests.cluster.cluster import Cluster
from tests.cluster.database_host import POSTGRESQL_PORT
from tests.proof.faults import Fault
from tests.proof.recorder import Recorder
from tests.waiting import wait_until

Inflict = Callable[[Cluster, Random], AbstractContextManager[None]]

# A fault of the leader ends before or after another host becomes the leader.
LONGEST_SECONDS = 15.0
LONGEST_SECONDS_OF_OTHERS = 4.0
SHORTEST_SECONDS = 1.0
SECONDS_BETWEEN = 2.0
# How long the standbys get no changes before the leader is killed.
SECONDS_OF_LAG = 3.0
SECONDS_TO_RECOVER = 120


class Faults(threading.Thread):
    """Inject one fault after the other, each after the cluster has recovered from the last one."""

    def __init__(self, cluster: Cluster, recorder: Recorder, *, stop: threading.Event, random: Random) -> None:
        super().__init__(daemon=True)
        self.done: list[Fault] = []
        self.failure: Exception | None = None
        self._cluster = cluster
        self._recorder = recorder
        self._stopping = stop
        self._random = random

    def run(self) -> None:
        try:
            for kind in in_random_order(self._random):
                if self._stopping.wait(self._random.uniform(0.5, 1.0) * SECONDS_BETWEEN):
                    return
                self._inject(kind)
        except Exception as failure:  # noqa: BLE001 - reported by the thread that joins this one
            self.failure = failure

    def _inject(self, kind: str) -> None:
        inflict, longest = KINDS[kind]
        with inflict(self._cluster, self._random):
            fault = Fault(kind, time.time_ns())
            self.done.append(fault)
            self._stopping.wait(self._random.uniform(SHORTEST_SECONDS, longest))
        # Even after the end of the run, because its last fault counts too.
        wait_until(
            lambda: self._recorder.changed_since(fault.at), what=f"a change after: {kind}", seconds=SECONDS_TO_RECOVER
        )
        self._cluster.wait_until_whole(after=kind)
        self._cluster.wait_until_ready()


@contextmanager
def _leader_killed(cluster: Cluster, _: Random) -> Iterator[None]:
    """PostgreSQL and Patroni of the leader are killed."""
    leader = cluster.leader()
    leader.kill_database()
    yield
    leader.start_database()


@contextmanager
def _leader_lost_during_lag(cluster: Cluster, _: Random) -> Iterator[None]:
    """No standby gets changes for a while. Then the leader is killed, and its host cannot be reached.

    Otherwise its kernel would still send the changes. It stays so until there is another leader.
    """
    leader, standbys = cluster.leader(), cluster.standbys()
    for standby in standbys:
        standby.host.cut_off(POSTGRESQL_PORT)
    time.sleep(SECONDS_OF_LAG)
    leader.host.partition()
    leader.kill_database()
    for standby in standbys:
        standby.host.reconnect()
    yield
    cluster.leader()
    leader.host.reconnect()
    leader.start_database()


@contextmanager
def _leader_partitioned(cluster: Cluster, _: Random) -> Iterator[None]:
    leader = cluster.leader()
    leader.host.partition()
    yield
    leader.host.reconnect()


@contextmanager
def _leader_paused(cluster: Cluster, _: Random) -> Iterator[None]:
    """All processes of the leader's host stop. When they continue, they do not know that time has passed."""
    leader = cluster.leader()
    leader.host.pause()
    yield
    leader.host.resume()


@contextmanager
def _standby_partitioned(cluster: Cluster, _: Random) -> Iterator[None]:
    """The standby that has to confirm every commit cannot be reached."""
    standby = cluster.standbys()[0]
    standby.host.partition()
    yield
    standby.host.reconnect()


@contextmanager
def _switchover(cluster: Cluster, _: Random) -> Iterator[None]:
    """Another host is made the leader, as before maintenance."""
    leader, standby = cluster.leader(), cluster.standbys()[0]
    request = threading.Thread(target=leader.switch_over, args=(standby.name,), daemon=True)
    request.start()
    wait_until(lambda: not leader.is_leader(), what="the leader to stop")
    yield
    request.join()


@contextmanager
def _application_killed(cluster: Cluster, random: Random) -> Iterator[None]:
    application = random.choice(cluster.applications)
    application.host.kill()
    yield
    application.start()


@contextmanager
def _redis_killed(cluster: Cluster, _: Random) -> Iterator[None]:
    cluster.redis.kill()
    yield
    cluster.start_redis()


@contextmanager
def _etcd_killed(cluster: Cluster, random: Random) -> Iterator[None]:
    """One of the three members of etcd is killed."""
    database = random.choice(cluster.databases)
    database.kill_etcd()
    yield
    database.start_etcd()


# This loses commits if replication is asynchronous.
LAG = "leader lost during replication lag"
# Each with the longest time until it ends, in seconds.
KINDS: dict[str, tuple[Inflict, float]] = {
    LAG: (_leader_lost_during_lag, LONGEST_SECONDS),
    "leader killed": (_leader_killed, LONGEST_SECONDS),
    "leader partitioned": (_leader_partitioned, LONGEST_SECONDS),
    "leader paused": (_leader_paused, LONGEST_SECONDS),
    "synchronous standby partitioned": (_standby_partitioned, LONGEST_SECONDS),
    "switchover": (_switchover, LONGEST_SECONDS_OF_OTHERS),
    "application host killed": (_application_killed, LONGEST_SECONDS_OF_OTHERS),
    "Redis killed": (_redis_killed, LONGEST_SECONDS_OF_OTHERS),
    "member of etcd killed": (_etcd_killed, LONGEST_SECONDS_OF_OTHERS),
}


def in_random_order(random: Random) -> Iterator[str]:
    """Every kind once, then every kind again, in a new random order each time. The first one is LAG."""
    kinds = [LAG, *random.sample([kind for kind in KINDS if kind != LAG], len(KINDS) - 1)]
    while True:
        yield from kinds
        random.shuffle(kinds)
