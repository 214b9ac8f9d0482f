"""Links that are sent by email. Each carries a token, which proves that the client reads the email of the account.

A token is `<id of the user>.<token of Django's generator>`: signed and never stored. It is valid for
PASSWORD_RESET_TIMEOUT, and only while what it was derived from is unchanged. Using it changes that, so a token can be
used once. It is valid for no other purpose than its own.
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
    """Derived from the password and the last login, by the database's clock."""

    def _now(self) -> datetime:
        return clock.now().astimezone(UTC).replace(tzinfo=None)


class _Verifications(_PasswordResets):
    """Derived from the email and from the verified one, so that logins and password changes leave it valid."""

    key_salt = "cinema.accounts.links.verification"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{user.pk} {user.email} {user.verified_email} {timestamp}"


class Link:
    """One kind of link. It leads to the page `path` of the front end."""

    def __init__(self, path: str, generator: PasswordResetTokenGenerator, is_for: Callable[[User], bool]) -> None:
        self._path = path
        self._generator = generator
        self._is_for = is_for

    def is_for(self, user: User) -> bool:
        """Whether the user can use it."""
        return user.is_active and self._is_for(user)

    def token(self, user: User) -> str:
        return f"{user.pk}.{self._generator.make_token(user)}"

    def url(self, user: User) -> str:
        return f"{rules().front_end_url}{self._path}?{urlencode({'token': self.token(user)})}"

    def user_for_token(self, token: str, *, lock: bool = False) -> User:
        """The user that `token` was made for. With `lock`, it cannot be used by others until the transaction ends.

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


# Invalid after a new password and after a login: then the user has the password. Accounts for which staff disabled the
# password get none.
PASSWORD_RESET = Link("/reset-password", _PasswordResets(), is_for=lambda user: user.has_usable_password())
VERIFICATION = Link("/verify-email", _Verifications(), is_for=lambda user: not user.email_verified)
