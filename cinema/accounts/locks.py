"""The locks on users. They are held until the transaction ends, and are taken before every other lock."""

from cinema.accounts.models import User
from cinema.core.errors import NotFound


def user(pk: int) -> User:
    """Lock the user. Raises `NotFound`."""
    found = User.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if found is None:
        raise NotFound("user")
    return found
