"""Sending the mails that wait."""

import logging
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from cinema.accounts import links, mail_queue
from cinema.accounts.links import Link
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.models import User
from cinema.core import clock
from cinema.core.text import on_one_line

TRIED_FOR = timedelta(days=1)
REFUSED_FOR_GOOD = 500

LINKS: dict[str, Link] = {MailKind.PASSWORD_RESET: links.PASSWORD_RESET, MailKind.VERIFICATION: links.VERIFICATION}

logger = logging.getLogger(__name__)


def send_due() -> int:
    """Send what is due; how many mails went out.

    What cannot be sent now is tried again later, for a day. When it is the mail server that cannot be reached, the
    rest is not tried for now.
    """
    sent = 0
    while (mail := mail_queue.claim()) is not None:
        if clock.now() - mail.created_at > TRIED_FOR:
            _give_up(mail, "it has waited for a day")
            continue
        message = _message(mail)
        try:
            sent += message.send() if message else 0
        except (OSError, ValueError) as error:
            _after_failure(mail, error)
            if not _is_about_this_mail(error):
                break
        else:
            mail_queue.remove(mail)
    return sent


def _message(mail: QueuedMail) -> EmailMessage | None:
    """None when nobody has the address, or has no use for the link."""
    link = LINKS[mail.kind]
    user = User.objects.known_as(mail.address).first()
    if user is None or not link.is_for(user):
        return None
    context = {
        "user": user,
        "link": link.url(user),
        "hours": round(settings.PASSWORD_RESET_TIMEOUT / timedelta(hours=1).total_seconds(), 1),
    }
    name = f"cinema/mails/{mail.kind.lower()}"
    subject = render_to_string(f"{name}.subject.txt", context).strip()
    # To the address that the account has, not the one that was typed, should a database think them the same.
    return EmailMessage(subject, render_to_string(f"{name}.txt", context), to=[user.email])


def _after_failure(mail: QueuedMail, error: Exception) -> None:
    if _is_for_good(error):
        _give_up(mail, on_one_line(error))
        return
    mail_queue.put_off(mail)
    logger.warning("%s not sent (attempt %d): %s", mail, mail.attempts, on_one_line(error))


def _give_up(mail: QueuedMail, reason: str) -> None:
    mail_queue.remove(mail)
    logger.error("%s given up: %s", mail, reason)


def _is_about_this_mail(error: Exception) -> bool:
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError | ValueError)


def _is_for_good(error: Exception) -> bool:
    """The mail server knows no such address, or it is none that can be written into a header."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, ValueError)
