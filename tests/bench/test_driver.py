"""Sending requests with wrk, and parsing its output."""

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest

from tests.bench import driver
from tests.bench.driver import Load, Request, cpu_seconds, flooding, is_working, parse, run_wrk, wait_until_idle
from tests.machine import needs
from tests.waiting import wait_until

OUTPUT = """\
Running 1s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    10.00ms    2.00ms  30.00ms   90.00%
  120 requests in 1.50s, 30.00KB read
Requests/sec:     80.00
{"requests": 120, "microseconds": 1500000, "p50": 9500, "p95": 20000, "p99": 29750, "failed": 2, "responses": {"Booking": 117, "SeatsTaken": 3}}
"""  # noqa: E501 - one line of JSON


def test_output_of_wrk_is_read() -> None:
    assert parse(OUTPUT) == Load(
        requests=120,
        seconds=1.5,
        p50=9.5,
        p95=20.0,
        p99=29.75,
        failed=2,
        responses=Counter({"Booking": 117, "SeatsTaken": 3}),
    )


def test_output_without_counted_responses_is_read() -> None:
    line = '{"requests": 3, "microseconds": 1000000, "p50": 1, "p95": 1, "p99": 1, "failed": 0, "responses": {}}'
    assert parse(line).responses == Counter()


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request("/bare", address="10.0.0.7"), "GET\t/bare\t\t10.0.0.7\t"),
        (Request("/graphql", '{"query": "{ me }"}', token="abc"), 'POST\t/graphql\tabc\t10.0.0.1\t{"query": "{ me }"}'),
    ],
)
def test_request_becomes_a_line(request_: Request, line: str) -> None:
    assert request_.line() == line


class Echo(BaseHTTPRequestHandler):
    """Returns the body of each request as the `__typename`, and records requests."""

    protocol_version = "HTTP/1.1"
    received: list[tuple[str, str | None, str | None, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.received.append((self.path, self.headers["Authorization"], self.headers["X-Forwarded-For"], body))
        response = f'{{"data": {{"bookSeat": {{"__typename": "{body}"}}}}}}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[tuple[str, type[Echo]]]:
    handler = type("Handler", (Echo,), {"received": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()


def test_wrk_sends_the_requests_in_order_and_counts_responses(echo: tuple[str, type[Echo]]) -> None:
    needs(None if shutil.which("wrk") else "needs wrk: make system")
    address, handler = echo
    requests = [
        Request("/a", "Booking", token="one", address="10.0.0.1"),
        Request("/b", "SeatsTaken", token="two", address="10.0.0.2"),
    ]

    load = run_wrk(address, requests, clients=1, seconds=1, typenames=True)

    assert load.failed == 0
    assert load.requests == load.responses.total()
    assert set(load.responses) == {"Booking", "SeatsTaken"}
    assert abs(load.responses["Booking"] - load.responses["SeatsTaken"]) <= 1
    assert set(handler.received) == {
        ("/a", "Bearer one", "10.0.0.1", "Booking"),
        ("/b", "Bearer two", "10.0.0.2", "SeatsTaken"),
    }


BUSY = "import sys\nprint(flush=True)\nwhile True: pass"
IDLE = "import time\nprint(flush=True)\ntime.sleep(600)"


@contextmanager
def running(program: str) -> Iterator[int]:
    """Run a Python program. Yields its process ID when it has printed a line."""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)  # noqa: S603 - our own program
    assert process.stdout is not None
    with process.stdout as output:
        output.readline()
        yield process.pid
        process.kill()
        process.wait()


def test_process_that_computes_is_working() -> None:
    with running(BUSY) as pid:
        assert all(is_working(pid) for _ in range(100))


def test_process_that_waits_is_idle() -> None:
    with running(IDLE) as pid:
        wait_until_idle(pid)
        assert not is_working(pid)


def test_cpu_time_includes_ended_children() -> None:
    program = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'sum(range(30_000_000))'])\n" + IDLE
    with running(program) as pid:
        own = psutil.Process(pid).cpu_times()
        assert cpu_seconds(pid) > own.user + own.system


def test_flood_is_sent_while_the_context_is_open(echo: tuple[str, type[Echo]]) -> None:
    needs(None if shutil.which("wrk") else "needs wrk: make system")
    address, handler = echo

    with flooding(address, Request("/large", "SeatMap", address="10.2.0.1"), seconds=60):
        wait_until(lambda: len(handler.received) > driver.FLOOD_CONNECTIONS, what="requests")

    assert set(handler.received) == {("/large", None, "10.2.0.1", "SeatMap")}
