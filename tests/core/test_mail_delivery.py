"""Emails to a mail server that speaks SMTP. `tests/accounts/test_sending_emails.py` has the other failures."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMessage

from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.core import clock, mail_delivery, queue
from cinema.core.errors import Busy
from cinema.core.queue import QueuedRow
from tests.accounts.mailing import enqueue, send_due, waiting
from tests.mail_server import MailServer, mail_server
from tests.situations import a_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = False
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def _three_emails(db: None) -> None:
    """Emails to ann, bob and cid, in this order."""
    for name in ("ann", "bob", "cid"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)


def recipients(server: MailServer) -> list[str]:
    return [address.partition("@")[0] for addresses, _ in server.delivered for address in addresses]


@pytest.mark.usefixtures("_three_emails")
def test_emails_are_sent_through_one_connection(server: MailServer) -> None:
    assert send_due() == 3
    assert recipients(server) == ["ann", "bob", "cid"]
    assert server.connections == 1


def test_no_connection_is_opened_without_emails(server: MailServer) -> None:
    assert send_due() == 0
    assert server.connections == 0


@pytest.mark.usefixtures("_three_emails")
def test_a_refused_recipient_does_not_stop_the_others(server: MailServer) -> None:
    server.refuses = {"bob@example.com"}
    assert send_due() == 3
    assert recipients(server) == ["ann", "cid"]
    assert not QueuedMail.objects.exists()


@pytest.mark.usefixtures("_three_emails")
def test_a_new_connection_is_opened_after_a_failure(server: MailServer) -> None:
    server.loses_replies_to = {"bob@example.com"}
    assert send_due() == 2
    assert waiting() == [("VERIFICATION", "bob@example.com", 1), ("VERIFICATION", "cid@example.com", 0)]

    server.loses_replies_to = set()
    QueuedMail.objects.update(due_at=clock.now())
    assert send_due() == 2

    # The server has accepted one email twice. It can be recognized.
    assert sorted(recipients(server)) == ["ann", "bob", "bob", "cid"]
    identifiers = [message["Message-ID"] for _, message in server.delivered]
    assert len(set(identifiers)) == 3


@pytest.mark.usefixtures("_three_emails")
def test_an_email_is_sent_once_if_the_database_is_busy_afterwards(server: MailServer) -> None:
    calls: list[int] = []

    def finish(row: QueuedRow) -> None:
        calls.append(row.pk)
        # Two of three calls are refused.
        if len(calls) % 3:
            raise Busy(retry_after_ms=1)
        queue.remove(row)

    def message_of(row: QueuedMail) -> EmailMessage:
        return EmailMessage("Hello", to=[row.address])

    assert mail_delivery.send_due(QueuedMail.objects.all(), message_of, at_most=10, finish=finish) == 3
    assert recipients(server) == ["ann", "bob", "cid"]
    assert not waiting()
