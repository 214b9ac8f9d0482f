"""What can go wrong with accounts.

CinemaError
  InvalidCredentials    no account has this name and password
  TooManyAttempts       too many attempts, for a while
  InvalidRefreshToken   unknown, used up, ended or too old
  LinkNotGood           a link from a mail that was used, is too old, or never was one
  EmailAlreadyVerified  nothing to do
  InvalidToken          an access token that is not good
    TokenExpired        ... because its time is over: refresh it
"""

from dataclasses import dataclass

from cinema.core.errors import CinemaError


@dataclass(eq=False)
class InvalidCredentials(CinemaError):
    """There is no account with this name and password."""


@dataclass(eq=False)
class TooManyAttempts(CinemaError):
    """Too many attempts. Please try again in {retry_after_seconds} seconds."""

    retry_after_seconds: int


@dataclass(eq=False)
class InvalidRefreshToken(CinemaError):
    """This session is over. Please sign in again."""


@dataclass(eq=False)
class LinkNotGood(CinemaError):
    """This link has been used, or is too old. Please ask for a new one."""


@dataclass(eq=False)
class EmailAlreadyVerified(CinemaError):
    """This e-mail address has been verified already."""


@dataclass(eq=False)
class InvalidToken(CinemaError):
    """The access token is not valid. Please sign in again."""


@dataclass(eq=False)
class TokenExpired(InvalidToken):
    """The access token has expired. Refresh it."""
