"""The database is unreachable."""

import logging
from contextlib import AbstractContextManager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.models import Booking, User
from cinema.runtime import outages
from tests.api.outages import EVERY_CALL, READS, SECRET, Server, assert_unavailable, assert_works, send
from tests.connections import connecting_with
from tests.situations import PASSWORD
from tests.stored import nothing_changes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]

LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { __typename } }"


def unreachable() -> AbstractContextManager[None]:
    if connection.vendor == "sqlite":
        return connecting_with(NAME=f"/no/such/{SECRET}")
    return connecting_with(PORT="1")


@EVERY_CALL
def test_an_unreachable_database_sells_nothing(server: Server, hold: Booking, call: str) -> None:
    with nothing_changes():
        with unreachable():
            response = send(server, call, hold)
        assert_unavailable(response)

    assert response.status == 200
    assert response.body["data"] == {call: None}
    assert_works(server, call, hold)


@pytest.mark.parametrize("document", READS)
def test_an_unreachable_database_returns_no_data(server: Server, document: str) -> None:
    with unreachable():
        assert_unavailable(server(document))
        response = server.post({"query": document}, Accept="application/graphql-response+json")
        assert_unavailable(response)
        assert (response.status, response.headers["Retry-After"], "data" in response.body) == (503, "2", False)

    assert "errors" not in server(document).body


def test_fields_that_need_no_database_are_returned_without_one(server: Server) -> None:
    with unreachable():
        response = server.post({"query": "{ __typename me { username } }"}, Accept="application/graphql-response+json")
    assert_unavailable(response)
    assert response.status == 200
    assert response.body["data"] == {"__typename": "Query", "me": None}


def test_login_without_a_database_does_not_say_that_the_password_is_wrong(server: Server, buyer: User) -> None:
    credentials = {"username": buyer.username, "password": PASSWORD}

    with unreachable():
        assert_unavailable(server(LOGIN, input=credentials))

    assert server(LOGIN, input=credentials).data == {"login": {"__typename": "Session"}}


def test_the_start_and_the_end_of_an_outage_are_lines_in_the_log(
    server: Server, hold: Booking, caplog: pytest.LogCaptureFixture
) -> None:
    outages.database.succeeded()
    caplog.clear()
    with unreachable():
        for _ in range(3):
            send(server, "bookSeat", hold)
            server.post({"query": READS[0]}, Accept="application/graphql-response+json")
        # It needs no database, so the outage has not ended.
        assert server("{ __typename }").data == {"__typename": "Query"}
        (start,) = caplog.records
    # It must not wait for a database that may not respond.
    with CaptureQueriesContext(connection) as statements:
        assert server("{ __typename }").data == {"__typename": "Query"}
    assert not statements.captured_queries
    send(server, "bookSeat", hold)
    send(server, "bookSeat", hold)

    assert (start.levelno, start.exc_info) == (logging.ERROR, None)
    assert "no database" in start.getMessage()
    assert [record.getMessage() for record in caplog.records[1:]] == ["the database is available again"]
