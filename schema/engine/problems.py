"""Problems: expected failures that a client shows to its user.

A mutation returns a union of its success and its problems. If a mutation raises a domain error and the union contains
the problem for it, the mutation's `ProblemHandler` returns that problem. Other domain errors become top-level errors:
see `schema.engine.errors`.
"""

import dataclasses
from functools import reduce
from operator import or_
from typing import Annotated, Any, Self

import strawberry
from strawberry.utils.str_converters import to_camel_case

from cinema.core import errors
from cinema.core.errors import CinemaError
from cinema.runtime import metrics


@strawberry.interface(
    description="An expected failure. Nothing has changed. The fields contain details for the client."
)
class Problem:
    message: str = strawberry.field(description="A message that can be shown to the user.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        """The problem for `error`, which has the fields of the problem, and possibly more for its message."""
        names = [field.name for field in dataclasses.fields(cls) if field.name != "message"]
        data = {name: getattr(error, name) for name in names}
        return cls(message=str(error), **data)


class ProblemHandler:
    """Turns a domain error into a problem, in mutations whose result union has that problem."""

    def __init__(self, error: type[CinemaError], problem: type[Problem]) -> None:
        self.exception_type = error
        self.error_type = problem

    def handle(self, exception: CinemaError, *, info: Any, **_: object) -> Problem:
        info.context.refused = True
        metrics.recorder.refusal(info.field_name, self.error_type.__name__)
        return self.error_type.of(exception)


@strawberry.type(description="An error in one field of the input.")
class FieldProblem:
    field: str = strawberry.field(description="The name of the input field, such as `email`.")
    code: str = strawberry.field(description="The error code, such as `unique` or `password_too_common`.")
    message: str = strawberry.field(description="A message that can be shown beside the field.")


@strawberry.type(description="The input is invalid.")
class InvalidInput(Problem):
    fields: list[FieldProblem] = strawberry.field(description="The errors in the fields of the input.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        assert isinstance(error, errors.InvalidInput)
        return cls(
            message=str(error),
            fields=[FieldProblem(field=to_camel_case(f.field), code=f.code, message=f.message) for f in error.fields],
        )


@strawberry.type(description="The server is busy. The client can send the same request again.")
class Busy(Problem):
    retry_after_ms: int = strawberry.field(description="The number of milliseconds to wait before the next attempt.")


@strawberry.type(
    description="The idempotency key was used for another mutation or another input. Use a new key for each call."
)
class IdempotencyKeyReused(Problem):
    pass


PROBLEM_HANDLERS = [
    ProblemHandler(errors.InvalidInput, InvalidInput),
    ProblemHandler(errors.Busy, Busy),
    ProblemHandler(errors.IdempotencyKeyReused, IdempotencyKeyReused),
]


def result(name: str, *members: Any) -> Any:
    """The type of a mutation: a union whose first member is the success and the others are problems, or null.

    It is null after a top-level error. If it could not be null, the error would remove the results of all mutations in
    the document.
    """
    union = strawberry.union(name, description=f"{members[0].__name__} on success, or a problem.")
    return Annotated[reduce(or_, members), union] | None
