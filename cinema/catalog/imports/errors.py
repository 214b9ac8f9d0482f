"""Errors of a file of movies or shows.

CinemaError
  UnreadableFile    not such a file, or without the required columns
  RowsRefused       some rows cannot be imported, and the import is all or nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cinema.core.errors import CinemaError


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


@dataclass(eq=False)
class RowsRefused(CinemaError):
    template = "Nothing was imported, because some rows are invalid."

    refused: Sequence[Refusal]
