"""What can go wrong with a file of movies.

CinemaError
  UnreadableFile    not a file of movies at all, or not with these columns
  RowsRefused       some of its rows cannot be loaded, and all or nothing was asked for
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cinema.core.errors import CinemaError


@dataclass(frozen=True)
class Refusal:
    """A row that is not loaded: the line of the file it starts on, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(eq=False)
class UnreadableFile(CinemaError):
    """The file cannot be read: {reason}"""

    reason: str


@dataclass(eq=False)
class RowsRefused(CinemaError):
    """Some rows cannot be loaded, so none was."""

    refused: Sequence[Refusal]
