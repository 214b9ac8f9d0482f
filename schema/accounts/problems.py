"""The problems of account mutations."""

import strawberry

from cinema.accounts import errors
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="Wrong username or password. The response does not say which.")
class InvalidCredentials(Problem):
    pass


@strawberry.type(description="Too many attempts for this account or from this address.")
class TooManyAttempts(Problem):
    retry_after_seconds: int = strawberry.field(description="The number of seconds until the next attempt is accepted.")


@strawberry.type(description="The refresh token is unknown, used, revoked or expired. The user must log in again.")
class InvalidRefreshToken(Problem):
    pass


@strawberry.type(description="The link was used, has expired, or is invalid. The user can request a new one.")
class LinkNotGood(Problem):
    pass


@strawberry.type(description="The address is verified already. There is nothing to do.")
class EmailAlreadyVerified(Problem):
    pass


PROBLEM_HANDLERS = [
    ProblemHandler(errors.InvalidCredentials, InvalidCredentials),
    ProblemHandler(errors.TooManyAttempts, TooManyAttempts),
    ProblemHandler(errors.InvalidRefreshToken, InvalidRefreshToken),
    ProblemHandler(errors.InvalidLink, LinkNotGood),
    ProblemHandler(errors.EmailAlreadyVerified, EmailAlreadyVerified),
]
