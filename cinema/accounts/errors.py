"""Errors of accounts.

CinemaError
  InvalidCredentials    no account has this username and password
  TooManyAttempts       too many attempts, for a while
  InvalidRefreshToken   unknown, used, revoked or expired
  InvalidLink           the link from an email was used, has expired, or is invalid
  EmailAlreadyVerified  nothing to do
  InvalidToken          an invalid access token
    TokenExpired        ... because it has expired: refresh it
"""

from dataclasses import dataclass

from cinema.core.errors import CinemaError


@dataclass(eq=False)
class InvalidCredentials(CinemaError):
    template = "Wrong username or password."


@dataclass(eq=False)
class TooManyAttempts(CinemaError):
    template = "Too many attempts. Please try again in {retry_after_seconds} seconds."

    retry_after_seconds: int


@dataclass(eq=False)
class InvalidRefreshToken(CinemaError):
    template = "Your session has ended. Please log in again."


@dataclass(eq=False)
class InvalidLink(CinemaError):
    template = "This link is no longer valid. Please request a new one."


@dataclass(eq=False)
class EmailAlreadyVerified(CinemaError):
    template = "This email address is already verified."


@dataclass(eq=False)
class InvalidToken(CinemaError):
    template = "The access token is invalid. Please log in again."


@dataclass(eq=False)
class TokenExpired(InvalidToken):
    template = "The access token has expired. Refresh it."
