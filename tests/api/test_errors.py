import json
import logging
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest
from strawberry.relay.utils import to_base64

from cinema.accounts import sessions
from cinema.booking import bookings, queries
from cinema.booking.queries import Availability
from cinema.booking.status import ShowStatus
from cinema.catalog import houses
from cinema.models import Show, User
from schema import errors
from tests.conftest import Answer, Api, global_id
from tests.situations import PASSWORD, a_booking, a_movie, a_show, a_staff_member, a_user, in_hours
from tests.stored import nothing_changes

SECRET = "the password of the database is swordfish"
LOGIN = "mutation Login($input: LoginInput!) { login(input: $input) { __typename } }"
SIGNUP = "mutation Signup($input: SignupInput!) { signup(input: $input) { __typename } }"
BOOK_SEAT = "mutation Book($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
CANCEL_BOOKING = "mutation Cancel($input: CancelBookingInput!) { cancelBooking(input: $input) { __typename } }"
CREATE_THEATER = "mutation Create($input: CreateTheaterInput!) { createTheater(input: $input) { __typename } }"
CREATE_SHOW = """
mutation Create($input: CreateShowInput!) {
  createShow(input: $input) { __typename ... on Show { startsAt } ... on InvalidInput { message } }
}
"""
NEW_THEATER = {"name": "Roma", "city": "Lisbon", "timeZone": "Europe/Lisbon"}
LOGIN_INPUT = {"username": "ada", "password": PASSWORD}


def post(api: Api, body: str | bytes, content_type: str = "application/json") -> Answer:
    """A body as it is, whatever it is."""
    data = body if isinstance(body, bytes) else body.encode()
    response = api.client.generic("POST", "/graphql", data, content_type=content_type)
    assert response.headers["Content-Type"] == "application/json"
    return Answer(response.status_code, response.json(), response.headers)


def get(api: Api, **parameters: str) -> Answer:
    response = api.client.get("/graphql", parameters, headers={"Accept": "application/json"})
    assert response.headers["Content-Type"] == "application/json"
    return Answer(response.status_code, response.json(), response.headers)


def message_of(answer: Answer) -> str:
    (error,) = answer.body["errors"]
    return str(error["message"])


def fail_with(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


# ------------------------------------------------------------------ documents


@pytest.mark.parametrize(
    "document", ["{", "{ me { id }", "query {", "nonsense", "{ me { id } } }", "#", '{ a(b: "\\uD800") }']
)
def test_a_document_that_cannot_be_parsed(api: Api, document: str) -> None:
    answer = api(document)
    assert answer.code == "GRAPHQL_PARSE_FAILED"
    assert answer.body["data"] is None
    assert message_of(answer).startswith("Syntax Error: ")


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
def test_a_document_that_does_not_fit_the_schema(api: Api, document: str) -> None:
    answer = api(document)
    assert {error["extensions"]["code"] for error in answer.body["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    assert answer.body["data"] is None


def test_after_an_answer_the_next_mistake_is_still_told_apart(api: Api) -> None:
    api("{ me { id } }")
    assert api("{ nothing }").code == "GRAPHQL_VALIDATION_FAILED"
    assert api("{").code == "GRAPHQL_PARSE_FAILED"


# ------------------------------------------------------------------ variables and arguments


@pytest.mark.parametrize(
    ("declared", "field", "value"),
    [
        ("Int", "movies(first: $value)", "5"),
        ("Int", "movies(first: $value)", 1.5),
        ("Int", "movies(first: $value)", 2**40),
        ("String", "movies(after: $value)", 5),
        ("MovieOrder", "movies(orderBy: $value)", "LOUDEST"),
        ("MovieOrder", "movies(orderBy: $value)", 5),
        ("MovieFilter", "movies(filter: $value)", "drama"),
        ("MovieFilter", "movies(filter: $value)", {"nothing": 1}),
        ("MovieFilter", "movies(filter: $value)", {"onSale": "yes"}),
        ("Date", "shows(filter: { date: $value })", "tomorrow"),
        ("Date", "shows(filter: { date: $value })", "2026-02-30"),
        ("Date", "shows(filter: { date: $value })", 20260301),
        ("DateTime", "shows(filter: { from: $value })", "tomorrow"),
        ("DateTime", "shows(filter: { from: $value })", 1772393400),
        ("DateTime", "shows(filter: { from: $value })", {}),
        ("DateTime", "shows(filter: { from: $value })", "2026-13-01T00:00:00Z"),
        ("DateTime", "shows(filter: { from: $value })", "0001-01-01T00:00:00+14:00"),
        ("ShowFormat", "shows(filter: { format: $value })", "two_d"),
        ("ID", "movies(filter: { theaterId: $value })", True),
    ],
)
def test_a_variable_that_is_not_of_its_type(api: Api, declared: str, field: str, value: Any) -> None:
    answer = api(f"query ($value: {declared}) {{ {field} {{ totalCount }} }}", value=value)
    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["data"] is None
    assert message_of(answer).startswith("Variable '$value' got invalid value")


def test_a_variable_that_is_missing(api: Api) -> None:
    answer = api("query ($id: ID!) { movie(id: $id) { title } }")
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == "Variable '$id' of required type 'ID!' was not provided."


def test_a_variable_that_is_null_where_the_argument_is_not(api: Api) -> None:
    answer = api('query ($id: ID = "x") { movie(id: $id) { title } }', id=None)
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == "Argument 'id' of non-null type 'ID!' must not be null."


def test_the_client_is_not_logged_for_its_mistakes(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for document in ("{", "{ nothing }", "{ movies(first: -1) { totalCount } }", "{ myBookings { totalCount } }"):
        api(document)
    api("query ($first: Int) { movies(first: $first) { totalCount } }", first="one")
    assert caplog.records == []


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udfff\ud800"])
@pytest.mark.parametrize("field", ["username", "password"])
def test_text_that_cannot_be_stored_is_refused(api: Api, field: str, text: str) -> None:
    with nothing_changes():
        answer = api(LOGIN, input={**LOGIN_INPUT, field: text})
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == "Text cannot contain NUL, nor half of a surrogate pair."


def test_characters_beyond_the_basic_plane_are_text_like_any_other(api: Api) -> None:
    a_movie("🍿 Popcorn")
    document = "query ($search: String) { movies(filter: { search: $search }) { nodes { title } } }"
    assert api(document, search="🍿").data == {"movies": {"nodes": [{"title": "🍿 Popcorn"}]}}


@pytest.mark.parametrize(
    "id", ["", "5", "garbage", "é", "TW92aWU6", to_base64("Movie", "x"), to_base64("Movie", "9" * 30)]
)
def test_what_is_no_id_is_refused(api: Api, id: str) -> None:  # noqa: A002 - the name of the argument
    answer = api("query ($id: ID!) { movie(id: $id) { title } }", id=id)
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == f"{id!r} is not an id."


def test_the_id_of_another_type_is_refused(api: Api) -> None:
    show = a_show()
    answer = api("query ($id: ID!) { movie(id: $id) { title } }", id=global_id(show))
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == f"{global_id(show)!r} is the id of a Show, not of a Movie."


def test_the_id_of_another_type_is_refused_by_a_mutation(api: Api, show: Show, buyer: User) -> None:
    as_buyer = api.signed_in(buyer)
    with nothing_changes():
        answer = as_buyer(BOOK_SEAT, input={"showId": global_id(show.movie), "seat": "A1"})
    assert answer.code == "BAD_USER_INPUT"


# ------------------------------------------------------------------ times


def test_a_time_without_an_offset_is_refused(api: Api) -> None:
    document = "query ($from: DateTime) { shows(filter: { from: $from }) { totalCount } }"
    answer = api(document, **{"from": "2026-03-01T19:30:00"})
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == (
        "Variable '$from' got invalid value '2026-03-01T19:30:00'; '2026-03-01T19:30:00' has no offset; "
        "write 2026-03-01T19:30:00Z or 2026-03-01T20:30:00+01:00."
    )


def test_a_time_with_another_offset_is_the_same_moment_in_utc(api: Api) -> None:
    screen = a_show().screen
    staff = api.signed_in(a_staff_member("add_show"))
    starts_at = in_hours(48)
    in_kathmandu = starts_at.astimezone(timezone(timedelta(hours=5, minutes=45)))
    prices = [
        {"category": category, "amount": "10.00"} for category in ("STANDARD", "PREMIUM", "WHEELCHAIR", "COMPANION")
    ]
    answer = staff(
        CREATE_SHOW,
        input={
            "movieId": global_id(a_movie()),
            "screenId": global_id(screen),
            "startsAt": in_kathmandu.isoformat(),
            "prices": prices,
        },
    )
    assert answer.data == {"createShow": {"__typename": "Show", "startsAt": starts_at.isoformat()}}
    assert starts_at.isoformat().endswith("+00:00")


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+05:45", "-11:00"])
def test_a_moment_is_the_same_whatever_offset_it_is_told_in(api: Api, offset: str) -> None:
    show = a_show()
    zone = UTC if offset == "Z" else datetime.fromisoformat(f"2026-01-01T00:00:00{offset}").tzinfo
    document = """
      query ($from: DateTime, $until: DateTime) { shows(filter: { from: $from, until: $until }) { totalCount } }
    """
    start, later = (
        moment.astimezone(zone).isoformat().replace("+00:00", "Z" if offset == "Z" else "+00:00")
        for moment in (show.starts_at, show.starts_at + timedelta(seconds=1))
    )
    assert api(document, **{"from": start, "until": later}).data == {"shows": {"totalCount": 1}}
    assert api(document, **{"from": later}).data == {"shows": {"totalCount": 0}}
    assert api(document, until=start).data == {"shows": {"totalCount": 0}}


# ------------------------------------------------------------------ who may what


@pytest.mark.parametrize("field", ["myBookings { totalCount }", 'booking(reference: "K7QD3WXM") { id }'])
def test_an_anonymous_caller_is_asked_to_sign_in(api: Api, field: str) -> None:
    answer = api(f"{{ {field} }}")
    assert answer.code == "UNAUTHENTICATED"
    assert message_of(answer) == "Sign in first, and send the access token as `Authorization: Bearer <token>`."


def test_an_anonymous_caller_of_a_mutation_is_asked_to_sign_in(api: Api, show: Show) -> None:
    with nothing_changes():
        assert api(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"}).code == "UNAUTHENTICATED"
        assert api(CREATE_THEATER, input=NEW_THEATER).code == "UNAUTHENTICATED"


def test_a_token_that_is_no_good_is_not_taken_for_an_anonymous_caller(api: Api) -> None:
    api.token = "garbage"
    answer = api("{ me { id } }")
    assert answer.code == "UNAUTHENTICATED"
    assert message_of(answer) == "The access token is not valid. Please sign in again."


def test_a_token_that_has_expired_is_told_apart(api: Api, buyer: User, settings: Any) -> None:
    settings.GRAPHQL_JWT = settings.GRAPHQL_JWT | {"JWT_EXPIRATION_DELTA": timedelta(seconds=-1)}
    as_buyer = api.signed_in(buyer)
    for document in ("{ me { id } }", "{ myBookings { totalCount } }"):
        answer = as_buyer(document)
        assert answer.code == "TOKEN_EXPIRED"
        assert message_of(answer) == "The access token has expired. Refresh it."


def test_a_caller_without_the_permission_is_told_which(api: Api, buyer: User) -> None:
    for user in (buyer, a_staff_member("change_theater")):
        as_user = api.signed_in(user)
        with nothing_changes():
            answer = as_user(CREATE_THEATER, input=NEW_THEATER)
        assert answer.code == "FORBIDDEN"
        assert message_of(answer) == "This takes the permission cinema.add_theater."


def test_a_thing_that_is_not_there(api: Api, buyer: User) -> None:
    as_buyer = api.signed_in(buyer)
    with nothing_changes():
        answer = as_buyer(BOOK_SEAT, input={"showId": to_base64("Show", 404), "seat": "A1"})
    assert answer.code == "NOT_FOUND"
    assert message_of(answer) == "There is no such show."


def test_a_thing_of_somebody_else_is_not_there(api: Api, buyer: User) -> None:
    somebody_elses = a_booking("A1", by=a_user())
    as_buyer = api.signed_in(buyer)
    with nothing_changes():
        theirs = as_buyer(CANCEL_BOOKING, input={"bookingId": global_id(somebody_elses)})
        nobodys = as_buyer(CANCEL_BOOKING, input={"bookingId": to_base64("Booking", 404)})
    assert theirs.code == "NOT_FOUND"
    assert theirs.body == nobodys.body


# ------------------------------------------------------------------ what is ours


def test_an_unforeseen_exception_is_masked_and_can_be_found_in_the_log(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    error = RuntimeError(SECRET)
    monkeypatch.setattr(sessions, "login", fail_with(error))
    answer = api(LOGIN, input=LOGIN_INPUT)
    assert answer.status == 200
    assert answer.body == {
        "data": None,
        "errors": [
            {
                "message": "Something went wrong on our side.",
                "locations": [{"line": 1, "column": 39}],
                "path": ["login"],
                "extensions": {
                    "code": "INTERNAL_SERVER_ERROR",
                    "requestId": answer.headers["X-Request-ID"],
                },
            }
        ],
    }
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert record.exc_info[2] is not None
    assert record.__dict__["correlation_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), AssertionError(SECRET), KeyError(SECRET), RecursionError(SECRET)]
)
def test_the_text_of_an_unforeseen_exception_stays_here(
    api: Api, show: Show, buyer: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(bookings, "book", fail_with(error))
    answer = api.signed_in(buyer)(BOOK_SEAT, input={"showId": global_id(show), "seat": "A1"})
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert SECRET not in json.dumps(answer.body)


def test_an_unforeseen_exception_spoils_only_its_own_field(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    movie = a_movie("Popcorn")
    monkeypatch.setattr(errors.BadUserInput, "__init__", fail_with(RuntimeError(SECRET)))
    document = 'query ($id: ID!) { movie(id: $id) { title } node(id: "garbage") { id } }'
    answer = api(document, id=global_id(movie))
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert answer.body["data"] == {"movie": {"title": "Popcorn"}, "node": None}


def test_a_value_that_does_not_fit_the_schema_is_ours(
    api: Api, show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def availability(shows: list[Show]) -> dict[int, Availability]:
        return {show.pk: Availability(total=2**40, available=0, status=ShowStatus.SOLD_OUT) for show in shows}

    monkeypatch.setattr(queries, "availability", availability)
    answer = api("query ($id: ID!) { show(id: $id) { seatsTotal } }", id=global_id(show))
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert message_of(answer) == "Something went wrong on our side."
    assert len(caplog.records) == 1


def test_an_exception_outside_of_every_field_is_masked_as_well(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("strawberry.schema.schema.validate_document", fail_with(RuntimeError(SECRET)))
    answer = api("{ me { id } }")
    assert answer.code == "INTERNAL_SERVER_ERROR"
    assert answer.body["errors"][0]["extensions"]["requestId"] == answer.headers["X-Request-ID"]
    assert SECRET not in json.dumps(answer.body)
    assert len(caplog.records) == 1


def test_a_request_keeps_the_id_it_came_with(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "add_theater", fail_with(RuntimeError(SECRET)))
    staff = api.signed_in(a_staff_member("add_theater"))
    request_id = uuid4().hex
    body = {"query": CREATE_THEATER, "variables": {"input": NEW_THEATER}}
    answer = staff.post(body, **{"X-Request-ID": request_id})
    assert answer.headers["X-Request-ID"] == request_id
    assert answer.body["errors"][0]["extensions"]["requestId"] == request_id


def test_every_answer_has_a_request_id_of_its_own(api: Api) -> None:
    ids = {api("{ me { id } }").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


# ------------------------------------------------------------------ HTTP


def test_a_query_can_be_asked_with_get(api: Api, buyer: User) -> None:
    as_buyer = api.signed_in(buyer)
    response = as_buyer.client.get(
        "/graphql",
        {"query": "query ($first: Int) { me { username } movies(first: $first) { totalCount } }", "variables": "{}"},
        headers={"Authorization": f"Bearer {as_buyer.token}"},
    )
    assert response.json() == {"data": {"me": {"username": buyer.username}, "movies": {"totalCount": 0}}}


def test_a_mutation_cannot_be_done_with_get(api: Api) -> None:
    variables = json.dumps({"input": {"username": "ada", "email": "ada@example.com", "password": PASSWORD}})
    with nothing_changes():
        answer = get(api, query=SIGNUP, variables=variables)
    assert answer.status == 400
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == "mutations are not allowed when using GET"


def test_a_mutation_beside_a_query_cannot_be_done_with_get(api: Api) -> None:
    variables = json.dumps({"input": {"username": "ada", "email": "ada@example.com", "password": PASSWORD}})
    document = f"query Me {{ me {{ id }} }} {SIGNUP}"
    with nothing_changes():
        assert get(api, query=document, variables=variables, operationName="Signup").status == 400
    assert get(api, query=document, variables=variables, operationName="Me").data == {"me": None}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        "null",
        "5",
        '"{ me { id } }"',
        "[]",
        '[{"query": "{ me { id } }"}]',
        "{}",
        '{"query": null}',
        '{"query": ""}',
        '{"query": 5}',
        '{"query": ["{ me { id } }"]}',
        '{"query": "{ me { id } }", "variables": []}',
        '{"query": "{ me { id } }", "variables": "{}"}',
        '{"query": "{ me { id } }", "extensions": 5}',
        '{"query": "{ me { id } }", "operationName": "Me"}',
        '{"query": "fragment Me on User { id }"}',
        "[" * 5_000,
        '{"query": "{ me { id } }", "variables": {"a": ' + "[" * 5_000,
        b'{"query": "\xff"}',
        "{}".encode("utf-16"),
    ],
)
def test_a_body_that_makes_no_sense_is_a_bad_request(api: Api, body: str | bytes) -> None:
    answer = post(api, body)
    assert answer.status == 400
    assert answer.code == "BAD_USER_INPUT"
    assert answer.body["errors"][0]["extensions"]["requestId"] == answer.headers["X-Request-ID"]
    assert "data" not in answer.body


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql"],
)
def test_a_body_of_another_type_is_a_bad_request(api: Api, content_type: str) -> None:
    answer = post(api, '{"query": "{ me { id } }"}', content_type)
    assert answer.status == 400
    assert message_of(answer) == "Unsupported content type"


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    answer = post(api, json.dumps({"query": "{ me { id } }", "variables": {"a": "x" * 3_000_000}}))
    assert answer.status == 413
    assert answer.code == "BAD_USER_INPUT"
    assert message_of(answer) == "The request is too large."


def test_variables_in_the_url_that_make_no_sense_are_a_bad_request(api: Api) -> None:
    for variables in ("x", "[]", "5", "{"):
        answer = get(api, query="{ me { id } }", variables=variables)
        assert answer.status == 400
        assert answer.code == "BAD_USER_INPUT"


def test_null_variables_in_the_url_are_none(api: Api) -> None:
    assert get(api, query="{ me { id } }", variables="null").data == {"me": None}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_allowed(api: Api, method: str) -> None:
    response = api.client.generic(method, "/graphql", b'{"query": "{ me { id } }"}', content_type="application/json")
    assert response.status_code == 405
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_deeply_nested_variables_are_an_error_of_the_client(api: Api) -> None:
    nested: Any = "x"
    for _ in range(500):
        nested = [nested]
    answer = api("query ($filter: MovieFilter) { movies(filter: $filter) { totalCount } }", filter={"search": nested})
    assert answer.code == "BAD_USER_INPUT"


def test_no_answer_sets_a_cookie(api: Api, show: Show, buyer: User) -> None:
    login = {"query": LOGIN, "variables": {"input": {"username": buyer.username, "password": PASSWORD}}}
    seat_map = {
        "query": "query ($id: ID!) { show(id: $id) { seatMap { cursor } } }",
        "variables": {"id": global_id(show)},
    }
    for body in (login, seat_map, {"query": "{ me { id } }"}, {"query": "{ nothing }"}, {}):
        response = api.client.post("/graphql", body, content_type="application/json")
        assert not response.cookies
