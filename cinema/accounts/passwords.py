"""The spelling and the maximum length of passwords. Django's validators check their strength."""

import unicodedata

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from cinema.accounts.models import User

MAX_LENGTH = 1000


def normalized(password: str) -> str:
    """`password` as in the profile OpaqueString of RFC 8265: in Unicode's form NFC, and with plain spaces.

    Keyboards send different forms of one letter: macOS may send "é" as two characters. Form NFKC, which NIST advises
    too, would also make different letters equal, such as "ﬁ" and "fi".
    """
    with_spaces = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", with_spaces)


def spellings(password: str) -> list[str]:
    """The forms in which `password` may be stored. Forms other than the first were stored without `normalized`."""
    return list(dict.fromkeys([normalized(password), password, unicodedata.normalize("NFD", password)]))


def hashed(password: str | None) -> str:
    """The hash to store. It takes about a tenth of a second. None disables logging in with a password."""
    return make_password(None if password is None else normalized(password))


class MaximumLengthValidator:
    """Refuses very long passwords, because hashing them would take too long."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - the signature is Django's
        if len(password) > MAX_LENGTH:
            raise ValidationError(
                f"This password is too long. It can have at most {MAX_LENGTH} characters.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        return f"Your password can have at most {MAX_LENGTH} characters."
