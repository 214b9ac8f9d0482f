"""The maximum length of passwords. Django's validators check their strength."""

from django.core.exceptions import ValidationError

from cinema.accounts.models import User

LONGEST = 1000


class MaximumLengthValidator:
    """Refuses a very long password, because hashing it would take long."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - the signature is Django's
        if len(password) > LONGEST:
            raise ValidationError(f"This password is longer than {LONGEST} characters.", code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password can have {LONGEST} characters at most."
