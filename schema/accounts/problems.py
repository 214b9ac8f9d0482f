"""The problems of account mutations."""

import strawberry

from cinema.accounts import errors
from schema.engine.errors import Problem, ProblemHandler


@strawberry.type(description="No account has this name and password; which of the two is wrong is not told.")
class InvalidCredentials(Problem):
    pass


@strawberry.type(description="Too many attempts for this account or from this address.")
class TooManyAttempts(Problem):
    retry_after_seconds: int = strawberry.field(description="Seconds until the next attempt is listened to.")


@strawberry.type(description="The refresh token is unknown, used, ended or too old: sign in again.")
class InvalidRefreshToken(Problem):
    pass


@strawberry.type(description="The link was used, is too old, or never was one: ask for a new one.")
class LinkNotGood(Problem):
    pass


@strawberry.type(description="The address has been verified already: there is nothing to do.")
class EmailAlreadyVerified(Problem):
    pass


PROBLEM_HANDLERS = [
    ProblemHandler(errors.InvalidCredentials, InvalidCredentials),
    ProblemHandler(errors.TooManyAttempts, TooManyAttempts),
    ProblemHandler(errors.InvalidRefreshToken, InvalidRefreshToken),
    ProblemHandler(errors.LinkNotGood, LinkNotGood),
    ProblemHandler(errors.EmailAlreadyVerified, EmailAlreadyVerified),
]
