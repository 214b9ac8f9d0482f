"""Metrics of the real server, with several processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from cinema.booking.models import TicketEventKind
from cinema.management.metrics import database_state
from cinema.runtime.metrics import locks
from cinema.runtime.metrics.prometheus import EVENTS
from config.environment import BASE_DIR
from tests.monitoring import expressions, uses
from tests.server.metrics import BOOK, HOLD, TOKEN, Measured, get
from tests.serving import Server, started
from tests.sockets.client import INIT, open_socket, receive, send, subscribe_message
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("server")


def test_sales_and_refusals_are_counted(running: Measured) -> None:
    label, held = running.free_seats[:2]
    confirmed = running.value("cinema_seats_total", event="confirmed")
    refused = running.value("cinema_refusals_total", operation="bookSeat", problem="SeatsTaken")
    assert running.call(BOOK, seat=label) == {"bookSeat": {"__typename": "Booking"}}
    assert running.call(BOOK, seat=label) == {"bookSeat": {"__typename": "SeatsTaken"}}
    assert running.call(HOLD, selection={"seats": [held]}) == {"holdSeats": {"__typename": "Booking"}}
    assert running.value("cinema_seats_total", event="confirmed") == confirmed + 1
    assert running.value("cinema_bookings_total", event="held") == 1
    assert running.value("cinema_refusals_total", operation="bookSeat", problem="SeatsTaken") == refused + 1
    name = "cinema_operation_duration_seconds_count"
    assert running.value(name, operation="bookSeat", outcome="success") == confirmed + 1
    assert running.value(name, operation="bookSeat", outcome="refused") == refused + 1
    assert running.value(name, operation="holdSeats", outcome="success") == 1


def test_labels_do_not_contain_what_clients_send(running: Measured) -> None:
    before = running.value("cinema_http_request_duration_seconds_count")
    running.server.post("query Secret { secret: __typename }")
    running.server.post("{ secret }")
    running.server.post("{ movies { nodes { id } } theaters { nodes { id } } }")
    assert get(f"{running.server.address}/secret?secret")[0] == 404
    assert running.value("cinema_http_request_duration_seconds_count") == before + 4
    assert "ecret" not in running.scrape()
    name = "cinema_operation_duration_seconds_count"
    for operation, outcome in [
        ("__typename", "success"),
        ("invalid document", "client error"),
        ("several fields", "success"),
    ]:
        assert running.value(name, operation=operation, outcome=outcome) >= 1
    assert running.value("cinema_graphql_errors_total", code="GRAPHQL_VALIDATION_FAILED") >= 1
    assert running.value("cinema_http_request_duration_seconds_count", path="other", status="404") == 1


def test_the_state_of_the_database_is_measured(running: Measured) -> None:
    assert running.value("cinema_component_up", component="database") == 1
    assert running.value("cinema_queue_rows", queue="emails") >= 0
    scraped = running.scrape()
    assert 'cinema_queue_oldest_seconds{queue="emails"}' in scraped
    if connection.vendor == "postgresql":
        assert running.value("cinema_database_connections_max") > running.value("cinema_database_connections") > 1


def test_a_first_error_on_a_page_increases_a_counter(running: Measured) -> None:
    scraped = running.scrape()
    for path in ("graphql", "admin", "static", "other"):
        assert f'cinema_http_request_duration_seconds_count{{path="{path}",status="500"}} 0.0' in scraped


def test_every_event_is_counted_from_zero(running: Measured) -> None:
    assert {kind.lower() for kind in TicketEventKind.values} == set(EVENTS)
    assert f'cinema_bookings_total{{event="{EVENTS[-1]}"}} 0.0' in running.scrape()


@pytest.mark.postgresql("other databases have no number of connections")
@pytest.mark.django_db
def test_connections_of_other_programs_count() -> None:
    """They share the limit."""
    others = [psycopg.connect(os.environ["TEST_DATABASE_URL"]) for _ in range(8)]
    try:
        (used,) = (metric for metric in database_state.read() if metric.name == "cinema_database_connections")
    finally:
        for other in others:
            other.close()
    assert sum(sample.value for sample in used.samples) > len(others)


def test_connections_of_a_server_that_crashed_with_its_machine_are_not_open(tmp_path: Path) -> None:
    # Another process now has the ID.
    for name in ("gauge_livesum_1.db", "counter_1.db"):
        (tmp_path / name).touch()
    with locks.server(tmp_path):
        assert {path.name for path in tmp_path.glob("*.db")} == {"counter_1.db"}


def test_metrics_on_the_port_of_the_api_need_the_token(running: Measured) -> None:
    url = f"{running.server.address}/metrics"
    status, text = get(url, TOKEN)
    assert (status, "cinema_operation_duration_seconds_count" in text) == (200, True)
    for wrong in ("", "nonsense", TOKEN.upper()):
        status, text = get(url, wrong)
        assert (status, "cinema" in text) == (401, False)


@pytest.mark.deep
def test_a_second_server_in_the_same_directory_refuses_to_start(
    running: Measured, environment: dict[str, str], tmp_path: Path
) -> None:
    same = environment | {"METRICS_TOKEN": TOKEN, "METRICS_DIR": str(running.directory)}
    with started(same, log=tmp_path / "log") as server:
        assert server.process.wait(60) == 1
    assert "Another server uses METRICS_DIR" in (tmp_path / "log").read_text()


@pytest.mark.postgresql("other databases have no number of connections")
def test_alerts_and_dashboard_use_metrics_that_exist_and_are_documented(running: Measured) -> None:
    seat = running.free_seats[2]
    assert [running.call(BOOK, seat=seat)["bookSeat"]["__typename"] for _ in range(2)] == ["Booking", "SeatsTaken"]
    labels: dict[str, set[str]] = {}
    documented = set(re.findall(r"`(cinema_\w+)`", (BASE_DIR / "docs" / "monitoring.md").read_text()))
    names = set()
    for family in text_string_to_metric_families(running.scrape()):
        names.add(f"{family.name}_total" if family.type == "counter" else family.name)
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    assert names == documented
    for expression in expressions():
        for name, selected in uses(expression):
            assert name in labels, expression
            assert selected <= labels[name], expression


def test_counters_outlive_a_worker_and_its_connections_do_not(running: Measured) -> None:
    counted = running.value("cinema_operation_duration_seconds_count")
    crashes = running.value("cinema_process_restarts_total", process="worker")
    with open_socket(running.server) as client:
        send(client, INIT)
        receive(client)
        send(client, subscribe_message(running.show))
        receive(client)
        assert running.value("cinema_live_connections") == running.value("cinema_subscriptions") == 1
        worker_with_connection(running.server).kill()
        wait_until(lambda: running.value("cinema_live_connections") == 0, what="the end of the worker")
    wait_until(
        lambda: running.value("cinema_process_restarts_total", process="worker") == crashes + 1, what="the count"
    )
    # The HTTP server reports it in the format of the log.
    line = r"^\S+ \S+ ERROR _granian \[\S*\] Unexpected exit from worker-"
    assert re.search(line, running.server.log.read_text(), re.MULTILINE)
    assert running.value("cinema_subscriptions") == 0
    assert running.value("cinema_operation_duration_seconds_count") >= counted > 0


@pytest.mark.deep
def test_metrics_and_telemetry_are_off_by_default(server: Server) -> None:
    assert get(f"{server.address}/metrics")[0] == 404
    program = "import sys, django; django.setup(); import config.asgi; print(*sys.modules)"
    found = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    # The client of Redis imports other parts of OpenTelemetry, if it is installed.
    assert not {"prometheus_client", "opentelemetry.sdk.trace.export", "sentry_sdk"} & set(found.stdout.split())


def worker_with_connection(server: Server) -> psutil.Process:
    """The worker with an established connection, which is the WebSocket."""
    children = psutil.Process(server.process.pid).children()
    port = int(server.address.rpartition(":")[2])
    (found,) = [
        child
        for child in children
        for connection in child.net_connections()
        if connection.laddr.port == port and connection.status == psutil.CONN_ESTABLISHED
    ]
    return found
