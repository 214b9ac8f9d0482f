"""Sending the emails that wait in the queue."""

import logging
from collections.abc import Mapping
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from cinema.accounts import links
from cinema.accounts.links import Link
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.models import User
from cinema.accounts.rules import rules
from cinema.core import clock, queue
from cinema.core.queue import Backoff
from cinema.core.text import on_one_line

# Longer than a mail server takes for one email, or until it times out.
LEASE = timedelta(minutes=10)
BACKOFF = Backoff(first=timedelta(seconds=30), max_pause=timedelta(hours=1))
DROP_AFTER = timedelta(days=1)
PERMANENT_FAILURE = 500

LINKS: dict[str, Link] = {
    MailKind.PASSWORD_RESET: links.PASSWORD_RESET,
    MailKind.VERIFICATION: links.VERIFICATION,
    MailKind.EMAIL_CHANGE: links.EMAIL_CHANGE,
}

logger = logging.getLogger(__name__)


def send_due(*, at_most: int) -> int:
    """Process up to `at_most` emails that are due. Return how many were sent, postponed or dropped.

    An email that cannot be sent now is retried for a day. If the mail server cannot be reached, the rest stays due.
    """
    return queue.process(QueuedMail.objects.all(), _process, lease=LEASE, at_most=at_most)


def _process(mail: QueuedMail) -> bool:
    """Return whether to continue with the next email."""
    if clock.now() - mail.created_at > DROP_AFTER:
        _drop(mail, "it has waited for a day")
        return True
    message = _message(mail)
    try:
        if message is not None:
            message.send()
    except (OSError, ValueError) as error:
        _handle_failure(mail, error)
        return _is_about_this_mail(error)
    queue.remove(mail)
    return True


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


def _handle_failure(mail: QueuedMail, error: Exception) -> None:
    reason = on_one_line(error)
    if _is_permanent(error):
        _drop(mail, reason)
        return
    queue.retry(mail, error=reason, backoff=BACKOFF)
    logger.warning("%s not sent (attempt %d): %s", mail, mail.attempts, reason)


def _drop(mail: QueuedMail, reason: str) -> None:
    queue.remove(mail)
    logger.error("%s dropped: %s", mail, reason)


def _is_about_this_mail(error: Exception) -> bool:
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError | ValueError)


def _is_permanent(error: Exception) -> bool:
    """Whether the mail server has rejected the address, or the address is not valid in a header."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT_FAILURE for code, _ in error.recipients.values())
    return isinstance(error, ValueError)
