"""A server that receives SIGTERM completes the requests in progress, and ends event streams."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.proof import fixtures
from tests.serving import Server, serving
from tests.sockets.client import event_stream_request, raw_connection
from tests.waiting import wait_until

pytestmark = [pytest.mark.xdist_group("server"), pytest.mark.postgresql]

BOOK = "mutation ($input: BookSeatInput!) { bookSeat(input: $input) { __typename } }"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def accepts_connections(server: Server) -> bool:
    address = urlsplit(server.address)
    with suppress(OSError), socket.create_connection((str(address.hostname), address.port or 0), timeout=5):
        return True
    return False


@pytest.mark.deep
def test_a_booking_in_progress_is_completed(environment: dict[str, str], tmp_path: Path) -> None:
    created = fixtures.create(environment, users=1, shows=1)
    (buyer,), (show,) = created.users, created.shows
    booked = "SELECT count(*) FROM cinema_booking WHERE user_id = %s"
    with (
        psycopg.connect(environment["DATABASE_URL"]) as lock,
        psycopg.connect(environment["DATABASE_URL"], autocommit=True) as observer,
        serving(environment, log=tmp_path / "log") as server,
        ThreadPoolExecutor(1) as pool,
        raw_connection(server) as watching,
    ):
        watching.sendall(event_stream_request(show.global_id))
        assert watching.recv(65_536).startswith(b"HTTP/1.1 200")
        lock.execute("SELECT FROM cinema_user WHERE id = %s FOR UPDATE", [buyer.id])
        call = pool.submit(server.post, BOOK, buyer.token, input={"showId": show.global_id, "seat": show.seats[0]})
        wait_until(lambda: observer.execute(WAITING).fetchone() == (1,), what="the booking to wait for the lock")
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not accepts_connections(server), what="the server to stop accepting connections")
        had_ended = call.done()
        lock.rollback()

        # On a very slow machine, the booking can exceed the lock timeout.
        result = call.result()["data"]["bookSeat"]["__typename"]
        assert result == "Busy" or (result == "Booking" and not had_ended)
        assert observer.execute(booked, [buyer.id]).fetchone() == (int(result == "Booking"),)
        # The server does not wait for event streams.
        assert b"The server stops." in b"".join(iter(lambda: watching.recv(65_536), b""))
        assert server.process.wait(30) == 0
