"""How failures reach the client.

An expected failure that a good client shows its user is a `Problem`: a type beside the success in the mutation's
result union. `ProblemHandler` turns a domain error into its problem, on the fields whose union has it.

Everything else is a top-level error with `extensions.code`:

    UNAUTHENTICATED, TOKEN_EXPIRED     sign in; refresh
    FORBIDDEN, NOT_FOUND               not allowed; not there, or not yours
    SERVICE_UNAVAILABLE                too many at once, or no database: again after `extensions.retryAfterMs`
    BAD_USER_INPUT                     an argument or variable that cannot be right
    GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED
    QUERY_TOO_COMPLEX                  over a limit; `extensions` has its `limitName`, the `limit` and the `actual`
    INTERNAL_SERVER_ERROR              ours: logged whole, masked, with `extensions.requestId` to find it by
"""

import dataclasses
import logging
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Annotated, Any, Self

import strawberry
from django.conf import settings
from django_guid import get_guid
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryGraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext
from strawberry.utils.str_converters import to_camel_case

from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.core import errors
from cinema.core.database_errors import is_outage
from cinema.core.errors import CinemaError
from cinema.core.text import on_one_line
from cinema.runtime.outages import RETRY_AFTER_MS

logger = logging.getLogger(__name__)


NOT_NULL = "A field of the input that can be left out cannot be null."


class Unauthenticated(Exception):
    def __str__(self) -> str:
        return "Sign in first, and send the access token as `Authorization: Bearer <token>`."


@dataclasses.dataclass
class Forbidden(Exception):
    permission: str

    def __str__(self) -> str:
        return f"This takes the permission {self.permission}."


class BadUserInput(Exception):
    """An argument that no client of good will sends."""


CODES: dict[type[Exception], str] = {
    Unauthenticated: "UNAUTHENTICATED",
    TokenExpired: "TOKEN_EXPIRED",
    InvalidToken: "UNAUTHENTICATED",
    Forbidden: "FORBIDDEN",
    errors.NotFound: "NOT_FOUND",
    errors.Busy: "SERVICE_UNAVAILABLE",
    errors.InvalidInput: "BAD_USER_INPUT",
    BadUserInput: "BAD_USER_INPUT",
}


@strawberry.interface(description="An expected failure: nothing has changed, and the fields tell how to go on.")
class Problem:
    message: str = strawberry.field(description="What went wrong, to be shown to a person.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        """The problem that tells what `error` tells: the fields of both have the same names."""
        data = {field.name: getattr(error, field.name) for field in dataclasses.fields(error)}
        return cls(message=str(error), **data)


class ProblemHandler:
    """Answers a domain error with a problem, wherever the result union has that problem."""

    def __init__(self, error: type[CinemaError], problem: type[Problem]) -> None:
        self.exception_type = error
        self.error_type = problem

    def handle(self, exception: CinemaError, **_: object) -> Problem:
        return self.error_type.of(exception)


@strawberry.type(description="One thing wrong with one field of the input.")
class FieldProblem:
    field: str = strawberry.field(description="The field of the input, such as email.")
    code: str = strawberry.field(description="What is wrong, for programs, such as unique or password_too_common.")
    message: str = strawberry.field(description="What is wrong, to be shown beside the field.")


@strawberry.type(description="Some of the input is not acceptable.")
class InvalidInput(Problem):
    fields: list[FieldProblem] = strawberry.field(description="Everything that is wrong, field by field.")

    @classmethod
    def of(cls, error: CinemaError) -> Self:
        assert isinstance(error, errors.InvalidInput)
        return cls(
            message=str(error),
            fields=[FieldProblem(field=to_camel_case(f.field), code=f.code, message=f.message) for f in error.fields],
        )


@strawberry.type(description="Too many people want the same at this moment. The same call may succeed in a moment.")
class Busy(Problem):
    retry_after_ms: int = strawberry.field(description="Milliseconds to wait before trying again.")


PROBLEM_HANDLERS = [ProblemHandler(errors.InvalidInput, InvalidInput), ProblemHandler(errors.Busy, Busy)]


def result(name: str, *members: Any) -> Any:
    """The named union of a mutation's success, first, and its problems."""
    union = strawberry.union(name, description=f"{members[0].__name__}, or why nothing has changed.")
    return Annotated[reduce(or_, members), union]


class ErrorCodes(SchemaExtension):
    """Gives every error its code, and hides what is ours."""

    executing = False

    def on_execute(self) -> Iterator[None]:
        self.executing = True
        yield

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = [coded(error) if self.executing else invalid(error) for error in result.errors]


def invalid(error: GraphQLError) -> GraphQLError:
    """An error of a document, with its code."""
    return error if error.extensions else _with(error, code="GRAPHQL_VALIDATION_FAILED")


def coded(error: GraphQLError) -> GraphQLError:
    """An error of a valid document's execution, with its code; hidden, if it is ours."""
    if error.extensions:
        return error
    code = code_of(error)
    if code is None:
        return masked(error)
    if code == "SERVICE_UNAVAILABLE":
        return unavailable(error)
    # Strawberry says it in terms of Python's types.
    message = NOT_NULL if type(error.original_error) is StrawberryGraphQLError else None
    return _with(error, code=code, message=message)


def unparsable(error: GraphQLSyntaxError) -> GraphQLError:
    return _with(error, code="GRAPHQL_PARSE_FAILED")


def code_of(error: GraphQLError) -> str | None:
    """The code of a foreseen error; None for one that is ours."""
    cause = error.original_error
    if cause is None or _is_of_input(error, cause):
        return "BAD_USER_INPUT"
    if is_outage(cause):
        return "SERVICE_UNAVAILABLE"
    return next((code for known, code in CODES.items() if isinstance(cause, known)), None)


def _is_of_input(error: GraphQLError, cause: Exception) -> bool:
    """Whether graphql-core or Strawberry refused a variable or an argument that is not of its type.

    Before any field has been reached, it points into the document at what it refuses. About an argument it does so
    later as well; what it says about a value that a resolver returned does not. Strawberry's own errors are about null
    where a field of an input can be left out but not be null.
    """
    if isinstance(cause, StrawberryGraphQLError) or (error.path is None and error.nodes):
        return True
    return isinstance(cause, GraphQLError) and (error.path is None or bool(cause.nodes))


def masked(error: GraphQLError) -> GraphQLError:
    """What a client is told about an error that is ours."""
    return _with(error, message="Something went wrong on our side.", code="INTERNAL_SERVER_ERROR")


def unavailable(error: GraphQLError) -> GraphQLError:
    """What a client is told when another try may succeed. Of an outage only that there is one."""
    cause = error.original_error
    if isinstance(cause, errors.Busy):
        return _with(error, code="SERVICE_UNAVAILABLE", retryAfterMs=cause.retry_after_ms)
    message = "The service is not available at this moment. Please try again."
    return _with(error, message=message, code="SERVICE_UNAVAILABLE", retryAfterMs=RETRY_AFTER_MS)


def log_unforeseen(found: list[GraphQLError], context: ExecutionContext | None) -> None:
    """Log with its traceback what is ours, and an outage in a line. What is the client's is not worth one."""
    for error in found:
        operation = (context.operation_name if context else None) or "anonymous operation"
        cause = error.original_error
        if cause is not None and is_outage(cause):
            logger.error("%s failed at %s: no database: %s", operation, error.path, on_one_line(cause))
        elif code_of(error) is None:
            logger.error("%s failed at %s", operation, error.path, exc_info=cause)


def _told(message: str) -> str:
    """Without the names that there are. graphql-core can leave them out itself, but not of Strawberry's enums."""
    if settings.DEBUG or not message.endswith("?"):
        return message
    told, found, _ = message.rpartition(" Did you mean ")
    return told if found else message


def _with(error: GraphQLError, *, code: str, message: str | None = None, **more: object) -> GraphQLError:
    extensions: dict[str, Any] = {"code": code, **more}
    if code == "INTERNAL_SERVER_ERROR":
        extensions["requestId"] = get_guid()
    return GraphQLError(
        message or _told(error.message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
