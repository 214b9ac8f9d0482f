"""The problems of account mutations."""

import strawberry

from cinema.accounts import errors
from schema.engine.problems import Problem, ProblemHandler


@strawberry.type(description="The username or the password is wrong.")
class InvalidCredentials(Problem):
    pass


@strawberry.type(
    description="There were too many attempts for this account or from this IP address, or the viewer has released the "
    "seats too often to hold them again now."
)
class TooManyAttempts(Problem):
    retry_after_seconds: int = strawberry.field(description="The number of seconds until the next attempt is accepted.")


@strawberry.type(description="The refresh token is unknown, used, revoked or expired. The user must log in again.")
class InvalidRefreshToken(Problem):
    pass


@strawberry.type(description="The link has been used, has expired, or is invalid. The user can request a new one.")
class LinkNotGood(Problem):
    pass


@strawberry.type(description="The email address is already verified.")
class EmailAlreadyVerified(Problem):
    pass


PROBLEM_HANDLERS = [
    ProblemHandler(errors.InvalidCredentials, InvalidCredentials),
    ProblemHandler(errors.TooManyAttempts, TooManyAttempts),
    ProblemHandler(errors.InvalidRefreshToken, InvalidRefreshToken),
    ProblemHandler(errors.InvalidLink, LinkNotGood),
    ProblemHandler(errors.EmailAlreadyVerified, EmailAlreadyVerified),
]
