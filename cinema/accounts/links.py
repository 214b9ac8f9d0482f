"""Links that are sent by mail, and what they carry: proof that whoever has it reads the account's mail.

The proof is `<id of the user>.<token>` with a token of Django's generator: signed, never stored, good until
PASSWORD_RESET_TIMEOUT, and only while what it was made from stays as it is. So each is good once, since using it
changes that, and none is good for another purpose than its own.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from cinema.accounts.errors import LinkNotGood
from cinema.accounts.models import User

_PROOF = re.compile(r"(?P<user>[0-9]{1,18})\.(?P<token>[0-9a-z]+-[0-9a-f]+)")


class _Verifications(PasswordResetTokenGenerator):
    """Of the address, and of what is known to be theirs. Signing in meanwhile, or a new password, does no harm."""

    key_salt = "cinema.accounts.links.verification"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        assert isinstance(user, User)
        return f"{user.pk} {user.email} {user.verified_email} {timestamp}"


class Link:
    """One kind of link: to the page `path` of the front end."""

    def __init__(self, path: str, generator: PasswordResetTokenGenerator, is_for: Callable[[User], bool]) -> None:
        self._path = path
        self._generator = generator
        self._is_for = is_for

    def is_for(self, user: User) -> bool:
        """Whether the user can make use of it."""
        return user.is_active and self._is_for(user)

    def proof(self, user: User) -> str:
        return f"{user.pk}.{self._generator.make_token(user)}"

    def url(self, user: User) -> str:
        return f"{settings.FRONT_END_URL}{self._path}?{urlencode({'token': self.proof(user)})}"

    def holder(self, proof: str, *, lock: bool = False) -> User:
        """Whose `proof` it is. With `lock` nobody else uses it until the transaction ends.

        Raises `LinkNotGood`.
        """
        parts = _PROOF.fullmatch(proof)
        users: Any = User.objects.select_for_update(no_key=True) if lock else User.objects
        user = users.filter(pk=parts["user"]).first() if parts else None
        if parts is None or user is None or not self.is_for(user):
            raise LinkNotGood
        if not self._generator.check_token(user, parts["token"]):
            raise LinkNotGood
        holder: User = user
        return holder


# Dies with the password, and when the user signs in: then they have it. An account of which staff say that it has no
# password is not given one.
PASSWORD_RESET = Link("/reset-password", PasswordResetTokenGenerator(), is_for=lambda user: user.has_usable_password())
VERIFICATION = Link("/verify-email", _Verifications(), is_for=lambda user: not user.email_verified)
