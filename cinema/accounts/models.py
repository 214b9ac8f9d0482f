"""Users: customers and staff."""

import re
from functools import lru_cache
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from cinema.accounts.rules import rules
from cinema.core.clock import Now
from cinema.core.rows import Row

_PLAIN = re.compile(r"[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z][A-Za-z0-9-]*")


def validate_plain_address(address: str) -> None:
    """Refuse an address that mail servers may deliver to another one, such as straße.de to strasse.de, or locally."""
    try:
        validate_email(address)
    except ValidationError:
        # The validator of the field reports this.
        return
    if not _PLAIN.fullmatch(address):
        raise ValidationError(
            "Enter the address in ASCII letters, and an international domain as xn--...", code="invalid"
        )


class Users(UserManager["User"]):
    use_in_migrations = False

    def known_as(self, name: str) -> models.QuerySet["User"]:
        """The user with `name` as username or email, ignoring case; at most one."""
        lower = Lower("email" if "@" in name else "username")
        return self.alias(known_as=lower).filter(known_as=name.strip().lower())


# mypy cannot follow the reverse relation of a model whose base, graphql_jwt's, has no types.
class User(Row, AbstractUser):  # type: ignore[django-manager-missing]
    """A person with an account: a customer or a staff member.

    A username is ASCII and has no "@". So no username is the email of another user or looks like another username, and
    all databases ignore case in the same way.
    """

    username = models.CharField(
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9_.+-]+\Z", "A username is made of letters, digits and the characters _ . + -")
        ],
    )
    email = models.EmailField(max_length=254, validators=[validate_plain_address])
    # By the database's clock. Django's own field uses the clock of the process.
    date_joined = models.DateTimeField("date joined", db_default=Now())
    # The email that was verified last. If it is not `email`, then `email` is not verified.
    verified_email = models.EmailField(max_length=254, default="", editable=False)
    # The email that replaces the current one when the user has opened a link that is sent to it. Empty: none.
    new_email = models.EmailField(max_length=254, default="", db_default="", blank=True, editable=False)
    # Incremented to end every session immediately. See `token_version`.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Users] = Users()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_user_per_username"),
            models.UniqueConstraint(Lower("email"), name="one_user_per_email_address"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def email_verified(self) -> bool:
        """Whether the current email is verified."""
        return self.email == self.verified_email != ""

    @property
    def token_version(self) -> str:
        """A hash that changes when the password changes, and when all sessions are ended.

        A token contains the version with which it was issued, so both invalidate all earlier tokens.
        """
        return _token_version(self.password, self.sessions_ended, key=rules().secret_key)

    def has_token_version(self, version: str) -> bool:
        """Whether it is the current version, computed with the current secret key or an earlier one."""
        keys = (rules().secret_key, *rules().earlier_secret_keys)
        return any(version == _token_version(self.password, self.sessions_ended, key=key) for key in keys)


# It is needed for each request with a token, and takes as long as checking the claims of the token.
@lru_cache(maxsize=8192)
def _token_version(password: str, sessions_ended: int, *, key: str) -> str:
    return salted_hmac("cinema.accounts.token_version", f"{password}:{sessions_ended}", secret=key).hexdigest()[:32]
