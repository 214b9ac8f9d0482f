"""The maximum length of passwords. Django's validators check their strength."""

from django.core.exceptions import ValidationError

from cinema.accounts.models import User

MAX_LENGTH = 1000


class MaximumLengthValidator:
    """Refuses very long passwords, because hashing them would take too long."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - the signature is Django's
        if len(password) > MAX_LENGTH:
            raise ValidationError(
                f"This password is too long. It can have at most {MAX_LENGTH} characters.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        return f"Your password can have at most {MAX_LENGTH} characters."
