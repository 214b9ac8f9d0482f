"""Access and refresh tokens. Only this module uses django-graphql-jwt (docs/decisions/0007-sessions.md).

An access token is a JWT that is valid for 15 minutes by default. It contains the primary key of the user (usernames can
change), the family of its refresh token, and the user's token version. All three must still be valid.

A refresh token is a random string that is stored as a hash and can be used once. Each refresh adds the next one to its
family. If a token is used a second time, it may have been stolen, so the whole family ends (RFC 9700, 4.14). For a few
seconds after its use, it can be used again, because the response may have been lost, or two tabs may refresh at once
(docs/decisions/0023-repeated-refreshes.md).

The database's clock decides when a token expires.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import jwt
from django.db import DEFAULT_DB_ALIAS, models
from graphql_jwt.refresh_token.models import AbstractRefreshToken
from graphql_jwt.settings import jwt_settings
from graphql_jwt.utils import jwt_encode
from jwt.types import Options

from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.accounts.models import User
from cinema.accounts.rules import rules
from cinema.core import clock, purging, sql

# How far the clock of the server that issued a token may be ahead. The expiry is exact.
CLOCK_SKEW_SECONDS = 5
REQUIRED_CLAIMS = ["exp", "iat", "iss", "aud", "sub", "sid", "ver"]


# graphql_jwt has no types, so its model is Any.
class RefreshToken(AbstractRefreshToken):  # type: ignore[misc]
    """A refresh token of a family. `token` is a hash. `revoked` is the time when it was used or its family ended.

    The library's `is_expired`, `revoke` and `reuse` use the clock of the process. Use the functions below instead.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="session_tokens")
    token = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(db_default=clock.Now(), editable=False)
    family = models.UUIDField(editable=False)
    version = models.CharField(max_length=32, editable=False)

    class Meta:
        indexes = [models.Index(fields=["family"], condition=models.Q(revoked=None), name="live_token_family")]

    def __str__(self) -> str:
        return f"session {self.family} of {self.user}"

    @property
    def is_usable(self) -> bool:
        """Whether it could be used when `locks.refresh_token` read it.

        It has not expired and its version is current. It was not used, or only a few seconds ago in a session that has
        not ended.
        """
        is_expired = self.created + jwt_settings.JWT_REFRESH_EXPIRATION_DELTA < self.read_at
        if is_expired or not self.has_current_version:
            return False
        return self.revoked is None or self._can_be_repeated

    @property
    def _can_be_repeated(self) -> bool:
        if self.revoked <= self.read_at - rules().refresh_repeat_period:
            return False
        session_continues: bool = RefreshToken.objects.filter(family=self.family, revoked=None).exists()
        return session_continues

    @property
    def has_current_version(self) -> bool:
        """Whether the password of the user is the same as when the token was issued, and so is the server's key."""
        user: User = self.user
        return user.has_token_version(self.version)


# The columns of the user that the API uses. Every request with a token reads them. It is plain SQL, because the ORM
# would take longer to build the statement than the database to execute it.
_UNUSED = {"first_name", "last_name", "last_login", "date_joined", "new_email"}
_USER_FIELDS = [field for field in User._meta.concrete_fields if field.name not in _UNUSED]
USER_AND_SESSION = f"""
SELECT {{now}},
    EXISTS (
        SELECT 1 FROM "{RefreshToken._meta.db_table}" t
        WHERE t.family = %(family)s AND t.user_id = u.id AND t.revoked IS NULL
    ),
    {", ".join(f'u."{field.column}"' for field in _USER_FIELDS)}
FROM "{User._meta.db_table}" u
WHERE u.id = %(user)s
"""  # noqa: S608 - the names of our own tables and columns
VALUES = (sql.TIME, models.BooleanField(), *_USER_FIELDS)
_NAMES = [field.attname for field in _USER_FIELDS]


class StoredSession(NamedTuple):
    """What the database has about a user and a family. `rows` are those of the statement above."""

    user_id: int
    family: uuid.UUID
    rows: list[Sequence[Any]]


def issue_access_token(*, user: User, family: uuid.UUID, now: datetime) -> tuple[str, datetime]:
    """A new access token for `user`, and the time when it expires. `now` is the time of the database's clock."""
    issued_at = now.replace(microsecond=0)
    expires_at = issued_at + jwt_settings.JWT_EXPIRATION_DELTA
    claims = {
        "iss": jwt_settings.JWT_ISSUER,
        "aud": jwt_settings.JWT_AUDIENCE,
        "sub": str(user.pk),
        "sid": str(family),
        "ver": user.token_version,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return jwt_encode(claims), expires_at


def issue_refresh_token(*, user: User, family: uuid.UUID) -> str:
    """A new refresh token of `family`. Only its hash is stored."""
    token = secrets.token_urlsafe(jwt_settings.JWT_REFRESH_TOKEN_N_BYTES)
    RefreshToken.objects.create(user=user, token=hashed(token), family=family, version=user.token_version)
    return token


def user_id_for_refresh_token(token: str) -> int | None:
    """The key of the user of the token. None if the token is unknown. It does not have to be valid."""
    user_id: int | None = RefreshToken.objects.filter(token=hashed(token)).values_list("user", flat=True).first()
    return user_id


def mark_used(token: RefreshToken) -> None:
    _revoke(RefreshToken.objects.filter(pk=token.pk))


def end_family(family: uuid.UUID) -> None:
    _revoke(RefreshToken.objects.filter(family=family))


def end_families_of(user: User) -> None:
    _revoke(RefreshToken.objects.filter(user=user))


def purge(*, at_most: int) -> int:
    """Delete at most `at_most` refresh tokens that were revoked or expired `refresh_token_retention` ago.

    Returns the number deleted. As long as a token is stored, a second use of it ends its family.
    """
    ended_before = clock.Now() - rules().refresh_token_retention
    ended = models.Q(revoked__lte=ended_before)
    expired = models.Q(created__lte=ended_before - jwt_settings.JWT_REFRESH_EXPIRATION_DELTA)
    return purging.purge(RefreshToken.objects.filter(ended | expired), at_most=at_most)


def read_access_token(token: str, stored: StoredSession | None = None) -> tuple[User, uuid.UUID]:
    """The user and the family of the token. Raises `TokenExpired`, or `InvalidToken` if it is not valid otherwise.

    `stored` is what has just been read. It is used if it is of the same user and family.
    """
    claims = _verified_claims(token)
    if stored is None or (stored.user_id, stored.family) != (claims.user_id, claims.family):
        stored = read_session(claims.user_id, claims.family)
    read_at, has_session, user = _user_and_session(stored)
    now = read_at.timestamp()
    if claims.valid_from > now + CLOCK_SKEW_SECONDS:
        raise InvalidToken
    if claims.expires_at <= now:
        raise TokenExpired
    if not (user.is_active and has_session and user.has_token_version(claims.version)):
        raise InvalidToken
    return user, claims.family


def read_session(user_id: int, family: uuid.UUID) -> StoredSession:
    """What the database has about the claims of a token. Raises `InvalidToken` if the key of the user is too large."""
    if user_id > models.BigIntegerField.MAX_BIGINT:
        raise InvalidToken
    rows = sql.fetch(USER_AND_SESSION, {"user": user_id, "family": family.hex}, VALUES)
    return StoredSession(user_id, family, rows)


def _user_and_session(stored: StoredSession) -> tuple[datetime, bool, User]:
    """The time, whether the family is a session of the user, and the user. Raises `InvalidToken` without a user."""
    if not stored.rows:
        raise InvalidToken
    ((read_at, has_session, *values),) = stored.rows
    return read_at, has_session, User.from_db(DEFAULT_DB_ALIAS, _NAMES, values)


class _Claims(NamedTuple):
    """The claims of an access token. Times are in seconds."""

    family: uuid.UUID
    user_id: int
    expires_at: int
    valid_from: int
    version: str


def _verified_claims(token: str) -> _Claims:
    """The claims of a token with our signature. It may have expired. Raises `InvalidToken`."""
    try:
        return _decode(
            token,
            keys=(jwt_settings.JWT_SECRET_KEY, *rules().earlier_jwt_keys),
            algorithm=jwt_settings.JWT_ALGORITHM,
            issuer=jwt_settings.JWT_ISSUER,
            audience=jwt_settings.JWT_AUDIENCE,
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidToken from error


# Clients send the same token with every request until it expires. An entry takes less than 1 kB.
@lru_cache(maxsize=8192)
def _decode(token: str, *, keys: tuple[str, ...], algorithm: str, issuer: str, audience: str) -> _Claims:
    """The claims of a token signed with one of the keys. Raises an exception of PyJWT, or of a claim of the wrong type.

    Times are not checked: PyJWT would use the clock of the process. The library's decoder cannot require claims.
    """
    options: Options = {"require": REQUIRED_CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = _verified(token, keys, algorithms=[algorithm], issuer=issuer, audience=audience, options=options)
    return _Claims(
        family=uuid.UUID(claims["sid"]),
        user_id=int(claims["sub"]),
        expires_at=int(claims["exp"]),
        valid_from=max(int(claims["iat"]), int(claims.get("nbf", 0))),
        version=claims["ver"],
    )


def _verified(token: str, keys: tuple[str, ...], **options: Any) -> dict[str, Any]:
    *others, last = keys
    for key in others:
        with suppress(jwt.InvalidSignatureError):
            return jwt.decode(token, key, **options)
    return jwt.decode(token, last, **options)


def _revoke(tokens: models.QuerySet[Any]) -> None:
    tokens.filter(revoked=None).update(revoked=clock.Now())


def hashed(token: str) -> str:
    """The hash that is stored of a refresh token."""
    return hashlib.sha256(token.encode(errors="backslashreplace")).hexdigest()
