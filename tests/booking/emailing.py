"""Fixtures and helpers of the tests of emails about bookings."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from cinema.booking import emails
from cinema.booking.email_queue import HistoryRead
from cinema.catalog import scheduling
from cinema.core import clock
from cinema.models import Show, User
from tests import situations


@pytest.fixture(autouse=True)
def begin() -> None:
    """The history is read from now on."""
    HistoryRead.objects.update_or_create(pk=1, defaults={"read_until": clock.now(), "reread_until": clock.now()})


@pytest.fixture
def buyer(db: None) -> User:
    return situations.a_user("ada", verified_email="ada@example.com")


@pytest.fixture
def show(db: None) -> Show:
    screen = situations.a_screen(theater=situations.a_theater("Europe/Lisbon"))
    return situations.a_show(screen=screen, movie=situations.a_movie("Alien & Co"))


def sent() -> list[str]:
    """Send every email that is due, and return their subjects."""
    sent_before = len(mail.outbox)
    emails.send_due(at_most=1000)
    return [str(message.subject) for message in mail.outbox[sent_before:]]


def last() -> tuple[str, str]:
    """The text and the HTML of the last email."""
    message: Any = mail.outbox[-1]
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return str(message.body), str(html)


def move_show(show: Show, hours: float) -> None:
    scheduling.reschedule(show_id=show.pk, starts_at=show.starts_at + timedelta(hours=hours))
    show.refresh_from_db()
