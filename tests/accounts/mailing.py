"""Helpers to queue, send and read emails, and to use the links in them."""

import re
from datetime import timedelta

from django.core import mail
from django.db.models import F

from cinema.accounts import emails, recovery
from cinema.accounts.mail_queue import QueuedMail
from cinema.core.transactions import use_case
from tests.accounts.sessions import HOME

NEW_PASSWORD = "a-seat-in-the-last-row"
LINK = re.compile(r"^http://localhost:8000/(?P<page>[a-z-]+)\?token=(?P<token>[0-9a-z.-]+)$", re.MULTILINE)


def sent() -> list[tuple[str, list[str]]]:
    """Send every email that is due, and return subjects and recipients."""
    sent_before = len(mail.outbox)
    send_due()
    return [(str(message.subject), message.to) for message in mail.outbox[sent_before:]]


def send_due() -> int:
    """Process every email that is due. Returns their number."""
    return emails.send_due(at_most=1000)


def link_of(body: str) -> tuple[str, str]:
    """The front end's page in the only link of an email, and the token of the link."""
    (link,) = LINK.finditer(body)
    assert body.count("://") == 1
    return link["page"], link["token"]


def mailed_token() -> str:
    """Send the only email that is due, and return the token of its link."""
    ((_, _),) = sent()
    _, token = link_of(str(mail.outbox[-1].body))
    return token


def reset_token(email: str) -> str:
    """The token of the link in an email."""
    recovery.request_password_reset(email=email, address=HOME)
    return mailed_token()


def age_queued_emails(by: timedelta) -> None:
    """Move every time of the queued emails into the past."""
    QueuedMail.objects.update(created_at=F("created_at") - by, due_at=F("due_at") - by)


def waiting() -> list[tuple[str, str, int]]:
    """Kind, address and number of attempts of the queued emails."""
    return list(QueuedMail.objects.order_by("pk").values_list("kind", "address", "attempts"))


@use_case
def enqueue(kind: str, address: str) -> None:
    QueuedMail.objects.create(kind=kind, address=address)
