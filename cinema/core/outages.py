"""When the database cannot be reached, or cannot work: nobody's mistake, and over after a while.

The process goes on. Django drops the broken connection after the request, and the next one connects anew.
"""

import sqlite3

from django.db import InterfaceError, InternalError, OperationalError

# How long a client may well wait before it tries again.
RETRY_AFTER_MS = 2000

# SQLite's primary result codes for what is not wrong with the statement.
_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
# PostgreSQL calls these internal: read_only_sql_transaction, of a standby, and idle_in_transaction_session_timeout.
_INTERNAL_SQLSTATES = {"25006", "25P03"}


def is_outage(error: BaseException) -> bool:
    """Whether it is an outage: no connection, or too many, a server that goes down or comes up, a full disk."""
    sqlite_code = getattr(error.__cause__, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return isinstance(error, OperationalError) and sqlite_code & 0xFF in _SQLITE_CODES
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) in _INTERNAL_SQLSTATES
    return isinstance(error, OperationalError | InterfaceError)
