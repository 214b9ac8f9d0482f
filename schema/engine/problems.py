"""Problems: expected failures that a good client shows its user.

A problem is a type beside the success in a mutation's result union. A `ProblemHandler` turns a domain error into its
problem, on the fields whose union has it; on other fields the error goes on to `schema.engine.errors`.
"""

import dataclasses
from functools import reduce
from operator import or_
from typing import Annotated, Any, Self

import strawberry
from strawberry.utils.str_converters import to_camel_case

from cinema.core import errors
from cinema.core.errors import CinemaError


@strawberry.interface(
    description="An expected failure. Nothing has changed, and the fields say what the client can do next."
)
class Problem:
    message: str = strawberry.field(description="What went wrong, in words for the user.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        """The problem for `error`: the fields of both have the same names."""
        data = {field.name: getattr(error, field.name) for field in dataclasses.fields(error)}
        return cls(message=str(error), **data)


class ProblemHandler:
    """Returns a problem for a domain error, wherever the result union has that problem."""

    def __init__(self, error: type[CinemaError], problem: type[Problem]) -> None:
        self.exception_type = error
        self.error_type = problem

    def handle(self, exception: CinemaError, **_: object) -> Problem:
        return self.error_type.of(exception)


@strawberry.type(description="One thing that is wrong with one field of the input.")
class FieldProblem:
    field: str = strawberry.field(description="The name of the input field, such as `email`.")
    code: str = strawberry.field(description="A code for programs, such as `unique` or `password_too_common`.")
    message: str = strawberry.field(description="What is wrong, in words to show beside the field.")


@strawberry.type(description="Some of the input is invalid.")
class InvalidInput(Problem):
    fields: list[FieldProblem] = strawberry.field(description="Everything that is wrong, field by field.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        assert isinstance(error, errors.InvalidInput)
        return cls(
            message=str(error),
            fields=[FieldProblem(field=to_camel_case(f.field), code=f.code, message=f.message) for f in error.fields],
        )


@strawberry.type(description="The server is busy. The same call may succeed in a moment.")
class Busy(Problem):
    retry_after_ms: int = strawberry.field(description="How many milliseconds to wait before trying again.")


PROBLEM_HANDLERS = [ProblemHandler(errors.InvalidInput, InvalidInput), ProblemHandler(errors.Busy, Busy)]


def result(name: str, *members: Any) -> Any:
    """The union that a mutation returns: its success, first, and its problems."""
    union = strawberry.union(name, description=f"{members[0].__name__}, or the problem if nothing has changed.")
    return Annotated[reduce(or_, members), union]
