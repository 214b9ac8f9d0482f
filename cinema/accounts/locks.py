"""The locks of accounts. Each is held until the transaction ends.

They are taken in this order, before every other lock: user, refresh token.
"""

from cinema.accounts import tokens
from cinema.accounts.models import User
from cinema.accounts.tokens import RefreshToken
from cinema.core import clock, sql
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


def user_of_refresh_token(token: str) -> None:
    """Lock the user of the refresh token. Does nothing if the token is unknown."""
    users = User.objects.select_for_update(of=("self",), no_key=True)
    list(users.filter(session_tokens__token=tokens.hashed(token)).values_list("pk"))


def refresh_token(token: str) -> RefreshToken | None:
    """Lock the refresh token, so that it is used once. It is returned with its user, who is not locked.

    None if the token is unknown.
    """
    locked = RefreshToken.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    found: RefreshToken | None = locked.annotate(read_at=clock.Now()).filter(token=tokens.hashed(token)).first()
    return found
