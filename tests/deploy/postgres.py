"""A PostgreSQL that is reached over TCP, as another user or through a pooler does."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.proof import databases
from tests.proof.databases import Postgresql
from tests.proof.server import HOST, free_port


@dataclass(frozen=True)
class Address:
    """A running server, which has the role cinema and its database."""

    port: int
    # The directory with pg_dump and other programs.
    programs: Path

    def url(self, *, role: str = "cinema", database: str = "cinema", port: int | None = None) -> str:
        """A URL. `port` is that of a pooler."""
        return f"postgresql://{role}@{HOST}:{port or self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Execute a statement as the administrator."""
        with psycopg.connect(self.url(role="postgres", database="postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def over_tcp() -> Iterator[Address]:
    port = free_port()
    settings = {**databases.SETTINGS, "listen_addresses": HOST, "port": str(port), "unix_socket_directories": ""}
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as directory:
        database = Postgresql(Path(directory), settings=settings)
        address = Address(port, database.programs)
        database.url = address.url(role="postgres", database="postgres")
        try:
            database.start()
            address.execute("CREATE ROLE cinema LOGIN")
            address.execute("CREATE DATABASE cinema OWNER cinema")
            yield address
        finally:
            database.crash()
