"""Tables of the expected outcome of a request for each actor, and the outcome of a response.

ok       the request succeeds
null     the result is null, as if the object did not exist
login    UNAUTHENTICATED
denied   FORBIDDEN, with the name of the permission
absent   NOT_FOUND
"""

from dataclasses import dataclass

import pytest

from tests.conftest import ApiResponse

OUTCOMES = {"UNAUTHENTICATED": "login", "FORBIDDEN": "denied", "NOT_FOUND": "absent"}


@dataclass(frozen=True)
class Case:
    """One cell of a table."""

    row: str
    permission: str
    actor: str
    expected: str

    def __str__(self) -> str:
        return f"{self.row}-{self.actor}"


class Table:
    """Rows with a name, the required permission (`-` for none), and the outcome for each actor of the first row."""

    def __init__(self, text: str) -> None:
        (_, _, *actors), *rows = [line.split() for line in text.strip().splitlines() if line]
        self.names = [name for name, *_ in rows]
        self.permissions = {name: permission for name, permission, *_ in rows}
        self.cases = [
            Case(name, permission, actor, outcome)
            for name, permission, *outcomes in rows
            for actor, outcome in zip(actors, outcomes, strict=True)
        ]
        assert len(self.names) == len(set(self.names)), "two rows have the same name"

    def outcomes(self, actor: str) -> dict[str, str]:
        """The outcome for `actor` by row."""
        return {case.row: case.expected for case in self.cases if case.actor == actor}

    @property
    def every_case(self) -> pytest.MarkDecorator:
        return pytest.mark.parametrize("case", self.cases, ids=str)


def outcome_of(response: ApiResponse, name: str) -> str:
    """The outcome of a request of the field `name`, as in the table, or the type of the returned problem."""
    if "errors" in response.body:
        return OUTCOMES.get(response.code, response.code)
    result = response.data[name]
    if result in (None, [None]):
        return "null"
    is_problem = isinstance(result, dict) and "message" in result
    return str(result["__typename"]) if is_problem else "ok"


def assert_refused(response: ApiResponse, name: str, permission: str) -> None:
    """The response contains only the refusal. If it is denied, the message names the permission."""
    assert response.body["data"] in ({name: None}, {name: [None]})
    if outcome_of(response, name) == "denied":
        (error,) = response.body["errors"]
        assert error["message"] == f"You need the permission cinema.{permission}."
