"""Access and refresh tokens. The only module that knows django-graphql-jwt.

An access token is a JWT of a quarter of an hour. It names the user by primary key (names can be swapped), the
chain of refresh tokens it belongs to, and the user's token version; it is good while all three are.

A refresh token is a random string, stored as a hash, good once. Each refresh uses it up and adds the next to its
chain. If a used one comes back, either the client or a thief holds a copy, so the whole chain ends (RFC 9700, 4.14).
"""

import hashlib
import secrets
import uuid
from datetime import datetime
from typing import Any

import jwt
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from graphql_jwt.exceptions import JSONWebTokenError, JSONWebTokenExpired
from graphql_jwt.refresh_token.models import AbstractRefreshToken
from graphql_jwt.settings import jwt_settings
from graphql_jwt.utils import get_payload, jwt_encode

from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.accounts.models import User

REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub", "sid", "ver"]


# graphql_jwt has no types, so its model is Any.
class RefreshToken(AbstractRefreshToken):  # type: ignore[misc]
    """One link of a chain of refresh tokens; `token` is the hash of what the client holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="session_tokens")
    token = models.CharField(max_length=64, unique=True, editable=False)
    chain = models.UUIDField(editable=False)
    version = models.CharField(max_length=32, editable=False)

    class Meta:
        indexes = [models.Index(fields=["chain"], condition=models.Q(revoked=None), name="live_chain")]

    def __str__(self) -> str:
        return f"session {self.chain} of {self.user}"

    @property
    def is_live(self) -> bool:
        """Whether it can still be used: not used yet, not ended, not too old, and no newer password."""
        return self.revoked is None and not self.is_expired() and self.version == self.user.token_version


def issue_access_token(*, user: User, chain: uuid.UUID) -> tuple[str, datetime]:
    """A new access token for `user`, and when it expires."""
    issued_at = timezone.now().replace(microsecond=0)
    expires_at = issued_at + jwt_settings.JWT_EXPIRATION_DELTA
    claims = {
        "iss": jwt_settings.JWT_ISSUER,
        "aud": jwt_settings.JWT_AUDIENCE,
        "sub": str(user.pk),
        "sid": str(chain),
        "ver": user.token_version,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt_encode(claims), expires_at


def issue_refresh_token(*, user: User, chain: uuid.UUID) -> str:
    """A new refresh token at the end of `chain`. Only its hash is stored."""
    token = secrets.token_urlsafe(jwt_settings.JWT_REFRESH_TOKEN_N_BYTES)
    RefreshToken.objects.create(user=user, token=_hashed(token), chain=chain, version=user.token_version)
    return token


def find_refresh_token(token: str) -> RefreshToken | None:
    """The stored token, locked until the transaction ends, so that it is used once."""
    tokens = RefreshToken.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    found: RefreshToken | None = tokens.filter(token=_hashed(token)).first()
    return found


def holder(token: str) -> int | None:
    """The key of the user that it was issued to, whether or not it is still good."""
    user_id: int | None = RefreshToken.objects.filter(token=_hashed(token)).values_list("user", flat=True).first()
    return user_id


def use_up(token: RefreshToken) -> None:
    token.revoke()


def end_chain(chain: uuid.UUID) -> None:
    RefreshToken.objects.filter(chain=chain, revoked=None).update(revoked=timezone.now())


def end_chains_of(user: User) -> None:
    RefreshToken.objects.filter(user=user, revoked=None).update(revoked=timezone.now())


def read_access_token(token: str) -> tuple[User, uuid.UUID]:
    """Whose token it is, and which chain it belongs to.

    Raises `TokenExpired`, or `InvalidToken` for everything else that is wrong with it.
    """
    try:
        claims = get_payload(token)
        chain, user_id = uuid.UUID(claims["sid"]), int(claims["sub"])
    except JSONWebTokenExpired as error:
        raise TokenExpired from error
    except (JSONWebTokenError, ValueError, TypeError, AttributeError) as error:
        raise InvalidToken from error
    live = RefreshToken.objects.filter(chain=chain, user=OuterRef("pk"), revoked=None)
    user = User.objects.filter(Exists(live), pk=user_id, is_active=True).first()
    if user is None or user.token_version != claims["ver"]:
        raise InvalidToken
    return user, chain


def decode(token: str, context: object = None) -> dict[str, Any]:  # noqa: ARG001 - the signature graphql_jwt calls
    """The verified claims of `token`. The library's own decoder cannot require that claims be there."""
    return jwt.decode(
        token,
        jwt_settings.JWT_SECRET_KEY,
        algorithms=[jwt_settings.JWT_ALGORITHM],
        issuer=jwt_settings.JWT_ISSUER,
        audience=jwt_settings.JWT_AUDIENCE,
        options={"require": REQUIRED_CLAIMS},
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="backslashreplace")).hexdigest()
