"""The programs in `examples/`, run as a user does."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from cinema.management.demo.accounts import DEMO_PASSWORD
from tests.serving import Server

pytestmark = pytest.mark.xdist_group("server")

PROGRAM = settings.BASE_DIR / "examples" / "book_tickets.py"


def book(server: Server, *answers: str, password: str = DEMO_PASSWORD) -> subprocess.CompletedProcess[str]:
    account = ("--username", "bob", "--password", password)
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", PROGRAM, "--url", f"{server.address}/graphql", *account],
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_booking_and_cancelling(server: Server) -> None:
    done = book(server, "many", "8", "2", "y", "y")

    assert done.returncode == 0, done.stderr
    show = r"^8\. \w{3} \d\d \w{3} \d\d:\d\d  .+ \(.+, .+, .+; \d+ seats left, from [\d.]+ \w+\)$"
    assert re.search(show, done.stdout, re.MULTILINE)
    assert "Enter a number from 1 to 8." in done.stdout
    booked = r"Held for 8 minutes\. Pay [\d.]+ \w+\?.*Booked\. Your reference is \w{8}\."
    assert re.search(booked, done.stdout, re.DOTALL)
    assert done.stdout.endswith("Cancelled.\n")


def test_releasing_the_seats(server: Server) -> None:
    done = book(server, "8", "2", "n")

    assert done.stdout.endswith("The seats are available again.\n")
    assert "Booked" not in done.stdout


def test_a_refusal_is_a_message(server: Server) -> None:
    done = book(server, password="wrong")

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Wrong username, email or password.\n")
