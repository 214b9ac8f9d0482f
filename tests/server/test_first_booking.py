"""Booking a seat end to end, with the server that `make run` starts."""

import signal
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.serving import Server, serving, started
from tests.waiting import wait_until

# All tests use one server, so they run in one process.
pytestmark = pytest.mark.xdist_group("server")

SIGNUP = """
mutation ($input: SignupInput!) {
  signup(input: $input) { ... on Session { accessToken user { username } } ... on Problem { message } }
}
"""
SHOWS = """
{ movies(first: 1, filter: { onSale: true }) { nodes { title
    shows(first: 4, filter: { bookable: true }) { nodes {
      id startsAt priceFrom { amount currency } seatMap { rows { seats { label category status } } }
    } } } } }
"""
BOOK = """
mutation ($input: BookSeatInput!) {
  bookSeat(input: $input) {
    __typename
    ... on Booking { id reference status tickets { seat } }
    ... on SeatsTaken { seats alternatives }
  }
}
"""
HOLD = """
mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ... on Booking { tickets { seat } } } }
"""
TIMELINE = "query ($show: ID!, $seat: String!) { seatTimeline(showId: $show, seat: $seat) { kind } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { ... on Session { accessToken } } }"
CANCEL = """
mutation ($input: CancelBookingInput!) {
  cancelBooking(input: $input) { __typename ... on Booking { status } ... on Problem { message } }
}
"""
MY_BOOKINGS = "{ myBookings { nodes { reference status } } }"


def signed_up(server: Server, username: str) -> str:
    response = server.post(
        SIGNUP, input={"username": username, "email": f"{username}@example.com", "password": "a-long-pass-phrase"}
    )
    return str(response["data"]["signup"]["accessToken"])


def timeline(server: Server, show: dict[str, Any], seat: str) -> list[str]:
    """The kinds of the seat's events, read as staff."""
    login = server.post(LOGIN, input={"username": "staff", "password": DEMO_PASSWORD})
    token = login["data"]["login"]["accessToken"]
    return [event["kind"] for event in server.post(TIMELINE, token, show=show["id"], seat=seat)["data"]["seatTimeline"]]


def tidy_process_of(server: Server) -> int:
    """The ID of the server's `tidy` process."""
    children = psutil.Process(server.process.pid).children()
    (process,) = [child for child in children if "tidy" in child.cmdline()]
    return int(process.pid)


def a_show(server: Server) -> dict[str, Any]:
    """The last of the first movie's next shows, so that its sale does not close during the test."""
    (movie,) = server.post(SHOWS)["data"]["movies"]["nodes"]
    return dict(movie["shows"]["nodes"][-1])


def free_seats(show: dict[str, Any]) -> list[str]:
    seats = [seat for row in show["seatMap"]["rows"] for seat in row["seats"]]
    return [seat["label"] for seat in seats if (seat["status"], seat["category"]) == ("AVAILABLE", "STANDARD")]


@pytest.mark.both
def test_sign_up_book_a_seat_and_cancel(server: Server) -> None:
    ann, ben = signed_up(server, "ann"), signed_up(server, "ben")
    show = a_show(server)
    seat = free_seats(show)[0]

    booking = server.post(BOOK, ann, input={"showId": show["id"], "seat": seat})["data"]["bookSeat"]
    assert (booking["status"], booking["tickets"]) == ("CONFIRMED", [{"seat": seat}])

    refusal = server.post(BOOK, ben, input={"showId": show["id"], "seat": seat})["data"]["bookSeat"]
    assert (refusal["__typename"], refusal["seats"]) == ("SeatsTaken", [seat])
    assert len(refusal["alternatives"]) == 1

    cancelled = server.post(CANCEL, ann, input={"bookingId": booking["id"]})["data"]["cancelBooking"]
    assert cancelled == {"__typename": "Booking", "status": "CANCELLED"}
    mine = server.post(MY_BOOKINGS, ann)["data"]["myBookings"]["nodes"]
    assert mine == [{"reference": booking["reference"], "status": "CANCELLED"}]

    again = server.post(BOOK, ben, input={"showId": show["id"], "seat": seat})["data"]["bookSeat"]
    assert again["status"] == "CONFIRMED"


@pytest.mark.both
def test_buyers_in_several_processes_never_get_the_same_seat(server: Server) -> None:
    tokens = [signed_up(server, f"racer{n}") for n in range(8)]
    show = a_show(server)

    def buy(token: str, seat: str) -> str:
        response = server.post(BOOK, token, input={"showId": show["id"], "seat": seat})
        return str(response["data"]["bookSeat"]["__typename"])

    with ThreadPoolExecutor(len(tokens)) as pool:
        for seat in free_seats(show)[-5:]:
            outcomes = Counter(pool.map(lambda token, seat=seat: buy(token, seat), tokens))
            assert outcomes == {"Booking": 1, "SeatsTaken": len(tokens) - 1}


def test_the_demo_accounts_can_log_in(server: Server) -> None:
    login = (
        "mutation ($input: LoginInput!) { login(input: $input) "
        "{ ... on Session { user { username isStaff } } ... on Problem { message } } }"
    )
    for username, is_staff in (("staff", True), ("alice", False), ("bob", False)):
        response = server.post(login, input={"username": username, "password": DEMO_PASSWORD})
        assert response["data"]["login"] == {"user": {"username": username, "isStaff": is_staff}}


def test_the_admin_is_served_with_its_styles(server: Server) -> None:
    with urllib.request.urlopen(f"{server.address}/admin/login/") as page:  # noqa: S310 - our own address
        html = page.read().decode()
    sheet = next(part for part in html.split('"') if part.startswith("/static/") and part.endswith(".css"))
    with urllib.request.urlopen(server.address + sheet) as styles:  # noqa: S310 - as above
        assert styles.status == 200
        assert styles.headers["Content-Type"].startswith("text/css")


@pytest.mark.deep
def test_expired_holds_are_released_while_the_server_runs(
    server: Server, environment: dict[str, str], tmp_path: Path
) -> None:
    """The event `EXPIRED` in the timeline is written only by the `tidy` process."""
    ann = signed_up(server, "tidy")
    show = a_show(server)
    with serving({**environment, "HOLD_MINUTES": "0.01"}, log=tmp_path / "server.log") as another:
        held = another.post(HOLD, ann, input={"showId": show["id"], "selection": {"bestAvailable": {"count": 1}}})[
            "data"
        ]["holdSeats"]
        process = tidy_process_of(another)
        wait_until(
            lambda: timeline(server, show, held["tickets"][0]["seat"]) == ["HELD", "EXPIRED"],
            what="the hold to be released",
        )
    wait_until(lambda: not psutil.pid_exists(process), what="the tidy process to end with the server")


# `make test` sends the signal in tests/management/test_supervision.py.
@pytest.mark.deep
def test_ctrl_c_stops_the_server_cleanly(server: Server, environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with serving(environment, log=log) as another:
        another.process.send_signal(signal.SIGINT)

        assert another.process.wait(timeout=30) == 0
    assert "Traceback" not in log.read_text()
    assert log.read_text().endswith("Stopped.\n")


@pytest.mark.deep
def test_ctrl_c_during_startup_stops_the_server(server: Server, environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with started(environment, log=log) as another:
        wait_until(lambda: "Press Ctrl-C to stop." in log.read_text(), what="the startup message")
        another.process.send_signal(signal.SIGINT)

        assert another.process.wait(timeout=30) == 0
