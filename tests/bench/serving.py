"""What a request costs, by how it is served; and a change of a seat, by how many look on.

Told in CPU time of the server's processes, which does not depend on what else the machine is doing.
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

from tests.bench.onlookers import Onlookers, onlookers
from tests.bench.telling import tell
from tests.proof.server import manage
from tests.serving import Server, new_database, new_environment, serving
from tests.waiting import wait_until

ROUNDS = 7
REQUESTS = 150
CHANGES = 20
LOOKING_ON = (1, 10, 100, 1000)
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
        environment["SOCKETS_PER_ADDRESS"] = str(LOOKING_ON[-1])
        manage("migrate", "--verbosity", "0", environment=environment)
        manage("load_demo", "--if-empty", environment=environment)
        plain = stack.enter_context(serving(environment, log=folder / "plain.log", program=PLAIN))
        ours = stack.enter_context(serving(environment, log=folder / "ours.log"))
        watched = stack.enter_context(serving(environment, log=folder / "watched.log"))
        show = ours.post(FIRST_SHOW)["data"]["shows"]["nodes"][0]["id"]
        with onlookers(watched.address, show, many=LOOKING_ON[-1]):
            requests([Way("plain WSGI", plain), Way("make run", ours), Way("make run, 1,000 looking on", watched)])
        changes(ours, show)


def requests(ways: Sequence[Way]) -> None:
    for _ in range(ROUNDS):
        for way in ways:
            for name, document in DOCUMENTS.items():
                way.costs[name].append(cost(way.server, partial(ask, way.server, document)))
    tell(f"a request, as a ratio to {ways[0].name}:")
    for name in DOCUMENTS:
        first = statistics.median(ways[0].costs[name])
        for way in ways[1:]:
            tell(f"  {name}, {way.name}: {statistics.median(way.costs[name]) / first:.2f}")


def changes(server: Server, show: str) -> None:
    """A seat is held and given back; those who look on are told of both."""
    token = server.post(LOGIN)["data"]["login"]["accessToken"]
    costs = {}
    for many in (0, *LOOKING_ON):
        with onlookers(server.address, show, many=many) as group:
            costs[many] = cost(server, partial(change, server, show, token, group)) / CHANGES
    tell("a change that so many look on at, as a ratio to one that nobody does:")
    for many in LOOKING_ON:
        tell(f"  {many}: {costs[many] / costs[0]:.1f}")


def ask(server: Server, document: str) -> None:
    """Many times, over one connection."""
    body = json.dumps({"query": document})
    with closing(HTTPConnection(urlsplit(server.address).netloc, timeout=30)) as connection:
        for _ in range(REQUESTS):
            connection.request("POST", "/graphql", body, {"Content-Type": "application/json"})
            with connection.getresponse() as response:
                assert b'"data"' in response.read()


def change(server: Server, show: str, token: str, group: Onlookers) -> None:
    for _ in range(CHANGES // 2):
        hold = server.post(HOLD, token, show=show)["data"]["holdSeats"]["id"]
        wait_until(lambda: group.all_see(SEAT, "HELD"), what="all are told")
        server.post(CANCEL, token, booking=hold)
        wait_until(lambda: group.all_see(SEAT, "AVAILABLE"), what="all are told")


def cost(server: Server, act: Callable[[], None]) -> float:
    """CPU time in seconds that the server's processes spend on it."""
    before = _cpu_time(server)
    act()
    return _cpu_time(server) - before


def _cpu_time(server: Server) -> float:
    leader = psutil.Process(server.process.pid)
    children = [child for child in leader.children(recursive=True) if "--loop" not in child.cmdline()]
    times = [process.cpu_times() for process in (leader, *children)]
    return float(sum(each.user + each.system for each in times))
