"""Traces for OpenTelemetry and reports for Sentry, as the real server sends them."""

import json
import urllib.error
import urllib.request

import psycopg
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.server.metrics import BOOK, SIGNUP, Measured
from tests.server.receiver import Receiver
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("server")

TRACES, REPORTS = "/v1/traces", "/api/1/envelope/"
ACCOUNT = {"username": "mata.hari", "email": "mata.hari@example.com", "password": "correct horse battery"}
# Something that is stored for another account only.
NAMED = "query Named($name: String!) { movies(filter: { search: $name }) { totalCount } }"


def spans(telemetry: Receiver) -> list[Span]:
    exported = [ExportTraceServiceRequest.FromString(body) for body in telemetry.bodies(TRACES)]
    return [
        span
        for each in exported
        for resource in each.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def reports(telemetry: Receiver) -> list[dict[str, object]]:
    """The events in the envelopes: lines of JSON, of which the third is the event."""
    found = [body.split(b"\n") for body in telemetry.bodies(REPORTS)]
    return [json.loads(lines[2]) for lines in found if json.loads(lines[1])["type"] == "event"]


def send_to_unknown_host(address: str) -> None:
    request = urllib.request.Request(f"{address}/", headers={"Host": "evil.example"})  # noqa: S310 - our own address
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)  # noqa: S310 - as above
    with refused.value as response:
        assert response.code == 400


def test_a_request_is_traced_to_its_statements(running: Measured, telemetry: Receiver) -> None:
    def operations() -> list[Span]:
        return [span for span in spans(telemetry) if span.name == "mutation bookSeat"]

    running.call(BOOK, seat=running.free_seats[3])
    wait_until(lambda: bool(operations()), what="the spans")
    operation = operations()[-1]
    of_trace = [span for span in spans(telemetry) if span.trace_id == operation.trace_id]
    (request,) = [span for span in of_trace if not span.parent_span_id]
    assert (request.name, request.span_id) == ("/graphql", operation.parent_span_id)
    statements = [span for span in of_trace if span.parent_span_id == operation.span_id]
    assert {span.name for span in statements} >= {"SELECT"}
    assert all(attribute.value.string_value for span in statements for attribute in span.attributes)


@pytest.mark.postgresql("adds a constraint to the table of another server")
def test_errors_are_reported_and_nothing_names_a_person(
    running: Measured, telemetry: Receiver, environment: dict[str, str]
) -> None:
    # To all processes of the server.
    for _ in range(4):
        send_to_unknown_host(running.server.address)
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
        database.execute("ALTER TABLE cinema_user ADD CONSTRAINT no_spies CHECK (username <> 'mata.hari')")
        try:
            response = running.server.post(SIGNUP, input=ACCOUNT)
        finally:
            database.execute("ALTER TABLE cinema_user DROP CONSTRAINT no_spies")
    (error,) = response["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    running.server.post(NAMED, running.token, name=ACCOUNT["email"])

    def reported() -> list[dict[str, object]]:
        request_id = error["extensions"]["requestId"]
        return [each for each in reports(telemetry) if each.get("tags") == {"request_id": request_id}]

    wait_until(lambda: bool(reported()), what="the report")
    (report,) = reported()
    assert "no_spies" in json.dumps(report["exception"])
    wait_until(lambda: "query movies" in {span.name for span in spans(telemetry)}, what="the span")
    sent = b"".join(body for _, body in telemetry.requests)
    assert {each["logger"] for each in reports(telemetry)}.isdisjoint({"django.security.DisallowedHost"})
    for secret in (*ACCOUNT.values(), running.token, "argon2", "measured@example.com"):
        where = sent.find(secret.encode())
        assert where < 0, sent[max(0, where - 300) : where + 100]
