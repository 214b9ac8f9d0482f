"""A database host: PostgreSQL run by Patroni, and a member of etcd."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.cluster import rest
from tests.cluster.network import Host

POSTGRESQL_PORT = 5432
PATRONI_PORT = 8008
ETCD_PORT = 2379
ETCD_PEER_PORT = 2380

ROLE = "cinema"
DATABASE = "cinema"

# The seconds until the leader's lock expires if it cannot renew it, between two looks at the cluster, and for
# attempts to reach etcd. The lock must outlast the last two: TTL >= LOOP_WAIT + 2 * RETRY_TIMEOUT.
TTL = 10
LOOP_WAIT = 1
RETRY_TIMEOUT = 4

_POSTGRESQL: Mapping[str, object] = {
    "max_connections": 100,
    "shared_buffers": "64MB",
    # pg_rewind needs it.
    "wal_log_hints": "on",
    "wal_keep_size": "256MB",
    # A standby that does not respond blocks commits until the leader notices.
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "1s",
    # Connections whose client disappeared while packets were dropped are closed after 25 seconds, not after two hours.
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}
# The hosts are reachable only by the run.
_ACCESS = [
    "local all all trust",
    "host all all 127.0.0.1/32 trust",
    "host all all 10.77.0.0/24 trust",
    "host replication replicator 10.77.0.0/24 trust",
]


class DatabaseHost:
    """PostgreSQL, Patroni and etcd on one host."""

    def __init__(self, host: Host, *, programs: Path, etcd: Mapping[str, str], synchronous: bool) -> None:
        """`programs` is the directory of PostgreSQL. `etcd` has the address of each member by name."""
        self.host = host
        self._etcd = etcd
        self._etcd_process: subprocess.Popen[bytes] | None = None
        self._configuration = host.directory / "patroni.yml"
        # Patroni reads YAML, which includes JSON.
        self._configuration.write_text(
            json.dumps(patroni_configuration(host, programs=programs, etcd=etcd, synchronous=synchronous), indent=2)
        )

    @property
    def name(self) -> str:
        return self.host.name

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@{self.host.address}:{POSTGRESQL_PORT}/{DATABASE}"

    def start_etcd(self) -> None:
        client, peer = (f"http://{self.host.address}:{port}" for port in (ETCD_PORT, ETCD_PEER_PORT))
        members = ",".join(f"{name}=http://{address}:{ETCD_PEER_PORT}" for name, address in self._etcd.items())
        self._etcd_process = self.host.start(
            *("etcd", "--name", self.name, "--data-dir", self.host.directory / "etcd"),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", members, "--initial-cluster-state", "new"),
            # A member that was cut off does not cause an election when it returns. The default of etcd 3.5 and later.
            "--pre-vote",
            "--enable-v2",
            log="etcd.log",
        )

    def kill_etcd(self) -> None:
        assert self._etcd_process is not None
        self._etcd_process.kill()
        self._etcd_process.wait()

    def start_database(self) -> None:
        self.host.start("patroni", self._configuration, log="patroni.log", user="postgres")

    def kill_database(self) -> None:
        """Kill PostgreSQL and Patroni at once."""
        assert self._etcd_process is not None
        self.host.kill(spare={self._etcd_process.pid})

    def is_leader(self) -> bool:
        """Whether Patroni says that this host has the leader's lock and accepts writes."""
        return rest.responds(f"{self._patroni}/primary")

    def members(self) -> list[dict[str, Any]]:
        """The members of the cluster, as Patroni of this host sees them. Empty if it does not respond."""
        found: list[dict[str, Any]] = rest.get(f"{self._patroni}/cluster").get("members", [])
        return found

    def switch_over(self, to: str) -> None:
        """Let the standby `to` become the leader. This host is the leader."""
        rest.post(f"{self._patroni}/switchover", {"leader": self.name, "candidate": to})

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query to the database of the application."""
        return self._execute(sql, user=ROLE, database=DATABASE)

    def administer(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement by the superuser."""
        return self._execute(sql, user="postgres", database="postgres")

    def connections(self) -> list[tuple[Any, ...]]:
        """The connections of the application: the address of the client, the state, and what each waits for."""
        return self.administer(
            f"SELECT client_addr::text, state, wait_event FROM pg_stat_activity WHERE usename = '{ROLE}'"  # noqa: S608 - our own role
        )

    def replicas(self) -> int:
        """The number of standbys that receive the changes of this host. 0 if it does not respond."""
        with suppress(psycopg.Error):
            ((count,),) = self.administer("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
            return int(count)
        return 0

    def _execute(self, sql: str, *, user: str, database: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            host=self.host.address,
            port=POSTGRESQL_PORT,
            user=user,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def _patroni(self) -> str:
        return f"http://{self.host.address}:{PATRONI_PORT}"


def patroni_configuration(
    host: Host, *, programs: Path, etcd: Mapping[str, str], synchronous: bool
) -> dict[str, object]:
    members: Sequence[str] = [f"{address}:{ETCD_PORT}" for address in etcd.values()]
    own_rest, own_postgresql = (f"{host.address}:{port}" for port in (PATRONI_PORT, POSTGRESQL_PORT))
    return {
        "scope": "cinema",
        "name": host.name,
        "restapi": {"listen": own_rest, "connect_address": own_rest},
        # Version 2 of the API of etcd. With version 3, a leader that returns after a partition may overwrite the lock
        # of another leader: https://github.com/patroni/patroni/pull/2689, fixed in Patroni 3.0.3. Debian 12 has 3.0.2.
        "etcd": {"hosts": list(members)},
        "bootstrap": {
            "dcs": {
                "ttl": TTL,
                "loop_wait": LOOP_WAIT,
                "retry_timeout": RETRY_TIMEOUT,
                # With asynchronous replication, a standby that lags may become the leader. Then commits are lost.
                "synchronous_mode": synchronous,
                # Without a standby, nothing can be committed.
                "synchronous_mode_strict": synchronous,
                "maximum_lag_on_failover": 1 << 30,
                "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": dict(_POSTGRESQL)},
            },
            "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C.UTF-8"}],
        },
        "postgresql": {
            "listen": own_postgresql,
            "connect_address": own_postgresql,
            "data_dir": str(host.directory / "postgresql" / "data"),
            "bin_dir": str(programs),
            "pgpass": str(host.directory / "postgresql" / "pgpass"),
            "pg_hba": _ACCESS,
            "authentication": {
                "superuser": {"username": "postgres"},
                "replication": {"username": "replicator"},
                "rewind": {"username": "rewinder"},
            },
            "parameters": {"unix_socket_directories": str(host.directory / "postgresql")},
            "basebackup": [{"checkpoint": "fast"}],
            # A former leader that cannot be rewound is copied again.
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
        },
        "watchdog": {"mode": "off"},
    }
