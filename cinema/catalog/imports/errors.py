"""Errors of a file of movies or shows.

CinemaError
  UnreadableFile    not such a file, or without the required columns
  RowsRefused       some rows cannot be imported, and the import is all or nothing
  TooManyRows       importing them takes too long for one transaction
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cinema.core.errors import Busy, CinemaError
from cinema.core.transactions import TookTooLong


@dataclass(frozen=True)
class Refusal:
    """A row that is not loaded: the line of the file on which it starts, and the reason."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(eq=False)
class UnreadableFile(CinemaError):
    template = "The file cannot be read: {reason}"

    reason: str


class TooManyRows(CinemaError):
    template = "Nothing was imported, because it took too long. Split the file, and import the parts one by one."


@dataclass(eq=False)
class RowsRefused(CinemaError):
    template = "Nothing was imported, because some rows are invalid."

    refused: Sequence[Refusal]


@contextmanager
def explaining_long_imports() -> Iterator[None]:
    """Raise `TooManyRows` instead of `Busy` if the transaction in the block took too long."""
    try:
        yield
    except Busy as busy:
        if isinstance(busy.__cause__, TookTooLong):
            raise TooManyRows from busy
        raise
