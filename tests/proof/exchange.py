"""One call over HTTP: the request, and the meaning of its response."""

import base64
import http.client
import json
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.proof.calls import BookingSeen, Operation, Response, SeatSeen
from tests.proof.rows import nanoseconds

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 20

_BOOKING = "... on Booking { id status createdAt expiresAt tickets { seat } }"
_TAKEN = "... on SeatsTaken { seats }"
_EXPIRED = "... on HoldExpired { seats: stillAvailable }"


def _mutation(operation: Operation, *problems: str) -> str:
    name = operation[0].upper() + operation[1:]
    fragments = " ".join([_BOOKING, *problems])
    return f"mutation ($input: {name}Input!) {{ {operation}(input: $input) {{ __typename {fragments} }} }}"


DOCUMENTS = {
    Operation.HOLD: _mutation(Operation.HOLD, _TAKEN),
    Operation.BOOK: _mutation(Operation.BOOK, _TAKEN),
    Operation.CONFIRM: _mutation(Operation.CONFIRM, _EXPIRED),
    Operation.EXTEND: _mutation(Operation.EXTEND, _EXPIRED),
    Operation.CANCEL: _mutation(Operation.CANCEL),
    Operation.READ: "query ($id: ID!) { show(id: $id) { seatMap { rows { seats { label status mine } } } } }",
}

# Errors that are raised before anything is done. After any other error the call may have had its effect.
_ERRORS_WITHOUT_EFFECT = {
    "UNAUTHENTICATED",
    "TOKEN_EXPIRED",
    "FORBIDDEN",
    "NOT_FOUND",
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
}


@dataclass(frozen=True)
class Exchange:
    """The response to a request, and its times. Without a response, `outcome` says how the request failed."""

    start: int
    end: int
    response: Response | None
    outcome: str


def call(port: int, operation: Operation, variables: dict[str, Any], token: str) -> Exchange:
    """Send a request, and wait for the response."""
    start = time.time_ns()
    try:
        status, body = _send(port, _body(operation, variables), token)
    except (OSError, http.client.HTTPException) as failure:
        return Exchange(start, time.time_ns(), None, type(failure).__name__)
    end = time.time_ns()
    if status != http.client.OK:
        return Exchange(start, end, None, f"HTTP {status}")
    return Exchange(start, end, *_meaning(operation, body))


def send_only(port: int, operation: Operation, variables: dict[str, Any], token: str) -> Exchange:
    """Send a request, and disconnect without reading the response."""
    start = time.time_ns()
    try:
        with closing(http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)) as connection:
            connection.request("POST", "/graphql", _body(operation, variables), _headers(token))
    except OSError as failure:
        return Exchange(start, time.time_ns(), None, type(failure).__name__)
    return Exchange(start, time.time_ns(), None, "disconnected")


def booking_id(key: int) -> str:
    return base64.b64encode(f"Booking:{key}".encode()).decode()


def _send(port: int, body: bytes, token: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)) as connection:
        connection.request("POST", "/graphql", body, _headers(token))
        with connection.getresponse() as response:
            return response.status, response.read()


def _headers(token: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Connection": "close"}


def _body(operation: Operation, variables: dict[str, Any]) -> bytes:
    return json.dumps({"query": DOCUMENTS[operation], "variables": variables}).encode()


def _meaning(operation: Operation, body: bytes) -> tuple[Response | None, str]:
    try:
        data = json.loads(body)
    except ValueError:
        return None, "not JSON"
    if data.get("errors"):
        code = str(data["errors"][0].get("extensions", {}).get("code"))
        return (Response(code) if code in _ERRORS_WITHOUT_EFFECT else None), code
    response = _seat_map(data["data"]) if operation is Operation.READ else _result(data["data"][operation])
    return response, response.kind


def _result(data: dict[str, Any]) -> Response:
    kind = data["__typename"]
    return Response(kind, _booking(data) if kind == "Booking" else None, frozenset(data.get("seats", ())))


def _booking(data: dict[str, Any]) -> BookingSeen:
    return BookingSeen(
        id=int(base64.b64decode(data["id"]).decode().rpartition(":")[2]),
        status=data["status"],
        seats=frozenset(ticket["seat"] for ticket in data["tickets"]),
        created_at=nanoseconds(data["createdAt"]),
        expires_at=None if data["expiresAt"] is None else nanoseconds(data["expiresAt"]),
    )


def _seat_map(data: dict[str, Any]) -> Response:
    seats = [seat for row in data["show"]["seatMap"]["rows"] for seat in row["seats"]]
    return Response("SeatMap", seat_map={seat["label"]: SeatSeen(seat["status"], seat["mine"]) for seat in seats})
