"""The locks on users. They are held until the transaction ends, and are taken before every other lock."""

from cinema.accounts.models import User
from cinema.core import sql
from cinema.core.errors import NotFound

_USER = "SELECT id FROM cinema_user WHERE id = %(user)s {for_no_key_update}"


def user(pk: int) -> User:
    """Lock the user. Raises `NotFound`."""
    found = User.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if found is None:
        raise NotFound("user")
    return found


def user_unread(pk: int) -> None:
    """Lock the user without reading it. Raises `NotFound`."""
    if not sql.fetch(_USER, {"user": pk}):
        raise NotFound("user")
