"""Who asks, and from where."""

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, TypeVar

import strawberry
from django.conf import settings
from django.http import HttpRequest

from cinema.accounts import tokens
from cinema.accounts.models import User
from cinema.runtime.client_addresses import client_address
from schema.engine.errors import Forbidden, Unauthenticated


@dataclass
class Context:
    """Of one request. The token is read from the header only, and only when somebody asks who the viewer is."""

    request: HttpRequest

    @property
    def viewer(self) -> User | None:
        """Who is signed in. Raises `InvalidToken` when a token was sent and is no good."""
        return self._session[0] if self._session else None

    @property
    def session(self) -> tuple[User, uuid.UUID]:
        """Who is signed in, and the chain of tokens of this session. Raises `Unauthenticated`."""
        if self._session is None:
            raise Unauthenticated
        return self._session

    def signed_in(self) -> User:
        """The viewer. Raises `Unauthenticated` when nobody is signed in."""
        return self.session[0]

    def permitted(self, permission: str) -> User:
        """The viewer, who has `permission`. Raises `Unauthenticated`, `Forbidden`."""
        user = self.signed_in()
        if not user.has_perm(permission):
            raise Forbidden(permission)
        return user

    @property
    def address(self) -> str:
        return client_address(self.request, trusted_proxies=settings.TRUSTED_PROXIES)

    def forget_session(self) -> None:
        """It may have ended: the next who asks has the token looked at again."""
        self.__dict__.pop("_session", None)

    @cached_property
    def _session(self) -> tuple[User, uuid.UUID] | None:
        token = bearer_token(self.request.headers.get("Authorization", ""))
        return tokens.read_access_token(token) if token else None


@dataclass(frozen=True)
class SocketContext:
    """Of one socket: who has signed in when it was opened."""

    viewer: User | None


def bearer_token(authorization: str) -> str | None:
    """The token of `Bearer <token>`."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


Info = strawberry.Info[Context, None]

T = TypeVar("T")
# The one argument of every mutation.
Input = Annotated[T, strawberry.argument(description="What it takes, field by field.")]
