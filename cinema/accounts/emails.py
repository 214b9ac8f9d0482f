"""Sending the emails that wait in the queue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from cinema.accounts import links
from cinema.accounts.links import Link
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.models import User
from cinema.accounts.rules import rules
from cinema.core import mail_delivery

LINKS: dict[str, Link] = {
    MailKind.PASSWORD_RESET: links.PASSWORD_RESET,
    MailKind.VERIFICATION: links.VERIFICATION,
    MailKind.EMAIL_CHANGE: links.EMAIL_CHANGE,
}


def send_due(*, at_most: int) -> int:
    """Process up to `at_most` emails that are due. Return how many were sent, postponed or dropped.

    An email that cannot be sent now is retried for a day. If the mail server cannot be reached, the rest stays due.
    """
    return mail_delivery.send_due(QueuedMail.objects.all(), _message, at_most=at_most)


def _message(mail: QueuedMail) -> EmailMessage | None:
    """The email to send. None if no account has the address, or if the account cannot use the link."""
    if mail.kind == MailKind.EMAIL_CHANGED:
        # No account has this address any longer.
        return _rendered(mail.kind, {}, to=mail.address)
    link = LINKS[mail.kind]
    if mail.kind == MailKind.EMAIL_CHANGE:
        user = User.objects.filter(new_email=mail.address).first()
    else:
        user = User.objects.known_as(mail.address).first()
    if user is None or not link.is_for(user):
        return None
    hours = round(rules().link_lifetime / timedelta(hours=1), 1)
    # To the address of the account, not the one that was typed, because a database might treat them as equal.
    address = user.new_email if mail.kind == MailKind.EMAIL_CHANGE else user.email
    return _rendered(mail.kind, {"user": user, "link": link.url(user), "hours": hours}, to=address)


def _rendered(kind: str, context: Mapping[str, Any], *, to: str) -> EmailMessage:
    name = f"cinema/emails/{kind.lower()}"
    subject = render_to_string(f"{name}.subject.txt", context).strip()
    return EmailMessage(subject, render_to_string(f"{name}.txt", context), to=[to])
