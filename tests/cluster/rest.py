"""Small JSON calls to the REST API of Patroni and to the probes of an application."""

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

TIMEOUT_SECONDS = 3
# A switchover responds after the new leader is known.
SECONDS_TO_CHANGE = 60


def responds(url: str) -> bool:
    """Whether the response is a success."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS):  # noqa: S310 - an address of the run
            return True
    except (OSError, HTTPException):
        return False


def get(url: str) -> dict[str, Any]:
    """The JSON of the response. Empty if there is none."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - an address of the run
            found: dict[str, Any] = json.load(response)
            return found
    except (OSError, HTTPException, ValueError):
        return {}


def post(url: str, body: dict[str, str]) -> None:
    """Send JSON. Raises `HTTPError` if the response is not a success."""
    request = urllib.request.Request(  # noqa: S310 - as above
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS_TO_CHANGE):  # noqa: S310 - as above
        pass
