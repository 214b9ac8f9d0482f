import base64
import hashlib
import json
import uuid
from typing import Any

import jwt
import pytest
from django.conf import settings as project_settings
from django.utils import timezone
from pytest_django import Settings

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidToken, TokenExpired
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.accounts.tokens import RefreshToken
from tests.situations import PASSWORD, a_user

pytestmark = pytest.mark.django_db

KEY = str(project_settings.GRAPHQL_JWT["JWT_SECRET_KEY"])
OTHER_KEY = "not the key of this server, but long enough to be one"


@pytest.fixture
def ada() -> User:
    return a_user("ada")


@pytest.fixture
def session(ada: User) -> Session:
    return login("ada")


def login(name: str) -> Session:
    return sessions.login(name=name, password=PASSWORD, address="127.0.0.1")


def claims_of(session: Session) -> dict[str, Any]:
    return jwt.decode(session.access_token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: str = KEY, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm)


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    header = {"alg": algorithm, "typ": "JWT"}
    return f"{encoded(header)}.{encoded(claims)}."


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def assert_refused(token: str) -> None:
    """Assert that the token is refused as invalid, and not as expired."""
    with pytest.raises(InvalidToken) as refused:
        tokens.read_access_token(token)
    assert type(refused.value) is InvalidToken


# ------------------------------------------------------------------ issued tokens


def test_an_access_token_identifies_its_user_and_family(ada: User, session: Session) -> None:
    (family,) = RefreshToken.objects.values_list("family", flat=True)
    assert tokens.read_access_token(session.access_token) == (ada, family)


def test_an_access_token_has_exactly_these_claims(ada: User, session: Session) -> None:
    claims = claims_of(session)
    assert claims == {
        "iss": "movie-ticket-booking",
        "aud": "movie-ticket-booking",
        "sub": str(ada.pk),
        "sid": str(RefreshToken.objects.get().family),
        "ver": ada.token_version,
        "iat": claims["exp"] - 15 * 60,
        "exp": int(session.expires_at.timestamp()),
    }


def test_a_token_contains_no_personal_data(ada: User, session: Session) -> None:
    # Without the random ids: "ada" can occur in hexadecimal digits.
    text = json.dumps({name: value for name, value in claims_of(session).items() if name not in {"sid", "ver"}})
    assert ada.username not in text
    assert ada.email not in text
    assert ada.password not in text


def test_a_token_that_was_valid_is_refused_after_the_key_has_changed(session: Session, settings: Settings) -> None:
    assert tokens.read_access_token(session.access_token)
    settings.GRAPHQL_JWT = {**settings.GRAPHQL_JWT, "JWT_SECRET_KEY": OTHER_KEY}
    with pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)


def test_a_refresh_token_is_stored_only_as_its_hash(session: Session) -> None:
    (row,) = RefreshToken.objects.values()
    assert row["token"] == hashlib.sha256(session.refresh_token.encode()).hexdigest()
    assert session.refresh_token not in str(row)


def test_a_refresh_token_has_256_random_bits(session: Session) -> None:
    assert len(base64.urlsafe_b64decode(f"{session.refresh_token}=")) == 32


def test_the_same_claims_signed_with_the_key_are_accepted(ada: User, session: Session) -> None:
    # Otherwise the refusals below would prove nothing.
    user, _ = tokens.read_access_token(signed(claims_of(session)))
    assert user == ada


# ------------------------------------------------------------------ refused tokens


def test_an_expired_token_is_refused_as_expired(session: Session) -> None:
    now = int(timezone.now().timestamp())
    with pytest.raises(TokenExpired):
        tokens.read_access_token(signed(claims_of(session) | {"iat": now - 901, "exp": now - 1}))


def test_an_expired_token_with_a_wrong_signature_is_refused_as_invalid(session: Session) -> None:
    now = int(timezone.now().timestamp())
    assert_refused(signed(claims_of(session) | {"exp": now - 1}, key=OTHER_KEY))


def test_a_token_signed_with_another_key_is_refused(session: Session) -> None:
    assert_refused(signed(claims_of(session), key=OTHER_KEY))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS256"])
def test_an_unsigned_token_is_refused(session: Session, algorithm: str) -> None:
    assert_refused(unsigned(claims_of(session), algorithm))


def test_a_token_signed_with_another_algorithm_is_refused(session: Session) -> None:
    key = KEY.ljust(64, "x")  # HS512 requires a key of this length
    assert_refused(signed(claims_of(session), key=key, algorithm="HS512"))


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_the_clock_of_another_server_may_be_a_few_seconds_ahead(session: Session, claim: str) -> None:
    now = int(timezone.now().timestamp())
    tokens.read_access_token(signed(claims_of(session) | {claim: now + 4}))
    assert_refused(signed(claims_of(session) | {claim: now + 30}))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "ver", "iat", "exp"])
def test_a_token_without_one_of_its_claims_is_refused(session: Session, claim: str) -> None:
    claims = claims_of(session)
    del claims[claim]
    assert_refused(signed(claims))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "another"),
        ("iss", ""),
        ("aud", "another"),
        ("aud", []),
        ("sub", "ada"),
        ("sub", ""),
        ("sub", "0"),
        ("sub", "9" * 30),
        ("sub", "1.5"),
        ("sid", "not-a-uuid"),
        ("sid", 1),
        ("sid", str(uuid.UUID(int=0))),
        ("ver", ""),
        ("ver", "0" * 32),
        ("ver", "é"),
        ("ver", None),
        ("iat", "yesterday"),
        ("exp", "tomorrow"),
        ("exp", None),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(session: Session, claim: str, value: Any) -> None:
    assert_refused(signed(claims_of(session) | {claim: value}))


@pytest.mark.parametrize("token", ["", "x", ".", "..", "a.b.c", "é.é.é", "\ud800", "x" * 10_000, "null", "{}"])
def test_an_invalid_token_is_refused(ada: User, token: str) -> None:
    assert_refused(token)


def test_a_token_with_a_changed_user_is_refused(session: Session) -> None:
    grace = a_user("grace")
    header, _, signature = session.access_token.split(".")
    assert_refused(f"{header}.{encoded(claims_of(session) | {'sub': str(grace.pk)})}.{signature}")


def test_a_truncated_token_is_refused(session: Session) -> None:
    assert_refused(session.access_token[:-1])


def test_a_token_for_the_session_of_another_user_is_refused(session: Session) -> None:
    a_user("grace")
    graces = claims_of(login("grace"))
    assert_refused(signed(graces | {"sid": claims_of(session)["sid"]}))


def test_a_refresh_token_is_refused_as_access_token(session: Session) -> None:
    assert_refused(session.refresh_token)


def test_the_token_of_a_deleted_user_is_refused(ada: User, session: Session) -> None:
    ada.delete()
    assert_refused(session.access_token)


def test_the_token_of_a_deactivated_user_is_refused(ada: User, session: Session) -> None:
    User.objects.update(is_active=False)
    assert_refused(session.access_token)


def test_a_token_stays_with_its_user_when_users_swap_names(ada: User, session: Session) -> None:
    grace = a_user("grace")
    for user, name in ((ada, "temporary"), (grace, "ada"), (ada, "grace")):
        user.username = name
        user.save()
    user, _ = tokens.read_access_token(session.access_token)
    assert (user.pk, user.username) == (ada.pk, "grace")


def test_a_token_stays_valid_after_a_change_of_username_and_email(ada: User, session: Session) -> None:
    User.objects.update(username="lovelace", email="lovelace@example.com")
    assert tokens.read_access_token(session.access_token)[0] == ada
