import json
import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay.utils import to_base64

from cinema.accounts import sessions
from cinema.booking import bookings, queries
from cinema.booking.queries import Availability
from cinema.catalog import theaters
from cinema.core import clock
from cinema.models import Show, User
from schema.engine import errors
from tests.api.exchanges import BOOK_SEAT, LOGIN, LOGIN_INPUT, message_of
from tests.conftest import Api, global_id
from tests.situations import a_booking, a_movie, a_staff_member, a_user
from tests.stored import nothing_changes

SECRET = "the password of the database is swordfish"
CANCEL_BOOKING = "mutation Cancel($input: CancelBookingInput!) { cancelBooking(input: $input) { __typename } }"
CREATE_THEATER = "mutation Create($input: CreateTheaterInput!) { createTheater(input: $input) { __typename } }"
NEW_THEATER = {"name": "Roma", "city": "Lisbon", "timeZone": "Europe/Lisbon"}


def fail_with(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


# ------------------------------------------------------------------ documents


@pytest.mark.parametrize(
    "document", ["{", "{ me { id }", "query {", "nonsense", "{ me { id } } }", "#", '{ a(b: "\\uD800") }']
)
def test_a_syntax_error_fails_parsing(api: Api, document: str) -> None:
    response = api(document)
    assert response.code == "GRAPHQL_PARSE_FAILED"
    assert "data" not in response.body
    assert message_of(response).startswith("Syntax Error: ")


@pytest.mark.parametrize(
    "document",
    [
        "{ nothing }",
        "{ me }",
        "{ me { id(of: 1) } }",
        '{ movies(first: "one") { totalCount } }',
        "{ movies(first: 99999999999) { totalCount } }",
        "{ movies(orderBy: LOUDEST) { totalCount } }",
        "{ movies(filter: { nothing: 1 }) { totalCount } }",
        '{ shows(filter: { from: "2026-03-01T19:30:00" }) { totalCount } }',
        '{ shows(filter: { date: "tomorrow" }) { totalCount } }',
        '{ movies(filter: { search: "\\u0000" }) { totalCount } }',
        "query ($a: Int) { me { id } }",
        "{ movies(first: $a) { totalCount } }",
        "{ ...Missing }",
        "mutation { login { __typename } }",
        'mutation { login(input: { username: "ada" }) { __typename } }',
    ],
)
def test_a_document_that_does_not_match_the_schema_fails_validation(api: Api, document: str) -> None:
    response = api(document)
    assert {error["extensions"]["code"] for error in response.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "data" not in response.body


def test_errors_after_a_successful_request_have_the_same_codes(api: Api) -> None:
    api("{ me { id } }")
    assert api("{ nothing }").code == "GRAPHQL_VALIDATION_FAILED"
    assert api("{").code == "GRAPHQL_PARSE_FAILED"


def test_errors_of_the_client_are_not_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for document in ("{", "{ nothing }", "{ movies(first: -1) { totalCount } }", "{ myBookings { totalCount } }"):
        api(document)
    api("query ($first: Int) { movies(first: $first) { totalCount } }", first="one")
    assert caplog.records == []


# ------------------------------------------------------------------ permissions


@pytest.mark.parametrize("field", ["myBookings { totalCount }", 'booking(reference: "K7QD3WXM") { id }'])
def test_an_anonymous_user_is_unauthenticated(api: Api, field: str) -> None:
    response = api(f"{{ {field} }}")
    assert response.code == "UNAUTHENTICATED"
    assert message_of(response) == "Log in first, and send the access token as `Authorization: Bearer <token>`."


def test_an_anonymous_user_cannot_call_mutations(api: Api, show: Show) -> None:
    with nothing_changes():
        assert api(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"}).code == "UNAUTHENTICATED"
        assert api(CREATE_THEATER, input=NEW_THEATER).code == "UNAUTHENTICATED"


def test_an_invalid_token_is_an_error(api: Api) -> None:
    api.token = "garbage"
    response = api("{ me { id } }")
    assert response.code == "UNAUTHENTICATED"
    assert message_of(response) == "The access token is invalid. Please log in again."


def test_an_expired_token_has_its_own_code(api: Api, buyer: User, settings: Any) -> None:
    settings.GRAPHQL_JWT = settings.GRAPHQL_JWT | {"JWT_EXPIRATION_DELTA": timedelta(seconds=-1)}
    as_buyer = api.logged_in_as(buyer)
    for document in ("{ me { id } }", "{ myBookings { totalCount } }"):
        response = as_buyer(document)
        assert response.code == "TOKEN_EXPIRED"
        assert message_of(response) == "The access token has expired. Refresh it."


def test_a_user_without_the_permission_is_refused(api: Api, buyer: User) -> None:
    for user in (buyer, a_staff_member("change_theater")):
        as_user = api.logged_in_as(user)
        with nothing_changes():
            response = as_user(CREATE_THEATER, input=NEW_THEATER)
        assert response.code == "FORBIDDEN"
        assert message_of(response) == "You need the permission cinema.add_theater."


def test_an_unknown_id_is_not_found(api: Api, buyer: User) -> None:
    as_buyer = api.logged_in_as(buyer)
    with nothing_changes():
        response = as_buyer(BOOK_SEAT, input={"showId": to_base64("Show", 404), "seat": "A1"})
    assert response.code == "NOT_FOUND"
    assert message_of(response) == "There is no such show."


def test_another_users_booking_is_not_found(api: Api, buyer: User) -> None:
    booking = a_booking("A1", by=a_user())
    as_buyer = api.logged_in_as(buyer)
    with nothing_changes():
        others = as_buyer(CANCEL_BOOKING, input={"bookingId": global_id(booking)})
        nonexistent = as_buyer(CANCEL_BOOKING, input={"bookingId": to_base64("Booking", 404)})
    assert others.code == "NOT_FOUND"
    assert others.body == nonexistent.body


# ------------------------------------------------------------------ internal errors


def test_an_internal_error_is_masked_and_logged(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = RuntimeError(SECRET)
    monkeypatch.setattr(sessions, "login", fail_with(error))
    response = api(LOGIN, input=LOGIN_INPUT)
    assert response.status == 200
    assert response.body == {
        "data": {"login": None},
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "locations": [{"line": 1, "column": 39}],
                "path": ["login"],
                "extensions": {
                    "code": "INTERNAL_SERVER_ERROR",
                    "requestId": response.headers["X-Request-ID"],
                },
            }
        ],
    }
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert record.exc_info[2] is not None
    assert record.__dict__["correlation_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), AssertionError(SECRET), KeyError(SECRET), RecursionError(SECRET)]
)
def test_the_text_of_an_internal_error_is_not_sent(
    api: Api, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(bookings, "book", fail_with(error))
    response = api.logged_in_as(buyer)(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"})
    assert response.code == "INTERNAL_SERVER_ERROR"
    assert SECRET not in json.dumps(response.body)


def test_an_internal_error_affects_only_its_own_field(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    movie = a_movie("Popcorn")
    monkeypatch.setattr(errors.BadUserInput, "__init__", fail_with(RuntimeError(SECRET)))
    document = 'query ($id: ID!) { movie(id: $id) { title } node(id: "garbage") { id } }'
    response = api(document, id=global_id(movie))
    assert response.code == "INTERNAL_SERVER_ERROR"
    assert response.body["data"] == {"movie": {"title": "Popcorn"}, "node": None}


def test_an_invalid_resolver_value_is_an_internal_error(
    api: Api, show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def availability(shows: list[Show]) -> dict[int, Availability]:
        times = (None, show.starts_at, show.ends_at, None)
        return {show.pk: Availability(*times, total=2**40, taken=0, now=clock.now()) for show in shows}

    monkeypatch.setattr(queries, "availability", availability)
    response = api("query ($id: ID!) { show(id: $id) { seatsTotal } }", id=global_id(show))
    assert response.code == "INTERNAL_SERVER_ERROR"
    assert message_of(response) == "Something went wrong on our side."
    assert len(caplog.records) == 1


def test_an_internal_error_outside_of_fields_is_masked(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("schema.engine.documents.validate", fail_with(RuntimeError(SECRET)))
    response = api("{ me { id email } }")
    assert response.code == "INTERNAL_SERVER_ERROR"
    assert response.body["errors"][0]["extensions"]["requestId"] == response.headers["X-Request-ID"]
    assert SECRET not in json.dumps(response.body)
    assert len(caplog.records) == 1


def test_the_request_id_of_the_client_is_used(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theaters, "add_theater", fail_with(RuntimeError(SECRET)))
    staff = api.logged_in_as(a_staff_member("add_theater"))
    request_id = uuid4().hex
    body = {"query": CREATE_THEATER, "variables": {"input": NEW_THEATER}}
    response = staff.post(body, **{"X-Request-ID": request_id})
    assert response.headers["X-Request-ID"] == request_id
    assert response.body["errors"][0]["extensions"]["requestId"] == request_id


def test_every_response_has_a_different_request_id(api: Api) -> None:
    ids = {api("{ me { id } }").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
