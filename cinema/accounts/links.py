"""Links in emails. Each has a token, which proves that the client can read the emails of the account.

A token is `<id of the user>.<token of Django's generator>`. It is signed and never stored. It expires after
PASSWORD_RESET_TIMEOUT, or when the values from which it is derived change. Using it changes them, so it can be used
once. Each kind of link has its own tokens.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from cinema.accounts import locks
from cinema.accounts.errors import InvalidLink
from cinema.accounts.models import User
from cinema.accounts.rules import rules
from cinema.core import clock
from cinema.core.errors import NotFound

_TOKEN = re.compile(r"(?P<user>[0-9]{1,18})\.(?P<signature>[0-9a-z]+-[0-9a-f]+)")


class _PasswordResets(PasswordResetTokenGenerator):
    """Tokens that are derived from the password and the last login. Times are those of the database's clock."""

    def _now(self) -> datetime:
        return clock.now().astimezone(UTC).replace(tzinfo=None)


class _Verifications(_PasswordResets):
    """Tokens that are derived from the email and the verified email. Logins and password changes keep them valid."""

    key_salt = "cinema.accounts.links.verification"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{user.pk} {user.email} {user.verified_email} {timestamp}"


class _EmailChanges(_PasswordResets):
    """Tokens that are derived from the current and the new email."""

    key_salt = "cinema.accounts.links.email_change"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{user.pk} {user.email} {user.new_email} {timestamp}"


class Link:
    """A kind of link, to the page `path` of the front end."""

    def __init__(self, path: str, generator: PasswordResetTokenGenerator, is_for: Callable[[User], bool]) -> None:
        self._path = path
        self._generator = generator
        self._is_for = is_for

    def is_for(self, user: User) -> bool:
        """Whether the user can use this kind of link."""
        return user.is_active and self._is_for(user)

    def token(self, user: User) -> str:
        return f"{user.pk}.{self._generator.make_token(user)}"

    def url(self, user: User) -> str:
        return f"{rules().front_end_url}{self._path}?{urlencode({'token': self.token(user)})}"

    def user_for_token(self, token: str, *, lock: bool = False) -> User:
        """The user of `token`. With `lock`, the user is locked, so that the token is used only once.

        Raises `InvalidLink`.
        """
        parts = _TOKEN.fullmatch(token)
        if parts is None:
            raise InvalidLink
        try:
            user = locks.user(int(parts["user"])) if lock else User.objects.get(pk=parts["user"])
        except (NotFound, User.DoesNotExist) as error:
            raise InvalidLink from error
        if not self.is_for(user) or not self._generator.check_token(user, parts["signature"]):
            raise InvalidLink
        return user


# Not valid after a login, because then the user knows the password. Not for accounts whose password staff has disabled.
PASSWORD_RESET = Link("/reset-password", _PasswordResets(), is_for=lambda user: user.has_usable_password())
EMAIL_CHANGE = Link("/verify-email", _EmailChanges(), is_for=lambda user: user.new_email != "")
VERIFICATION = Link("/verify-email", _Verifications(), is_for=lambda user: not user.email_verified)
