"""Finding accounts for commands."""

from django.core.management.base import CommandError

from cinema.accounts.models import User


def found(name: str) -> User:
    """The user with this username or email address. Raises `CommandError`."""
    user = User.objects.known_as(name).first()
    if user is None:
        raise CommandError(f"There is no user {name}.")
    return user
