"""Real failures of the database during a request, caused by means of the database itself.

After each failure, the client gets an error without database details that says the request can be retried, nothing is
partly stored, and the same process handles the next request.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from cinema.models import Booking
from tests.conftest import Api, ApiResponse, global_id
from tests.stored import nothing_changes

SECRET = "swordfish"
UNAVAILABLE = {
    "message": "The service is temporarily unavailable. Please try again.",
    "extensions": {"code": "SERVICE_UNAVAILABLE", "retryAfterMs": 2000},
}
MUTATION = """
mutation ($input: {type}!) {{
  {name}(input: $input) {{
    __typename
    ... on Booking {{ id status tickets {{ seat }} }}
    ... on Problem {{ message }}
    ... on Busy {{ retryAfterMs }}
  }}
}}
"""
READS = ["{ movies { nodes { title } } }", "{ me { username } }", "{ myBookings { totalCount } }"]


class Server(Api):
    """The real WSGI application in this thread. Unlike Django's test client, it replaces a broken connection."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.handler = WSGIHandler()

    def post(self, body: Any, **headers: str) -> ApiResponse:
        request = RequestFactory().post(
            "/graphql",
            json.dumps(body, default=str),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )
        response = self.handler(request.environ, lambda *_: None)  # type: ignore[arg-type]
        assert isinstance(response, HttpResponse)
        try:
            return ApiResponse(response.status_code, json.loads(response.content), response.headers)
        finally:
            response.close()


CALLS: dict[str, Callable[[Booking], dict[str, Any]]] = {
    "bookSeat": lambda hold: {"showId": global_id(hold.show), "seat": "A1"},
    "holdSeats": lambda hold: {"showId": global_id(hold.show), "selection": {"bestAvailable": {"count": 2}}},
    "extendHold": lambda hold: {"bookingId": global_id(hold)},
    "confirmBooking": lambda hold: {"bookingId": global_id(hold)},
    "cancelBooking": lambda hold: {"bookingId": global_id(hold)},
}
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


def send(server: Server, call: str, hold: Booking) -> ApiResponse:
    document = MUTATION.format(name=call, type=f"{call[0].upper()}{call[1:]}Input")
    return server(document, input={**CALLS[call](hold), "idempotencyKey": "key"})


def assert_unavailable(response: ApiResponse) -> None:
    (error,) = response.body["errors"]
    assert {name: error[name] for name in UNAVAILABLE} == UNAVAILABLE, error
    assert SECRET not in json.dumps(response.body), response.body


def assert_busy(response: ApiResponse, call: str) -> None:
    result = response.data[call]
    assert result.pop("retryAfterMs") >= 0, result
    assert result == {
        "__typename": "Busy",
        "message": "It's busy right now. Please try again.",
    }, result


def assert_works(server: Server, call: str, hold: Booking) -> None:
    """The failed call succeeds when it is repeated with its key."""
    (first,) = send(server, call, hold).data.values()
    assert first["__typename"] == "Booking", first
    with nothing_changes():
        assert send(server, call, hold).data == {call: first}


def execute_sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
