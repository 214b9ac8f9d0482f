"""The context of a request: the viewer and the client address."""

import uuid
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

import strawberry
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from graphql import OperationDefinitionNode

from cinema.accounts import tokens
from cinema.accounts.models import User
from cinema.runtime.client_addresses import client_address
from cinema.runtime.replicas import replicas
from schema.engine.errors import Forbidden, Unauthenticated

M = TypeVar("M", bound=Model)

# The environ of a request that was executed has its context under this key, for the log.
CONTEXT = "cinema.context"
# The key of a `StoredSession` in the environ of a request with a token, if the server has read it.
STORED_SESSION = "cinema.stored_session"


class HasViewer(Protocol):
    @property
    def viewer(self) -> User | None: ...


class Requirements:
    """What resolvers can require of the viewer."""

    def require_user(self: HasViewer) -> User:
        """The viewer. Raises `Unauthenticated` if there is none."""
        if self.viewer is None:
            raise Unauthenticated
        return self.viewer

    def require_permission(self: HasViewer, permission: str) -> User:
        """The viewer. Raises `Unauthenticated` if there is none, `Forbidden` if they lack `permission`."""
        user = Requirements.require_user(self)
        if not user.has_perm(permission):
            raise Forbidden(permission)
        return user


@dataclass
class Context(Requirements):
    """The context of one HTTP request. The token in its header is checked when a resolver first needs the viewer."""

    request: HttpRequest
    # Set when the document is valid.
    operation: OperationDefinitionNode | None = None
    uses_replicas: bool = True
    # The alias of the connection to the replica that the operation reads from.
    replica: str | None = None
    # For metrics: the name of the root field, once the document is valid, and whether a mutation returned a problem.
    root_field: str = "invalid document"
    refused: bool = False

    @property
    def user_id(self) -> int | None:
        """The key of the viewer, if a resolver needed the viewer. For logs."""
        session = self.known_session
        return session[0].pk if session else None

    @property
    def known_session(self) -> tuple[User, uuid.UUID] | None:
        """The session, if a resolver needed the viewer."""
        return self.__dict__.get("_session")

    @property
    def viewer(self) -> User | None:
        """The logged-in user, or None. Raises `InvalidToken` if the request has an invalid token."""
        return self._session[0] if self._session else None

    @property
    def session(self) -> tuple[User, uuid.UUID]:
        """The viewer and the token family of the session. Raises `Unauthenticated` if there is none."""
        if self._session is None:
            raise Unauthenticated
        return self._session

    @property
    def address(self) -> str:
        return client_address(self.request.META, trusted_proxies=settings.TRUSTED_PROXIES)

    @property
    def is_anonymous(self) -> bool:
        """Whether the result is the same for everyone: there is no token, and no resolver has asked for the viewer."""
        return "HTTP_AUTHORIZATION" not in self.request.META and "_session" not in self.__dict__

    def catalog_database(self) -> str:
        """The alias of the connection to read the catalog from: a replica if there is one that is up to date.

        A client with a token may have just written to the catalog, so it reads from the primary.
        """
        if self.replica is None and self.uses_replicas and self.is_anonymous:
            self.replica = replicas().choose()
        return self.replica or DEFAULT_DB_ALIAS

    def maybe_old(self, rows: QuerySet[M]) -> QuerySet[M]:
        """`rows` of the catalog, read from the `catalog_database`."""
        return rows.using(self.catalog_database())

    def give_up_replica(self) -> None:
        """Read from the primary, because the replica has failed."""
        if self.replica:
            replicas().failed(self.replica)
        self.replica, self.uses_replicas = None, False

    def forget_session(self) -> None:
        """Check the token again when the viewer is next needed, because the session may have ended."""
        self.__dict__.pop("_session", None)

    @cached_property
    def _session(self) -> tuple[User, uuid.UUID] | None:
        token = bearer_token(self.request.META.get("HTTP_AUTHORIZATION", ""))
        # Only once, because it may have changed when the token is checked again.
        stored = self.request.META.pop(STORED_SESSION, None)
        return tokens.read_access_token(token, stored) if token else None


@dataclass(frozen=True)
class SocketContext(Requirements):
    """The context of one WebSocket: the user whose token was sent when it was opened."""

    viewer: User | None


def bearer_token(authorization: str) -> str | None:
    """The token in `Bearer <token>`, or None."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


Info = strawberry.Info[Context, None]

T = TypeVar("T")
# The argument of every mutation.
Input = Annotated[T, strawberry.argument(description="The parameters of the mutation.")]
