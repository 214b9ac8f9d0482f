"""An application host: `serve`, PgBouncer and HAProxy.

`serve` connects to PgBouncer, PgBouncer to HAProxy, and HAProxy to the database host whose Patroni says that it is the
leader.
"""

import sys
from collections.abc import Iterable, Mapping

from config.environment import BASE_DIR
from tests.cluster import rest
from tests.cluster.database_host import DATABASE, PATRONI_PORT, POSTGRESQL_PORT, ROLE
from tests.cluster.network import Host

PORT = 8000
HAPROXY_PORT = 5000
PGBOUNCER_PORT = 6432
# The environment variables of `serve` that are about its database.
DATABASE_ENVIRONMENT = {
    "DATABASE_URL": f"postgresql://{ROLE}@127.0.0.1:{PGBOUNCER_PORT}/{DATABASE}",
    "TRANSACTION_POOLER": "true",
}

# A leader that does not respond is marked as down within 4 seconds, before another host can become the leader. Then its
# connections are closed.
_HAPROXY = """\
global
    maxconn 1000
defaults
    mode tcp
    timeout connect 2s
    timeout check 1500ms
    timeout client 1h
    timeout server 1h
listen leader
    bind 127.0.0.1:{port}
    option httpchk
    http-check send meth OPTIONS uri /primary
    http-check expect status 200
    default-server inter 500ms fastinter 250ms fall 2 rise 1 port {patroni} on-marked-down shutdown-sessions
"""
_PGBOUNCER = """\
[databases]
{database} = host=127.0.0.1 port={haproxy} dbname={database} user={role}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 200
log_connections = 0
log_disconnections = 0
; A second after a failed connection, another is attempted. The default of 15 would prolong every failover.
server_login_retry = 1
server_connect_timeout = 3
; A call that has waited longer fails, and its client tries again.
query_wait_timeout = 5
"""


class ApplicationHost:
    """`serve`, PgBouncer and HAProxy on one host."""

    def __init__(self, host: Host, *, leaders: Mapping[str, str], environment: Mapping[str, str]) -> None:
        """`leaders` has the address of each database host by name. `environment` is that of `serve`."""
        self.host = host
        self._environment = environment
        (host.directory / "haproxy.cfg").write_text(haproxy_configuration(leaders))
        (host.directory / "pgbouncer.ini").write_text(
            _PGBOUNCER.format(database=DATABASE, role=ROLE, port=PGBOUNCER_PORT, haproxy=HAPROXY_PORT)
        )

    @property
    def address(self) -> tuple[str, int]:
        return self.host.address, PORT

    def is_ready(self) -> bool:
        return rest.responds(f"http://{self.host.address}:{PORT}/readyz")

    def start(self) -> None:
        """Start everything. `is_ready` says when it responds."""
        directory = self.host.directory
        self.host.start("haproxy", "-db", "-f", directory / "haproxy.cfg", log="haproxy.log")
        self.host.start("pgbouncer", directory / "pgbouncer.ini", log="pgbouncer.log", user="postgres")
        self.host.start(
            *(sys.executable, "manage.py", "serve"),
            *("--host", self.host.address, "--port", str(PORT), "--workers", "1"),
            log="serve.log",
            environment=self._environment,
            cwd=BASE_DIR,
        )


def haproxy_configuration(leaders: Mapping[str, str]) -> str:
    servers: Iterable[str] = (
        f"    server {name} {address}:{POSTGRESQL_PORT} check\n" for name, address in leaders.items()
    )
    return _HAPROXY.format(port=HAPROXY_PORT, patroni=PATRONI_PORT) + "".join(servers)
