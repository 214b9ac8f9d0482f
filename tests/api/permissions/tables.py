"""Tables of who may do what, and what an answer is in their words.

ok       it is answered, or done
null     there is no such thing, as far as they are told
login    UNAUTHENTICATED
denied   FORBIDDEN, with the name of the permission
absent   NOT_FOUND
"""

from dataclasses import dataclass

import pytest

from tests.conftest import ApiResponse

WORDS = {"UNAUTHENTICATED": "login", "FORBIDDEN": "denied", "NOT_FOUND": "absent"}


@dataclass(frozen=True)
class Case:
    """A row of a table, and one of its actors."""

    row: str
    permission: str
    actor: str
    expected: str

    def __str__(self) -> str:
        return f"{self.row}-{self.actor}"


class Table:
    """Rows of words: a name, the permission it takes (`-`: none), and a word for each actor of the first row."""

    def __init__(self, text: str) -> None:
        (_, _, *actors), *rows = [line.split() for line in text.strip().splitlines() if line]
        self.names = [name for name, *_ in rows]
        self.permissions = {name: permission for name, permission, *_ in rows}
        self.cases = [
            Case(name, permission, actor, word)
            for name, permission, *words in rows
            for actor, word in zip(actors, words, strict=True)
        ]
        assert len(self.names) == len(set(self.names)), "two rows of one name"

    def words(self, actor: str) -> dict[str, str]:
        """The word of each row for `actor`."""
        return {case.row: case.expected for case in self.cases if case.actor == actor}

    @property
    def every_case(self) -> pytest.MarkDecorator:
        return pytest.mark.parametrize("case", self.cases, ids=str)


def word_for(answer: ApiResponse, name: str) -> str:
    """The table's word for an answer to the one field `name`, which is a problem's name if it is that."""
    if "errors" in answer.body:
        return WORDS.get(answer.code, answer.code)
    result = answer.data[name]
    if result is None:
        return "null"
    is_problem = isinstance(result, dict) and "message" in result
    return str(result["__typename"]) if is_problem else "ok"


def assert_refused(answer: ApiResponse, name: str, permission: str) -> None:
    """Nothing but the refusal is told; a denial names the permission."""
    assert answer.body["data"] in (None, {name: None})
    if word_for(answer, name) == "denied":
        (error,) = answer.body["errors"]
        assert error["message"] == f"You need the permission cinema.{permission}."
