"""Queued emails are sent once and retried for a day, and a failing email does not delay the others."""

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, transaction

from cinema.accounts import mail_queue, recovery
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.models import User
from cinema.core import clock, mail_delivery, queue
from tests.accounts.mailing import age_queued_emails, enqueue, link_of, send_due, sent, waiting
from tests.accounts.sessions import HOME
from tests.rules import ChangeRules
from tests.situations import a_user

pytestmark = pytest.mark.django_db
RESET, VERIFY = "Set a new password", "Verify your email address"
Refusing = Callable[..., None]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """Sets the error for emails to an address, or for all emails. None removes it."""
    deliver = EmailMessage.send

    def refusing(error: Exception | None, *, to: str | None = None) -> None:
        def send(self: EmailMessage) -> int:
            if error is not None and to in {None, *self.to}:
                raise error
            return deliver(self)

        monkeypatch.setattr(EmailMessage, "send", send)

    return refusing


def refused(code: int, address: str = "ada@example.com") -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({address: (code, b"no")})


# ---------------------------------------------------------------------- content


@pytest.mark.parametrize(
    ("kind", "subject", "page"),
    [(MailKind.PASSWORD_RESET, RESET, "reset-password"), (MailKind.VERIFICATION, VERIFY, "verify-email")],
)
def test_an_email_addresses_the_user_and_has_one_link(ada: User, kind: MailKind, subject: str, page: str) -> None:
    enqueue(kind, "ada@example.com")
    send_due()
    (message,) = mail.outbox
    assert (message.subject, message.to, message.from_email) == (
        subject,
        ["ada@example.com"],
        "Cinema <no-reply@localhost>",
    )
    body = str(message.body)
    assert body.startswith("Hello Ada,\n")
    assert "within 3 hours." in body
    assert link_of(body)[0] == page


def test_the_link_leads_to_the_configured_front_end(ada: User, change_rules: ChangeRules) -> None:
    change_rules(front_end_url="https://cinema.example/app")
    enqueue(MailKind.PASSWORD_RESET, "ada@example.com")
    send_due()
    assert f"\n\nhttps://cinema.example/app/reset-password?token={ada.pk}." in str(mail.outbox[0].body)


def test_an_email_is_sent_to_the_stored_address_of_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database may treat two different addresses as equal."""
    ada = a_user("Ada")
    monkeypatch.setattr(type(User.objects), "known_as", lambda self, name: self.filter(pk=ada.pk))
    enqueue(MailKind.PASSWORD_RESET, "ada@examp\u0142e.com")
    assert sent() == [(RESET, ["ada@example.com"])]


# ---------------------------------------------------------------------- sending once


def test_an_email_is_sent_once(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert sent() == [(VERIFY, ["ada@example.com"])]
    assert sent() == []
    assert waiting() == []


def test_the_oldest_email_is_sent_first() -> None:
    for name in ("ann", "bob", "cid"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    assert sent() == [(VERIFY, [f"{name}@example.com"]) for name in ("ann", "bob", "cid")]


def test_repeated_requests_queue_one_email_of_each_kind(ada: User) -> None:
    for _ in range(3):
        recovery.request_password_reset(email="ada@example.com", address=HOME)
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    assert sent() == [(RESET, ["ada@example.com"]), (VERIFY, ["ada@example.com"])]


def test_an_email_claimed_by_another_worker_is_not_sent(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert queue.claim(QueuedMail.objects.all(), lease=mail_delivery.LEASE) is not None
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]


def test_an_email_is_sent_again_after_its_lease_has_expired(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    queue.claim(QueuedMail.objects.all(), lease=mail_delivery.LEASE)
    age_queued_emails(mail_delivery.LEASE - timedelta(seconds=5))
    assert sent() == []
    age_queued_emails(timedelta(seconds=5))
    assert sent() == [(VERIFY, ["ada@example.com"])]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_sending(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """In SQLite, an open transaction would block all other writers."""
    open_transactions: list[bool] = []

    def send(self: EmailMessage) -> int:
        open_transactions.append(connection.in_atomic_block)
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert send_due() == 1
    assert open_transactions == [False]


# ---------------------------------------------------------------------- failures


def test_an_email_is_retried_after_a_connection_error(ada: User, refusing: Refusing) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    refusing(ConnectionRefusedError("refused"))
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]
    refusing(None)
    assert sent() == []
    age_queued_emails(mail_delivery.BACKOFF.first * (1 + queue.MAX_JITTER))
    assert sent() == [(VERIFY, ["ada@example.com"])]


def test_pauses_between_attempts_grow_up_to_an_hour(ada: User, refusing: Refusing) -> None:
    refusing(ConnectionRefusedError("refused"))
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    for seconds in (30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600):
        pause = timedelta(seconds=seconds)
        started = clock.now()
        send_due()
        ended = clock.now()
        due_at = QueuedMail.objects.get().due_at
        assert started + pause <= due_at <= ended + pause * (1 + queue.MAX_JITTER)
        QueuedMail.objects.update(due_at=started)


def test_the_pause_stays_an_hour_after_very_many_attempts(ada: User, refusing: Refusing) -> None:
    refusing(ConnectionRefusedError("refused"))
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    QueuedMail.objects.update(attempts=100_000)
    assert sent() == []
    age_queued_emails(timedelta(minutes=59))
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 100_001)]


@pytest.mark.parametrize("error", [ConnectionRefusedError("no"), SMTPServerDisconnected("no"), TimeoutError("no")])
def test_other_emails_are_not_tried_while_the_mail_server_is_unavailable(refusing: Refusing, error: Exception) -> None:
    for name in ("ann", "bob"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    refusing(error)
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ann@example.com", 1), ("VERIFICATION", "bob@example.com", 0)]


@pytest.mark.parametrize("error", [refused(450), SMTPDataError(554, b"spam")], ids=["temporary", "content refused"])
def test_a_refused_email_does_not_delay_the_others(
    ada: User, refusing: Refusing, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    enqueue(MailKind.VERIFICATION, a_user("bob").email)
    refusing(error, to="ada@example.com")
    assert sent() == [(VERIFY, ["bob@example.com"])]
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "not sent (attempt 1)" in record.getMessage()


def test_an_email_to_an_address_unknown_to_the_mail_server_is_dropped(
    ada: User, refusing: Refusing, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    refusing(refused(550))
    assert sent() == []
    assert waiting() == []
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "dropped" in record.getMessage()


@pytest.mark.parametrize(("hours", "is_sent"), [(23.9, True), (24.1, False)])
def test_an_email_is_dropped_after_a_day(
    ada: User, caplog: pytest.LogCaptureFixture, hours: float, *, is_sent: bool
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    age_queued_emails(timedelta(hours=hours))
    assert sent() == ([(VERIFY, ["ada@example.com"])] if is_sent else [])
    assert waiting() == []
    assert ["dropped: it has waited for a day" in text for text in caplog.messages] == ([] if is_sent else [True])


@pytest.mark.parametrize("address", ["ada@example.com\nBcc: eve@example.com", "ada@example.com\r\n\r\nBuy this"])
def test_an_address_cannot_inject_headers_or_content(ada: User, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """No form accepts such an address. If one is stored anyway, nothing is sent to it, and other emails are sent."""
    User.objects.update(email=address)
    enqueue(MailKind.VERIFICATION, address)
    enqueue(MailKind.VERIFICATION, a_user("bob").email)
    assert sent() == [(VERIFY, ["bob@example.com"])]
    assert waiting() == []
    assert "dropped: Header values can't contain newlines" in caplog.text


def test_the_username_is_not_escaped(ada: User) -> None:
    """Emails are plain text, not HTML."""
    User.objects.update(username="a&b")
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    send_due()
    assert str(mail.outbox[0].body).startswith("Hello a&b,\n")


def test_a_database_error_is_not_handled_as_a_mail_server_error(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")

    def unavailable(name: str) -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(User.objects, "known_as", unavailable)
    with pytest.raises(OperationalError, match="no database"):
        send_due()
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]


def test_an_email_is_not_queued_if_the_transaction_is_rolled_back(ada: User) -> None:
    with transaction.atomic():
        mail_queue.put(MailKind.VERIFICATION, "ada@example.com")
        transaction.set_rollback(True)
    assert waiting() == []
