"""Attacks on access tokens, each through the real view, and each proven to succeed against other code.

That is where its control says: with django-graphql-jwt as it comes, whose settings nobody touched (`stock`), or with a
decoder that makes one known mistake (`tests.api.forgeries`).
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
    believe_header,
    believe_signature,
    claims_of,
    encoded,
    key_in_header,
    signed,
    unsigned,
)
from tests.conftest import Api
from tests.situations import PASSWORD, a_user

ME = "{ me { username } }"
NOBODY = {"me": None}


@pytest.fixture
def session(buyer: User) -> Session:
    return sessions.login(name=buyer.username, password=PASSWORD, address="127.0.0.1")


@pytest.fixture
def claims(session: Session) -> dict[str, Any]:
    return claims_of(session.access_token)


def answer_to(api: Api, token: str) -> str:
    """The error code, or the username of the viewer."""
    api.token = token
    response = api(ME)
    return response.code if "errors" in response.body else str(response.data["me"]["username"])


def test_the_same_claims_signed_by_the_server_are_valid(api: Api, buyer: User, claims: dict[str, Any]) -> None:
    # Otherwise the refusals below would prove nothing.
    assert answer_to(api, signed(claims)) == buyer.username


# ------------------------------------------------------------------ headers

LONG = "a key of some other server, that is long enough to be one"
UNSIGNED = ["none", "None", "NONE", "nOnE", ""]
# The key of a careless server, the key that signed the token, and its header.
FORGED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "the key was never set": ("", "", {}),
    "the key is in every tutorial": ("secret", "secret", {}),
    "the key of another server": (LONG, LONG, {}),
    "HMAC with the public key of RSA": (PUBLIC_KEY, PUBLIC_KEY, {}),
    "RS256, but HMAC with its public key": (PUBLIC_KEY, PUBLIC_KEY, {"alg": "RS256"}),
    "the key is an empty file": (KEY, "", {"kid": "/dev/null"}),
    "the key comes along": (KEY, ATTACKERS_KEY, {"jwk": key_in_header(ATTACKERS_KEY)}),
    "the key is the attacker's to serve": (KEY, ATTACKERS_KEY, {"jku": ATTACKERS_SITE}),
    "what must be understood is not": (KEY, KEY, {"crit": ["http://example.com/UNDEFINED"]}),
}


@pytest.mark.parametrize("algorithm", UNSIGNED)
def test_an_unsigned_token_is_refused(api: Api, claims: dict[str, Any], algorithm: str) -> None:
    token = unsigned(claims, algorithm)
    assert answer_to(api, token) == "UNAUTHENTICATED"
    assert believe_header(token, KEY) == claims


@pytest.mark.parametrize("attack", FORGED)
def test_a_token_with_a_key_or_header_of_the_attackers_is_refused(
    api: Api, claims: dict[str, Any], attack: str
) -> None:
    careless_key, key, header = FORGED[attack]
    token = signed(claims, key, **header)
    assert answer_to(api, token) == "UNAUTHENTICATED"
    assert believe_header(token, careless_key) == claims


def test_a_token_that_was_tampered_with_is_refused(api: Api, session: Session, claims: dict[str, Any]) -> None:
    """Accepted if the signature is not checked (the library's `JWT_VERIFY` is off)."""
    header, _, signature = session.access_token.split(".")
    tampered = claims | {"sub": str(a_user("victim").pk)}
    token = f"{header}.{encoded(tampered)}.{signature}"
    assert answer_to(api, token) == "UNAUTHENTICATED"
    assert claims_of(token) == tampered


# ------------------------------------------------------------------ claims

HOUR = 3600
STOCK_ACCEPTS: dict[str, tuple[dict[str, Any], str]] = {
    "never expires": ({"exp": None}, "UNAUTHENTICATED"),
    "expires some day": ({"exp": "tomorrow"}, "UNAUTHENTICATED"),
    "is over": ({"iat": time.time() - 2 * HOUR, "exp": time.time() - HOUR}, "TOKEN_EXPIRED"),
    "is over since 1970": ({"exp": 0}, "TOKEN_EXPIRED"),
    "was issued by another": ({"iss": "somebody-else"}, "UNAUTHENTICATED"),
    "is for another": ({"aud": "somebody-else"}, "UNAUTHENTICATED"),
    "is for others": ({"aud": ["somebody-else", "and-another"]}, "UNAUTHENTICATED"),
}


@pytest.mark.parametrize("which", STOCK_ACCEPTS)
def test_a_token_that_stock_accepts_is_refused(
    api: Api, claims: dict[str, Any], settings: Settings, which: str
) -> None:
    changes, code = STOCK_ACCEPTS[which]
    token = signed(claims | changes)
    assert answer_to(api, token) == code
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}
    assert get_payload(token) == claims | changes


def test_a_token_without_an_expiry_is_refused(api: Api, claims: dict[str, Any], settings: Settings) -> None:
    del claims["exp"]
    token = signed(claims)
    assert answer_to(api, token) == "UNAUTHENTICATED"
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}  # and nothing else
    assert get_payload(token) == claims


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_issued_in_the_future_is_refused(api: Api, claims: dict[str, Any], claim: str) -> None:
    """The stock library refuses it too. A decoder that checks the signature only accepts it."""
    changed = claims | {claim: int(time.time()) + HOUR}
    assert answer_to(api, signed(changed)) == "UNAUTHENTICATED"
    assert believe_signature(signed(changed)) == changed


def test_a_refresh_token_is_no_access_token(api: Api, session: Session) -> None:
    """Nothing that could be shown accepts it: it is a random string. Where both are JWTs, it is a common mistake.

    The reverse is in `test_refresh_token`.
    """
    assert answer_to(api, session.refresh_token) == "UNAUTHENTICATED"
    with pytest.raises(jwt.DecodeError):
        believe_signature(session.refresh_token)


# ------------------------------------------------------------------ users


def stock_token(user: User) -> str:
    """A token of the stock library: it has a username and nothing that changes with the account."""
    return signed({"username": user.username, "exp": int(time.time()) + HOUR})


def as_stock_has_it(settings: Settings, token: str) -> User | None:
    settings.GRAPHQL_JWT = {"JWT_SECRET_KEY": KEY}
    return get_user_by_token(token)  # type: ignore[no-any-return]


def test_a_new_user_with_the_name_of_a_deleted_one_does_not_get_the_sessions(
    api: Api, session: Session, buyer: User, settings: Settings
) -> None:
    stocks, name = stock_token(buyer), buyer.username
    buyer.delete()
    heir = a_user(name)
    assert answer_to(api, session.access_token) == "UNAUTHENTICATED"
    assert as_stock_has_it(settings, stocks) == heir


def test_users_who_swap_names_keep_their_sessions(api: Api, session: Session, buyer: User, settings: Settings) -> None:
    stocks, other = stock_token(buyer), a_user("other")
    for user, name in ((buyer, "nobody"), (other, buyer.username), (buyer, "other")):
        User.objects.filter(pk=user.pk).update(username=name)
    assert answer_to(api, session.access_token) == "other"
    assert as_stock_has_it(settings, stocks) == other


def test_a_deactivated_user_is_logged_out(api: Api, session: Session, buyer: User) -> None:
    """The stock library refuses it too. Code that only looks up the user of the claims accepts it."""
    User.objects.update(is_active=False)
    assert answer_to(api, session.access_token) == "UNAUTHENTICATED"
    assert User.objects.get(pk=believe_signature(session.access_token)["sub"]) == buyer


def change_password(user: User, session: Session) -> None:
    sessions.change_password(by=user, current=PASSWORD, new="a-seat-in-the-last-row", address="127.0.0.1")


def have_it_changed_by_staff(user: User, session: Session) -> None:
    user.set_password("a-seat-in-the-last-row")
    user.save()


def log_out(user: User, session: Session) -> None:
    _, family = tokens.read_access_token(session.access_token)
    sessions.logout(by=user, family=family, everywhere=False)


def log_out_everywhere(user: User, session: Session) -> None:
    other = sessions.login(name=user.username, password=PASSWORD, address="127.0.0.1")
    _, family = tokens.read_access_token(other.access_token)
    sessions.logout(by=user, family=family, everywhere=True)


@pytest.mark.parametrize("end", [change_password, have_it_changed_by_staff, log_out, log_out_everywhere])
def test_a_token_does_not_outlive_its_session(
    api: Api, session: Session, buyer: User, settings: Settings, end: Callable[[User, Session], None]
) -> None:
    stocks = stock_token(buyer)
    end(buyer, session)
    assert answer_to(api, session.access_token) == "UNAUTHENTICATED"
    assert as_stock_has_it(settings, stocks) == buyer


# ------------------------------------------------------------------ transport


def test_a_token_in_a_cookie_is_ignored(api: Api, session: Session, settings: Settings) -> None:
    """Twice protected: cookies are removed from API requests, and the API does not read them."""
    api.client.cookies["JWT"] = session.access_token
    assert api(ME).data == NOBODY
    settings.GRAPHQL_JWT = {}
    request = RequestFactory().post("/graphql", headers={"Cookie": f"JWT={session.access_token}"})
    assert get_credentials(request) == session.access_token


def test_there_is_no_argument_for_a_token(api: Api, session: Session, settings: Settings) -> None:
    """The stock library reads it with `JWT_ALLOW_ARGUMENT`."""
    response = api(f'{{ me(token: "{session.access_token}") {{ username }} }}')
    assert response.code == "GRAPHQL_VALIDATION_FAILED"
    settings.GRAPHQL_JWT = {"JWT_ALLOW_ARGUMENT": True}
    assert get_credentials(RequestFactory().post("/graphql"), token=session.access_token) == session.access_token


@pytest.mark.parametrize("parameter", ["token", "access_token", "Authorization"])
def test_a_token_in_the_url_is_ignored(api: Api, session: Session, parameter: str) -> None:
    """The stock library does not read it either. RFC 6750 defines `access_token`, and advises against it."""
    response = api.client.get("/graphql", {"query": ME, parameter: session.access_token})
    assert response.json() == {"data": NOBODY}
    assert response.wsgi_request.GET[parameter] == session.access_token


# ------------------------------------------------------------------ malformed headers


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "", "Basic YTpi, Bearer {token}", "Bearer\t{token}", "{token}", "Bearer:{token}"]
)
def test_a_header_without_a_token_is_anonymous(api: Api, session: Session, header: str) -> None:
    response = api.post({"query": ME}, Authorization=header.format(token=session.access_token))
    assert response.data == NOBODY


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
