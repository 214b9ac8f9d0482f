"""Top-level errors, each with `extensions.code`:

    UNAUTHENTICATED, TOKEN_EXPIRED     the client must log in, or refresh the session
    FORBIDDEN, NOT_FOUND               not permitted; does not exist, or belongs to another user
    SERVICE_UNAVAILABLE                too many requests, or no database: retry after `extensions.retryAfterMs`
    BAD_USER_INPUT                     an argument or a variable is not valid
    GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED
    QUERY_TOO_COMPLEX                  a limit is exceeded: `extensions` has `limitName`, `limit` and `actual`
    PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_HASH_MISMATCH, PERSISTED_QUERY_NOT_SUPPORTED, DOCUMENT_NOT_TRUSTED
                                       see `schema.engine.persisted`
    INTERNAL_SERVER_ERROR              a bug: the error is logged with `extensions.requestId`, and its message is masked

Expected failures of mutations are problems instead: see `schema.engine.problems`.
"""

import dataclasses
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django_guid import get_guid
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryGraphQLError

from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.core import errors
from cinema.core.database_errors import is_outage
from cinema.core.text import on_one_line
from cinema.runtime import outages
from cinema.runtime.outages import RETRY_AFTER_MS
from schema.engine.messages import rewritten

logger = logging.getLogger(__name__)


NOT_NULL = "An optional input field can be omitted, but it cannot be null."
# A message may contain a long value that the client has sent.
MAX_MESSAGE_LENGTH = 1_000
ANONYMOUS = "anonymous operation"
INTERNAL_ERROR = "Something went wrong on our side."


class Unauthenticated(Exception):
    def __str__(self) -> str:
        return "Log in first, and send the access token as `Authorization: Bearer <token>`."


@dataclasses.dataclass
class Forbidden(Exception):
    permission: str

    def __str__(self) -> str:
        return f"You need the permission {self.permission}."


class BadUserInput(Exception):
    """An argument is not valid. Correct clients do not send such arguments."""


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


def error_json(message: str, *, code: str, **extensions: object) -> dict[str, Any]:
    """An entry of `errors` in a response."""
    return {"message": message[:MAX_MESSAGE_LENGTH], "extensions": {"code": code, **extensions}}


def format_error(error: GraphQLError) -> dict[str, Any]:
    """The entry of `errors` in a response for an error of a GraphQL operation."""
    return {**error.formatted, "message": error.message[:MAX_MESSAGE_LENGTH]}


def as_validation_error(error: GraphQLError) -> GraphQLError:
    """Add the code to an error from the validation of a document. An error that has a code is returned unchanged."""
    return error if error.extensions else _with_code(error, code="GRAPHQL_VALIDATION_FAILED")


def as_execution_error(error: GraphQLError) -> GraphQLError:
    """Add the code to an error from the execution of a valid document, and mask internal errors."""
    if error.extensions:
        return error
    code = code_of(error)
    if code is None:
        return as_internal_error(error)
    if code == "SERVICE_UNAVAILABLE":
        return as_unavailable(error)
    # Strawberry's own message names Python types.
    message = NOT_NULL if type(error.original_error) is StrawberryGraphQLError else None
    return _with_code(error, code=code, message=message)


def as_syntax_error(error: GraphQLSyntaxError) -> GraphQLError:
    return _with_code(error, code="GRAPHQL_PARSE_FAILED")


def code_of(error: GraphQLError) -> str | None:
    """The code of an expected error, or None for an internal one."""
    cause = error.original_error
    if cause is None or _is_input_error(error, cause):
        return "BAD_USER_INPUT"
    if is_outage(cause):
        return "SERVICE_UNAVAILABLE"
    return next((code for known, code in CODES.items() if isinstance(cause, known)), None)


def _is_input_error(error: GraphQLError, cause: Exception) -> bool:
    """Whether graphql-core or Strawberry rejected a variable or an argument because of its type.

    Such an error refers to a node in the document, and has no path or was raised for an argument. An error about a
    value that a resolver returned does not. Strawberry raises its own errors if an input field that can be omitted is
    null.
    """
    if isinstance(cause, StrawberryGraphQLError) or (error.path is None and error.nodes):
        return True
    return isinstance(cause, GraphQLError) and (error.path is None or bool(cause.nodes))


def as_internal_error(error: GraphQLError) -> GraphQLError:
    """The error that a client gets instead of an internal error."""
    return _with_code(error, message=INTERNAL_ERROR, code="INTERNAL_SERVER_ERROR")


def as_unavailable(error: GraphQLError) -> GraphQLError:
    """The error that a client gets if it can retry. It has no details of an outage."""
    cause = error.original_error
    if isinstance(cause, errors.Busy):
        return _with_code(error, code="SERVICE_UNAVAILABLE", retryAfterMs=cause.retry_after_ms)
    message = "The service is temporarily unavailable. Please try again."
    return _with_code(error, message=message, code="SERVICE_UNAVAILABLE", retryAfterMs=RETRY_AFTER_MS)


def log_server_errors(found: Iterable[GraphQLError], operation: str | None = None) -> None:
    """Log internal errors with a traceback, and the start of an outage in one line. Client errors are not logged."""
    for error in found:
        cause = error.original_error
        if cause is not None and is_outage(cause):
            outages.database.failed(
                "%s failed at %s: no database: %s", operation or ANONYMOUS, error.path, on_one_line(cause)
            )
        elif code_of(error) is None:
            logger.error("%s failed at %s", operation or ANONYMOUS, error.path, exc_info=cause)


def _clear(error: GraphQLError) -> str:
    """The message of an error. Those of the domain are already clear."""
    if isinstance(error.original_error, tuple(CODES)):
        return error.message
    # A message repeats the value of the client. It is cut first, so that a long one costs no time.
    return rewritten(_without_suggestions(error.message)[:MAX_MESSAGE_LENGTH])


def _without_suggestions(message: str) -> str:
    """Remove "Did you mean ...?" except in development. graphql-core's option for this does not apply to enums."""
    if settings.DEBUG or not message.endswith("?"):
        return message
    rest, found, _ = message.rpartition(" Did you mean ")
    return rest if found else message


def _with_code(error: GraphQLError, *, code: str, message: str | None = None, **more: object) -> GraphQLError:
    extensions: dict[str, Any] = {"code": code, **more}
    if code == "INTERNAL_SERVER_ERROR":
        extensions["requestId"] = get_guid()
    return GraphQLError(
        message or _clear(error),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
