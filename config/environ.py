"""Builds the WSGI environ of a request from its ASGI scope.

https://peps.python.org/pep-3333/#environ-variables, https://asgi.readthedocs.io/en/stable/specs/www.html
"""

import sys
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from string import printable
from typing import Any
from urllib.parse import quote

# These two have no HTTP_ prefix.
CONTENT_HEADERS = {b"content-length": "CONTENT_LENGTH", b"content-type": "CONTENT_TYPE"}


def build(scope: Mapping[str, Any]) -> dict[str, Any]:
    """The environ of a request or of a WebSocket handshake. Its body, `wsgi.input`, is empty.

    The values of a repeated header are joined with commas. Headers with an underscore in their name are dropped:
    X_Forwarded_For would have the same key as X-Forwarded-For, which only proxies may set.
    """
    script_name, path = _latin_1(scope.get("root_path", "")), _latin_1(scope["path"])
    host, port = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope.get("method", "GET"),
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path.removeprefix(script_name),
        # Escapes characters that are not ASCII. The server passes them on as the client sent them.
        "QUERY_STRING": quote(scope["query_string"], safe=printable),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"] = scope["client"][0]
    for name, value in scope["headers"]:
        if b"_" not in name:
            key, text = _key_of(name), value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


# Nearly all clients send a few headers.
@lru_cache(maxsize=256)
def _key_of(name: bytes) -> str:
    return CONTENT_HEADERS.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"


def _latin_1(text: str) -> str:
    """The text in WSGI's encoding: one character for each byte of its UTF-8."""
    return text.encode().decode("latin-1")
