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

import math
from dataclasses import dataclass

from cinema.core.errors import CinemaError
from cinema.core.text import counted

# A longer time to wait is written in minutes.
MAX_SECONDS_AS_SECONDS = 120


@dataclass(eq=False)
class InvalidCredentials(CinemaError):
    template = "Wrong username, email or password."


@dataclass(eq=False)
class TooManyAttempts(CinemaError):
    retry_after_seconds: int

    def __str__(self) -> str:
        return f"Too many attempts. Please try again in {self.wait}."

    @property
    def wait(self) -> str:
        """The time to wait, rounded up, such as "60 minutes"."""
        if self.retry_after_seconds <= MAX_SECONDS_AS_SECONDS:
            return counted(self.retry_after_seconds, "second")
        return counted(math.ceil(self.retry_after_seconds / 60), "minute")


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
