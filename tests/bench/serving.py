"""The cost of a request by server, and of a seat change by number of subscribers.

The cost is CPU time of the server's processes, which does not depend on what else the machine does.
"""

import json
import resource
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psutil

from tests.bench.reporting import report
from tests.bench.subscribers import Subscribers, subscribers
from tests.proof.server import manage
from tests.serving import Server, new_database, new_environment, serving
from tests.waiting import wait_until

ROUNDS = 7
REQUESTS = 150
CHANGES = 20
SUBSCRIBERS = (1, 10, 100, 1000)
PLAIN = ("-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "config.wsgi:application")
FIRST_SHOW = "{ shows(first: 1, filter: { bookable: true }) { nodes { id } } }"
LOGIN = """
mutation { login(input: { username: "alice", password: "popcorn-and-a-movie" }) { ... on Session { accessToken } } }
"""
SEAT = "A1"
HOLD = """
mutation ($show: ID!) {
  holdSeats(input: { showId: $show, selection: { seats: ["A1"] } }) { ... on Booking { id } }
}
"""
CANCEL = "mutation ($booking: ID!) { cancelBooking(input: { bookingId: $booking }) { __typename } }"
DOCUMENTS = {
    "an empty query": "{ __typename }",
    "ten shows": "{ shows(first: 10) { nodes { id startsAt movie { title } priceFrom { amount } } } }",
}


@dataclass
class Way:
    name: str
    server: Server
    costs: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in DOCUMENTS})


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        environment = new_environment(stack.enter_context(new_database(folder)))
        environment["SOCKETS_PER_ADDRESS"] = str(SUBSCRIBERS[-1])
        manage("migrate", "--verbosity", "0", environment=environment)
        manage("load_demo", "--if-empty", environment=environment)
        plain = stack.enter_context(serving(environment, log=folder / "plain.log", program=PLAIN))
        ours = stack.enter_context(serving(environment, log=folder / "ours.log"))
        watched = stack.enter_context(serving(environment, log=folder / "watched.log"))
        show = ours.post(FIRST_SHOW)["data"]["shows"]["nodes"][0]["id"]
        with subscribers(watched.address, show, many=SUBSCRIBERS[-1]):
            requests([Way("plain WSGI", plain), Way("make run", ours), Way("make run, 1,000 subscribers", watched)])
        changes(ours, show)


def requests(ways: Sequence[Way]) -> None:
    for _ in range(ROUNDS):
        for way in ways:
            for name, document in DOCUMENTS.items():
                way.costs[name].append(cost(way.server, partial(ask, way.server, document)))
    report(f"cost of a request, as a ratio to {ways[0].name}:")
    for name in DOCUMENTS:
        first = statistics.median(ways[0].costs[name])
        for way in ways[1:]:
            report(f"  {name}, {way.name}: {statistics.median(way.costs[name]) / first:.2f}")


def changes(server: Server, show: str) -> None:
    """A seat is held and released; the subscribers receive both changes."""
    token = server.post(LOGIN)["data"]["login"]["accessToken"]
    costs = {}
    for many in (0, *SUBSCRIBERS):
        with subscribers(server.address, show, many=many) as group:
            costs[many] = cost(server, partial(change, server, show, token, group)) / CHANGES
    report("cost of a seat change by number of subscribers, as a ratio to none:")
    for many in SUBSCRIBERS:
        report(f"  {many}: {costs[many] / costs[0]:.1f}")


def ask(server: Server, document: str) -> None:
    """Send the document many times over one connection."""
    body = json.dumps({"query": document})
    with closing(HTTPConnection(urlsplit(server.address).netloc, timeout=30)) as connection:
        for _ in range(REQUESTS):
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            with connection.getresponse() as response:
                assert b'"data"' in response.read()


def change(server: Server, show: str, token: str, group: Subscribers) -> None:
    for _ in range(CHANGES // 2):
        hold = server.post(HOLD, token, show=show)["data"]["holdSeats"]["id"]
        wait_until(lambda: group.all_see(SEAT, "HELD"), what="all subscribers to receive the change")
        server.post(CANCEL, token, booking=hold)
        wait_until(lambda: group.all_see(SEAT, "AVAILABLE"), what="all subscribers to receive the change")


def cost(server: Server, act: Callable[[], None]) -> float:
    """The CPU seconds that the server's processes spend on `act`."""
    before = _cpu_time(server)
    act()
    return _cpu_time(server) - before


def _cpu_time(server: Server) -> float:
    leader = psutil.Process(server.process.pid)
    children = [child for child in leader.children(recursive=True) if "--loop" not in child.cmdline()]
    times = [process.cpu_times() for process in (leader, *children)]
    return float(sum(each.user + each.system for each in times))
