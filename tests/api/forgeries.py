"""Forged tokens, and decoders that accept them. They prove that each attack succeeds against a careless server."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import jwt
from django.conf import settings

KEY = str(settings.GRAPHQL_JWT["JWT_SECRET_KEY"])
# A public RSA key in the format in which servers publish it. HMAC accepts any bytes as a key.
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMCwwDQYJKoZIhvcNAQEBBQADGwAwGAIRAK\n-----END PUBLIC KEY-----\n"
ATTACKERS_KEY = "a key of the attacker that is long enough"
ATTACKERS_SITE = "https://attacker.example/keys.json"


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def signed(claims: dict[str, Any], key: str = KEY, **header: Any) -> str:
    """Signed with HMAC and SHA-256, regardless of the header."""
    signed_part = f"{encoded({'alg': 'HS256', 'typ': 'JWT', **header})}.{encoded(claims)}"
    return f"{signed_part}.{_base64(_signature(signed_part, key))}"


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}."


def encoded(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def key_in_header(key: str) -> dict[str, str]:
    return {"kty": "oct", "k": _base64(key.encode())}


def decode_trusting_header(token: str, key: str) -> dict[str, Any]:
    """A decoder that trusts the header: no signature, or the key that the header names, contains or links to."""
    signed_part, _, signature = token.rpartition(".")
    header, claims = (json.loads(_bytes(part)) for part in signed_part.split("."))
    if header["alg"].lower() in {"none", ""}:
        return dict(claims)
    if "jwk" in header:
        key = _bytes(header["jwk"]["k"]).decode()
    elif header.get("jku") == ATTACKERS_SITE:
        key = ATTACKERS_KEY
    elif "kid" in header:
        key = Path(header["kid"]).read_text()
    assert hmac.compare_digest(_signature(signed_part, key), _bytes(signature))
    return dict(claims)


def decode_signature_only(token: str) -> dict[str, Any]:
    """A decoder that checks the signature only."""
    return jwt.decode(
        token,
        KEY,
        algorithms=["HS256"],
        options={
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_aud": False,
            "verify_iss": False,
        },
    )


def _signature(text: str, key: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
