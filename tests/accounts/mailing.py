"""Mails as tests await and read them, and what follows from their links."""

import re
from datetime import timedelta

from django.core import mail
from django.db.models import F

from cinema.accounts import mails, recovery
from cinema.accounts.mail_queue import QueuedMail
from cinema.core.transactions import use_case
from tests.accounts.sessions import HOME

NEW_PASSWORD = "a-seat-in-the-last-row"
LINK = re.compile(r"^http://localhost:3000/(?P<page>[a-z-]+)\?token=(?P<token>[0-9a-z.-]+)$", re.MULTILINE)


def sent() -> list[tuple[str, list[str]]]:
    """Subjects and recipients of what goes out when everything that is due is sent."""
    already = len(mail.outbox)
    send_due()
    return [(str(message.subject), message.to) for message in mail.outbox[already:]]


def send_due() -> int:
    """Process every email that is due; return how many there were."""
    return mails.send_due(at_most=1000)


def link_of(body: str) -> tuple[str, str]:
    """The page of the front end that the one link of a mail leads to, and its token."""
    (link,) = LINK.finditer(body)
    assert body.count("://") == 1
    return link["page"], link["token"]


def mailed_token() -> str:
    """The token of the one mail that goes out when everything that is due is sent."""
    ((_, _),) = sent()
    _, token = link_of(str(mail.outbox[-1].body))
    return token


def reset_token(email: str) -> str:
    """As it comes by mail."""
    recovery.request_password_reset(email=email, address=HOME)
    return mailed_token()


def let_pass(gone: timedelta) -> None:
    """Time goes by for the mails that wait."""
    QueuedMail.objects.update(created_at=F("created_at") - gone, due_at=F("due_at") - gone)


def waiting() -> list[tuple[str, str, int]]:
    """Kind, address and number of attempts of the mails that wait."""
    return list(QueuedMail.objects.order_by("pk").values_list("kind", "address", "attempts"))


@use_case
def enqueue(kind: str, address: str) -> None:
    QueuedMail.objects.create(kind=kind, address=address)
