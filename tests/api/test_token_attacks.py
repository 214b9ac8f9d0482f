"""Attacks on access tokens. Each is refused by the API, and is proven to succeed against less careful code.

That code is django-graphql-jwt with its default settings ("the stock library"), or a decoder that makes one known
mistake (`tests.api.forgeries`).
"""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.test import RequestFactory
from graphql_jwt.shortcuts import get_user_by_token
from graphql_jwt.utils import get_credentials, get_payload
from pytest_django.fixtures import Settings

from cinema.accounts import sessions, tokens
from cinema.accounts.sessions import Session
from cinema.models import User
from tests.api.forgeries import (
    ATTACKERS_KEY,
    ATTACKERS_SITE,
    KEY,
    PUBLIC_KEY,
    claims_of,
    decode_signature_only,
    decode_trusting_header,
    encoded,
    key_in_header,
    signed,
    unsigned,
)
from tests.conftest import Api
from tests.situations import PASSWORD, a_user

ME = "{ me { username } }"
ANONYMOUS = {"me": None}


@pytest.fixture
def session(buyer: User) -> Session:
    return sessions.login(name=buyer.username, password=PASSWORD, address="127.0.0.1")


@pytest.fixture
def claims(session: Session) -> dict[str, Any]:
    return claims_of(session.access_token)


def outcome_of(api: Api, token: str) -> str:
    """The error code, or the username of the viewer."""
    api.token = token
    response = api(ME)
    return response.code if "errors" in response.body else str(response.data["me"]["username"])


def test_the_same_claims_signed_by_the_server_are_valid(api: Api, buyer: User, claims: dict[str, Any]) -> None:
    # Otherwise, the refusals below would prove nothing.
    assert outcome_of(api, signed(claims)) == buyer.username


# ------------------------------------------------------------------ headers

LONG_KEY = "a key of another server that is long enough"
UNSIGNED = ["none", "None", "NONE", "nOnE", ""]
# By attack: the key of a careless server, the key that signed the token, and the header of the token.
FORGED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "empty key": ("", "", {}),
    "well-known key": ("secret", "secret", {}),
    "key of another server": (LONG_KEY, LONG_KEY, {}),
    "HMAC with the public RSA key": (PUBLIC_KEY, PUBLIC_KEY, {}),
    "RS256 signed by HMAC with the public key": (PUBLIC_KEY, PUBLIC_KEY, {"alg": "RS256"}),
    "kid of an empty file": (KEY, "", {"kid": "/dev/null"}),
    "key in the header": (KEY, ATTACKERS_KEY, {"jwk": key_in_header(ATTACKERS_KEY)}),
    "URL of the key in the header": (KEY, ATTACKERS_KEY, {"jku": ATTACKERS_SITE}),
    "unknown critical header": (KEY, KEY, {"crit": ["http://example.com/UNDEFINED"]}),
}


@pytest.mark.parametrize("algorithm", UNSIGNED)
def test_an_unsigned_token_is_refused(api: Api, claims: dict[str, Any], algorithm: str) -> None:
    token = unsigned(claims, algorithm)
    assert outcome_of(api, token) == "UNAUTHENTICATED"
    assert decode_trusting_header(token, KEY) == claims


@pytest.mark.parametrize("attack", FORGED)
def test_a_token_with_a_forged_key_or_header_is_refused(api: Api, claims: dict[str, Any], attack: str) -> None:
    careless_key, key, header = FORGED[attack]
    token = signed(claims, key, **header)
    assert outcome_of(api, token) == "UNAUTHENTICATED"
    assert decode_trusting_header(token, careless_key) == claims


def test_a_token_with_changed_claims_is_refused(api: Api, session: Session, claims: dict[str, Any]) -> None:
    """It is accepted if the signature is not checked (`JWT_VERIFY` of the library is off)."""
    header, _, signature = session.access_token.split(".")
    tampered = claims | {"sub": str(a_user("victim").pk)}
    token = f"{header}.{encoded(tampered)}.{signature}"
    assert outcome_of(api, token) == "UNAUTHENTICATED"
    assert claims_of(token) == tampered


# ------------------------------------------------------------------ claims

HOUR = 3600
STOCK_ACCEPTS: dict[str, tuple[dict[str, Any], str]] = {
    "no expiry": ({"exp": None}, "UNAUTHENTICATED"),
    "invalid expiry": ({"exp": "tomorrow"}, "UNAUTHENTICATED"),
    "expired": ({"iat": time.time() - 2 * HOUR, "exp": time.time() - HOUR}, "TOKEN_EXPIRED"),
    "expired in 1970": ({"exp": 0}, "TOKEN_EXPIRED"),
    "another issuer": ({"iss": "another-service"}, "UNAUTHENTICATED"),
    "another audience": ({"aud": "another-service"}, "UNAUTHENTICATED"),
    "other audiences": ({"aud": ["another-service", "a-third-service"]}, "UNAUTHENTICATED"),
}


@pytest.mark.parametrize("claim", STOCK_ACCEPTS)
def test_a_token_that_the_stock_library_accepts_is_refused(
    api: Api, claims: dict[str, Any], settings: Settings, claim: str
) -> None:
    changes, code = STOCK_ACCEPTS[claim]
    token = signed(claims | changes)
    assert outcome_of(api, token) == code
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}
    assert get_payload(token) == claims | changes


def test_a_token_without_an_expiry_is_refused(api: Api, claims: dict[str, Any], settings: Settings) -> None:
    del claims["exp"]
    token = signed(claims)
    assert outcome_of(api, token) == "UNAUTHENTICATED"
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}
    assert get_payload(token) == claims


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_issued_in_the_future_is_refused(api: Api, claims: dict[str, Any], claim: str) -> None:
    """The stock library refuses it, too. A decoder that checks only the signature accepts it."""
    changed = claims | {claim: int(time.time()) + HOUR}
    assert outcome_of(api, signed(changed)) == "UNAUTHENTICATED"
    assert decode_signature_only(signed(changed)) == changed


def test_a_refresh_token_is_refused_as_an_access_token(api: Api, session: Session) -> None:
    """It is a random string, which no decoder accepts. The reverse is tested in `test_refresh_token`."""
    assert outcome_of(api, session.refresh_token) == "UNAUTHENTICATED"
    with pytest.raises(jwt.DecodeError):
        decode_signature_only(session.refresh_token)


# ------------------------------------------------------------------ users


def stock_token(user: User) -> str:
    """A token of the stock library, which contains only the username and an expiry."""
    return signed({"username": user.username, "exp": int(time.time()) + HOUR})


def user_by_stock_library(settings: Settings, token: str) -> User | None:
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}
    return get_user_by_token(token)  # type: ignore[no-any-return]


def test_a_new_user_with_the_name_of_a_deleted_user_does_not_get_their_session(
    api: Api, session: Session, buyer: User, settings: Settings
) -> None:
    library_token, name = stock_token(buyer), buyer.username
    buyer.delete()
    new_user = a_user(name)
    assert outcome_of(api, session.access_token) == "UNAUTHENTICATED"
    assert user_by_stock_library(settings, library_token) == new_user


def test_users_who_swap_names_keep_their_sessions(api: Api, session: Session, buyer: User, settings: Settings) -> None:
    library_token, other = stock_token(buyer), a_user("other")
    for user, name in ((buyer, "temporary"), (other, buyer.username), (buyer, "other")):
        User.objects.filter(pk=user.pk).update(username=name)
    assert outcome_of(api, session.access_token) == "other"
    assert user_by_stock_library(settings, library_token) == other


def test_a_deactivated_user_is_logged_out(api: Api, session: Session, buyer: User) -> None:
    """The stock library refuses it, too. Code that does not check whether the user is active accepts it."""
    User.objects.update(is_active=False)
    assert outcome_of(api, session.access_token) == "UNAUTHENTICATED"
    assert User.objects.get(pk=decode_signature_only(session.access_token)["sub"]) == buyer


def change_password(user: User, session: Session) -> None:
    sessions.change_password(by=user, current=PASSWORD, new="a-seat-in-the-last-row", address="127.0.0.1")


def change_password_in_admin(user: User, session: Session) -> None:
    user.set_password("a-seat-in-the-last-row")
    user.save()


def log_out(user: User, session: Session) -> None:
    _, family = tokens.read_access_token(session.access_token)
    sessions.logout(by=user, family=family, everywhere=False)


def log_out_everywhere(user: User, session: Session) -> None:
    other = sessions.login(name=user.username, password=PASSWORD, address="127.0.0.1")
    _, family = tokens.read_access_token(other.access_token)
    sessions.logout(by=user, family=family, everywhere=True)


@pytest.mark.parametrize("end", [change_password, change_password_in_admin, log_out, log_out_everywhere])
def test_a_token_of_an_ended_session_is_refused(
    api: Api, session: Session, buyer: User, settings: Settings, end: Callable[[User, Session], None]
) -> None:
    library_token = stock_token(buyer)
    end(buyer, session)
    assert outcome_of(api, session.access_token) == "UNAUTHENTICATED"
    assert user_by_stock_library(settings, library_token) == buyer


# ------------------------------------------------------------------ transport


def test_a_token_in_a_cookie_is_ignored(api: Api, session: Session, settings: Settings) -> None:
    """Cookies are removed from API requests, and the API does not read them. The stock library reads them."""
    api.client.cookies["JWT"] = session.access_token
    assert api(ME).data == ANONYMOUS
    settings.GRAPHQL_JWT = {}
    request = RequestFactory().post("/graphql", headers={"Cookie": f"JWT={session.access_token}"})
    assert get_credentials(request) == session.access_token


def test_a_token_in_an_argument_is_refused(api: Api, session: Session, settings: Settings) -> None:
    """The stock library reads it if `JWT_ALLOW_ARGUMENT` is set."""
    response = api(f'{{ me(token: "{session.access_token}") {{ username }} }}')
    assert response.code == "GRAPHQL_VALIDATION_FAILED"
    settings.GRAPHQL_JWT = {"JWT_ALLOW_ARGUMENT": True}
    assert get_credentials(RequestFactory().post("/graphql"), token=session.access_token) == session.access_token


@pytest.mark.parametrize("parameter", ["token", "access_token", "Authorization"])
def test_a_token_in_the_url_is_ignored(api: Api, session: Session, parameter: str) -> None:
    """The stock library ignores it, too. RFC 6750 defines `access_token` and advises against it."""
    response = api.client.get("/graphql", {"query": ME, parameter: session.access_token})
    assert response.json() == {"data": ANONYMOUS}
    assert response.wsgi_request.GET[parameter] == session.access_token


# ------------------------------------------------------------------ malformed headers


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "", "Basic YTpi, Bearer {token}", "Bearer\t{token}", "{token}", "Bearer:{token}"]
)
def test_a_header_without_a_token_is_anonymous(api: Api, session: Session, header: str) -> None:
    response = api.post({"query": ME}, Authorization=header.format(token=session.access_token))
    assert response.data == ANONYMOUS


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {token}, Basic YTpi",
        "Bearer {token} {token}",
        "Bearer {token}, Bearer {token}",
        "Bearer Bearer {token}",
        "Bearer {token}é",
        "Bearer \N{GREEK SMALL LETTER ALPHA}",
        "bearer {token}.",
        "Bearer " + "x" * 100_000,
        "Bearer {token}" + "x" * 100_000,
        "Bearer " + "." * 100_000,
    ],
    ids=lambda header: header[:30],
)
def test_a_header_with_more_than_a_token_is_refused(api: Api, session: Session, header: str) -> None:
    response = api.post({"query": ME}, Authorization=header.format(token=session.access_token))
    assert response.code == "UNAUTHENTICATED"
