"""The commands of the README, run with a shell, curl and the demo data."""

import re
import shlex
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import API, README, blocks
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")


def first_booking(server: Server) -> str:
    (script,) = (block for block in blocks(README, "sh") if "bookSeat" in block)
    return script.replace("127.0.0.1:8000", urlsplit(server.address).netloc)


def output(script: str) -> str:
    done = subprocess.run(["bash", "-euc", f"TOKEN=\n{script}"], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603, S607 - the commands of the README
    return done.stdout


def test_the_first_booking_works_as_written(server: Server) -> None:
    lines = output(first_booking(server))

    assert "errors" not in lines
    shows, booked, taken, cancelled, mine = lines.splitlines()
    assert '"startsAt"' in shows
    assert '"__typename":"Booking"' in booked
    assert '"seats":["C4"]' in taken
    assert re.search(r'"alternatives":\["\w+"\]', taken)
    assert cancelled == '{"data":{"cancelBooking":{"status":"CANCELLED"}}}'
    assert '"tickets":[{"seat":"C4","status":"CANCELLED"}]' in mine


def test_the_api_function_sends_a_document_of_several_lines_with_strings(server: Server) -> None:
    function, _, _ = first_booking(server).partition("\n\n")
    login = blocks(API, "graphql")[0]
    assert "\n" in login.strip()
    assert '"alice"' in login

    response = output(f"{function}\napi {shlex.quote(login)}")

    assert '"user":{"username":"alice"}' in response
