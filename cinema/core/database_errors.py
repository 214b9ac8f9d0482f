"""When the database cannot be reached, or cannot work: nobody's mistake, and over after a while.

The process goes on. Django drops the broken connection after the request, and the next one connects anew.
"""

import sqlite3

from django.db import InterfaceError, InternalError, OperationalError

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
# PostgreSQL's classes: connection, resources, intervention of an operator, system.
_SQLSTATE_CLASSES = {"08", "53", "57", "58"}
# And: a standby that takes no writes, a transaction that was idle for too long, and collisions.
_SQLSTATES = {"25006", "25P03", "40001", "40P01", "55P03"}


def is_outage(error: BaseException) -> bool:
    """Whether it is an outage: no connection, or too many, a server that goes down or comes up, a full disk."""
    sqlite_code = getattr(error.__cause__, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return isinstance(error, OperationalError) and sqlite_code & 0xFF in _SQLITE_CODES
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    if sqlstate is None:
        # There was no connection that could have told one.
        return isinstance(error, OperationalError | InterfaceError)
    known = sqlstate[:2] in _SQLSTATE_CLASSES or sqlstate in _SQLSTATES
    return known and isinstance(error, OperationalError | InterfaceError | InternalError)
