"""Django's PostgreSQL backend, with a health check of connections that usually needs no query."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """With `CONN_HEALTH_CHECKS`, checks a connection with a query only if the server has sent data on it.

    The server sends data when it closes a connection. Otherwise it sends only responses to queries.
    """

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not _needs_check(self.connection):
            self.health_check_done = True
        super().close_if_health_check_failed()


def _needs_check(connection: Any) -> bool:
    """Whether the connection is closed, or there is data to read from it, including the end of the stream."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
