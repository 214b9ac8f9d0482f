"""Three database hosts, two application hosts and a host of Redis."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cluster import network, programs
from tests.cluster.application_host import DATABASE_ENVIRONMENT, ApplicationHost
from tests.cluster.database_host import DATABASE, ROLE, DatabaseHost
from tests.cluster.network import Host
from tests.proof import server
from tests.waiting import wait_until

DATABASE_HOSTS = ["db1", "db2", "db3"]
APPLICATION_HOSTS = ["app1", "app2"]
REDIS_HOST = "redis"
REDIS_PORT = 6379

# What the settings of a connection would be without a pooler; see `config/database.py`.
LIMITS = {"lock_timeout": "5s", "statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}
SECONDS_TO_START = 120
# A host that was killed rejoins, and the standbys have every change.
SECONDS_TO_BE_WHOLE = 120


class Cluster:
    """The hosts, which are created with it."""

    def __init__(self, directory: Path, *, synchronous: bool, settings: Mapping[str, str]) -> None:
        """`settings` are environment variables of the applications."""
        self._synchronous = synchronous
        self._hosts = network.create([*DATABASE_HOSTS, *APPLICATION_HOSTS, REDIS_HOST], directory)
        addresses = {name: self._hosts[name].address for name in DATABASE_HOSTS}
        self.databases = [
            DatabaseHost(self._hosts[name], programs=programs.postgresql(), etcd=addresses, synchronous=synchronous)
            for name in DATABASE_HOSTS
        ]
        redis_url = f"redis://{self.redis.address}:{REDIS_PORT}/0"
        self._environment = server.environment("", REDIS_URL=redis_url, **settings)
        self.applications = [
            ApplicationHost(
                self._hosts[name], leaders=addresses, environment={**self._environment, **DATABASE_ENVIRONMENT}
            )
            for name in APPLICATION_HOSTS
        ]

    @property
    def redis(self) -> Host:
        return self._hosts[REDIS_HOST]

    def environment(self) -> dict[str, str]:
        """The environment of a command that connects to the leader without a pooler."""
        return {**self._environment, "DATABASE_URL": self.leader().url}

    def start_databases(self) -> None:
        """Start etcd and PostgreSQL, and create an empty database."""
        for database in self.databases:
            (database.host.directory / "postgresql").mkdir()
            shutil.chown(database.host.directory / "postgresql", "postgres", "postgres")
            database.start_etcd()
        for database in self.databases:
            database.start_database()
        self.wait_until_whole()
        leader = self.leader()
        leader.administer(f"CREATE ROLE {ROLE} LOGIN")
        for name, value in LIMITS.items():
            leader.administer(f"ALTER ROLE {ROLE} SET {name} = '{value}'")
        leader.administer(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def start_applications(self) -> None:
        """Start Redis and the applications. The database has been migrated."""
        self.start_redis()
        for application in self.applications:
            application.start()
        self.wait_until_ready()

    def start_redis(self) -> None:
        options = {"bind": self.redis.address, "port": str(REDIS_PORT), "protected-mode": "no", "save": ""}
        arguments = (part for name, value in options.items() for part in (f"--{name}", value))
        self.redis.start("redis-server", *arguments, log="redis.log")

    def wait_until_ready(self) -> None:
        """Wait until every application can handle requests."""
        for application in self.applications:
            wait_until(
                application.is_ready, what=f"the application of {application.host.name}", seconds=SECONDS_TO_START
            )

    def wait_until_whole(self, *, after: str = "their start") -> None:
        """Wait until there is a leader, and every other database host has its changes."""
        wait_until(self._is_whole, what=f"all database hosts after: {after}", seconds=SECONDS_TO_BE_WHOLE)

    def leader(self) -> DatabaseHost:
        """The leader. Raises `TimeoutError` if there is none for long."""
        wait_until(lambda: self._leader() is not None, what="a leader", seconds=SECONDS_TO_BE_WHOLE)
        leader = self._leader()
        assert leader is not None
        return leader

    def standbys(self) -> list[DatabaseHost]:
        """The other database hosts, the synchronous one first."""
        leader = self.leader()
        synchronous = {member["name"] for member in leader.members() if member["role"] == "sync_standby"}
        return sorted(
            (each for each in self.databases if each is not leader), key=lambda each: each.name not in synchronous
        )

    def kill(self) -> None:
        """Kill every process of every host."""
        for host in self._hosts.values():
            host.kill()

    def _leader(self) -> DatabaseHost | None:
        return next((each for each in self.databases if each.is_leader()), None)

    def _is_whole(self) -> bool:
        leader = self._leader()
        if leader is None or leader.replicas() < len(self.databases) - 1:
            return False
        members = leader.members()
        roles = Counter(member["role"] for member in members)
        return (
            all(member["state"] in {"running", "streaming"} for member in members)
            and roles["leader"] == 1
            and roles.total() == len(self.databases)
            and roles["sync_standby"] == self._synchronous
        )


@contextmanager
def started(directory: Path, *, synchronous: bool, settings: Mapping[str, str]) -> Iterator[Cluster]:
    """A cluster with an empty database. The applications are not started yet. Nothing of it runs afterwards."""
    cluster = Cluster(directory, synchronous=synchronous, settings=settings)
    try:
        cluster.start_databases()
        yield cluster
    finally:
        cluster.kill()
