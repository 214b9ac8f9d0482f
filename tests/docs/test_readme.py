"""The first booking of the README, run with a shell, curl and the demo data."""

import re
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import README, blocks
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")


def test_the_first_booking_works_as_written(server: Server) -> None:
    (script,) = (block for block in blocks(README, "sh") if "bookSeat" in block)
    script = script.replace("127.0.0.1:8000", urlsplit(server.address).netloc)

    done = subprocess.run(["bash", "-euc", f"TOKEN=\n{script}"], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603, S607 - the commands of the README

    assert "errors" not in done.stdout
    shows, booked, taken, cancelled, mine = done.stdout.splitlines()
    assert '"startsAt"' in shows
    assert '"__typename":"Booking"' in booked
    assert '"seats":["C4"]' in taken
    assert re.search(r'"alternatives":\["\w+"\]', taken)
    assert cancelled == '{"data":{"cancelBooking":{"status":"CANCELLED"}}}'
    assert '"tickets":[{"seat":"C4","status":"CANCELLED"}]' in mine
