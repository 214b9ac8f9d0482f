"""Django's PostgreSQL backend, with a health check of connections that needs no query."""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """With `CONN_HEALTH_CHECKS`, a connection is checked with a query only if the server has sent something.

    It does so when it closes a connection, and otherwise sends nothing that was not asked for.
    """

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not _needs_check(self.connection):
            self.health_check_done = True
        super().close_if_health_check_failed()


def _needs_check(connection: Any) -> bool:
    """Whether something can be read from the connection, also its end, or it is known to be closed."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
