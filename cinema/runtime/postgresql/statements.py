"""Executes the frequent statements of a connection with less overhead than psycopg's cursor.

For each execution, a cursor builds its adapters again and looks up the prepared statement, which takes about as long
as a small statement. Here, the adapters of each statement are kept. psycopg still decides which statements are
prepared, begins transactions, and executes what is not prepared.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import Cursor
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus


class Statements:
    """Executes statements with the adapters of `cursor`, on its connection."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor
        self.connection = cursor.connection
        self._queries: dict[str, PostgresQuery] = {}

    def fetch(self, text: str, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows of a statement. Raises the exceptions of psycopg."""
        if self._begins_transaction() or self.connection.prepare_threshold is None:
            return self._with_cursor(text, parameters)
        query = self._queries.get(text)
        if query is None:
            query = self._queries[text] = PostgresQuery(Transformer(self._cursor))
            query.convert(text, parameters)
        else:
            query.dump(parameters)
        # A statement is prepared for the types of its parameters. psycopg removes the name of one that it deallocates.
        name = self.connection._prepared._names.get((query.query, query.types))  # noqa: SLF001
        return self._prepared(name, query) if name else self._with_cursor(text, parameters)

    def _begins_transaction(self) -> bool:
        connection = self.connection
        return not connection.autocommit and connection.pgconn.transaction_status != TransactionStatus.INTRANS

    def _with_cursor(self, text: str, parameters: Mapping[str, Any]) -> list[Any]:
        self._cursor.execute(text, parameters)
        return self._cursor.fetchall()

    def _prepared(self, name: bytes, query: PostgresQuery) -> list[Any]:
        connection = self.connection
        with connection.lock:
            connection.pgconn.send_query_prepared(name, query.params, query.formats)
            (result,) = connection.wait(execute(connection.pgconn))
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result, encoding=connection.info.encoding)
        adapters = query._tx  # noqa: SLF001
        adapters.set_pgresult(result)
        rows = adapters.load_rows(0, result.ntuples, tuple)
        # Otherwise every statement of every connection would keep its last rows in memory.
        adapters.set_pgresult(None)
        return rows
