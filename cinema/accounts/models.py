"""Who uses the cinema."""

import re
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

_PLAIN = re.compile(r"[!-~]+@[A-Za-z0-9.-]+\.[A-Za-z][A-Za-z0-9-]*")


def validate_plain_address(address: str) -> None:
    """Refuses an address that mail takes for another one, such as straße.de for strasse.de, or delivers to itself."""
    try:
        validate_email(address)
    except ValidationError:
        # It is none at all, which the field says itself.
        return
    if not _PLAIN.fullmatch(address):
        raise ValidationError("Write the address in plain letters, the domain as xn--... if need be.", code="invalid")


class Users(UserManager["User"]):
    use_in_migrations = False

    def known_as(self, name: str) -> models.QuerySet["User"]:
        """Whoever has `name` as username or e-mail address, whatever the case; at most one."""
        lower = Lower("email" if "@" in name else "username")
        return self.alias(known_as=lower).filter(known_as=name.strip().lower())


# mypy cannot follow the reverse relation of a model whose base, graphql_jwt's, has no types.
class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person with an account: a customer, or staff.

    A username has no "@" and is ASCII, so that no username is somebody else's e-mail address, none looks like
    another, and "the same without regard to case" means the same in every database.
    """

    username = models.CharField(
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(r"\A[A-Za-z0-9_.+-]+\Z", "A username is made of letters, digits and the characters _ . + -")
        ],
    )
    email = models.EmailField(max_length=254, validators=[validate_plain_address])
    # The address that is known to be theirs. Another `email` is not verified by it.
    verified_email = models.EmailField(max_length=254, default="", editable=False)
    # Raised to end every session at once; see `token_version`.
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
        """Whether a mail has reached them at the address they have now."""
        return self.email == self.verified_email != ""

    @property
    def token_version(self) -> str:
        """Changes with the password, however it was changed, and when all sessions are ended.

        A token carries the version it was issued under, so both kill every older token at once.
        """
        return salted_hmac("cinema.accounts.token_version", f"{self.password}:{self.sessions_ended}").hexdigest()[:32]
