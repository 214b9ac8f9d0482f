"""Sends the emails of the rows of a queue: retries for a day, and drops what the mail server rejects.

An email is sent once, except if its mail server accepts it and the worker or the connection fails before that is
recorded. Then it is sent again with the same `Message-ID`, so that mail programs can recognize it.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from hashlib import sha256
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import TypeVar

from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet

from cinema.core import clock, queue
from cinema.core.errors import Busy
from cinema.core.queue import Backoff, QueuedRow
from cinema.core.text import on_one_line

# Longer than a mail server takes for one email, or until it times out.
LEASE = timedelta(minutes=10)
BACKOFF = Backoff(first=timedelta(seconds=30), max_pause=timedelta(hours=1))
DROP_AFTER = timedelta(days=1)
PERMANENT_FAILURE = 500
REPEATS_IF_BUSY = 5

logger = logging.getLogger(__name__)

R = TypeVar("R", bound=QueuedRow)


class MailServer:
    """A connection to the mail server. It is opened when an email is sent, and again after a failure."""

    def __init__(self) -> None:
        self._connection = get_connection()

    def send(self, message: EmailMessage) -> None:
        message.connection = self._connection
        try:
            # An open connection stays open after the email.
            self._connection.open()
            message.send()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        # Emails have been sent, or have failed with their own error.
        with suppress(OSError, SMTPException):
            self._connection.close()


def send_due(
    rows: QuerySet[R],
    message_of: Callable[[R], EmailMessage | None],
    *,
    at_most: int,
    finish: Callable[[QueuedRow], None] = queue.remove,
) -> int:
    """Send the emails of up to `at_most` rows that are due, if there still is one to send, through one connection.

    `finish` is called with a row when its email is sent or dropped. If the mail server cannot be reached, the row is
    retried, and the other rows stay due. Returns how many were sent, postponed or dropped.
    """
    with closing(MailServer()) as server:
        handle = partial(_deliver, server=server, message_of=message_of, finish=partial(_repeated, finish))
        return queue.process(rows, handle, lease=LEASE, at_most=at_most)


def _deliver(
    row: R, *, server: MailServer, message_of: Callable[[R], EmailMessage | None], finish: Callable[[QueuedRow], None]
) -> bool:
    """Send the email of a claimed row. Return whether to continue with the next row."""
    if clock.now() - row.created_at > DROP_AFTER:
        _drop(row, "it has waited for a day", finish)
        return True
    message = message_of(row)
    try:
        if message is not None:
            message.extra_headers["Message-ID"] = _message_id(row, sender=message.from_email)
            server.send(message)
    except (OSError, ValueError) as error:
        _handle_failure(row, error, finish)
        return _is_about_this_mail(error)
    finish(row)
    return True


def _repeated(finish: Callable[[QueuedRow], None], row: QueuedRow) -> None:
    """Call `finish`, and again if the database is busy: otherwise the email would be sent again."""
    for _ in range(REPEATS_IF_BUSY):
        try:
            finish(row)
        except Busy as busy:
            time.sleep(busy.retry_after_ms / 1000)
        else:
            return
    finish(row)


def _message_id(row: QueuedRow, *, sender: str) -> str:
    """The same for each attempt, on each machine."""
    digest = sha256(f"{row._meta.label} {row.pk} {row.created_at.isoformat()}".encode()).hexdigest()
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{digest[:32]}@{domain}>"


def _handle_failure(row: QueuedRow, error: Exception, finish: Callable[[QueuedRow], None]) -> None:
    reason = on_one_line(error)
    if _is_permanent(error):
        _drop(row, reason, finish)
        return
    queue.retry(row, error=reason, backoff=BACKOFF)
    logger.warning("%s not sent (attempt %d): %s", row, row.attempts, reason)


def _drop(row: QueuedRow, reason: str, finish: Callable[[QueuedRow], None]) -> None:
    finish(row)
    logger.error("%s dropped: %s", row, reason)


def _is_about_this_mail(error: Exception) -> bool:
    return isinstance(error, SMTPRecipientsRefused | SMTPDataError | ValueError)


def _is_permanent(error: Exception) -> bool:
    """Whether the mail server has rejected the address, or the address is not valid in a header."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT_FAILURE for code, _ in error.recipients.values())
    return isinstance(error, ValueError)
