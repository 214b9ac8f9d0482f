"""Mails that wait: sent once, tried again for a day when it cannot be done, and none in the way of another."""

import logging
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, transaction

from cinema.accounts import mail_queue, mails, recovery
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.models import User
from cinema.core import queue
from tests.accounts.mailing import enqueue, let_pass, link_of, send_due, sent, waiting
from tests.accounts.sessions import HOME
from tests.rules import ChangeRules
from tests.situations import a_user

pytestmark = pytest.mark.django_db
RESET, VERIFY = "Set a new password", "Verify your email address"
Refusing = Callable[..., None]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    """Makes the mail server refuse, from now on, what goes to an address, or everything; or nothing any more."""
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


# ---------------------------------------------------------------------- what they say


@pytest.mark.parametrize(
    ("kind", "subject", "page"),
    [(MailKind.PASSWORD_RESET, RESET, "reset-password"), (MailKind.VERIFICATION, VERIFY, "verify-email")],
)
def test_a_mail_says_who_is_meant_and_has_one_link(ada: User, kind: MailKind, subject: str, page: str) -> None:
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


def test_the_link_leads_to_the_front_end_that_is_configured(ada: User, change_rules: ChangeRules) -> None:
    change_rules(front_end_url="https://cinema.example/app")
    enqueue(MailKind.PASSWORD_RESET, "ada@example.com")
    send_due()
    assert f"\n\nhttps://cinema.example/app/reset-password?token={ada.pk}." in str(mail.outbox[0].body)


def test_it_goes_to_the_address_of_the_account_and_not_the_one_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database may think two addresses the same that are not."""
    ada = a_user("Ada")
    monkeypatch.setattr(type(User.objects), "known_as", lambda self, name: self.filter(pk=ada.pk))
    enqueue(MailKind.PASSWORD_RESET, "ada@examp\u0142e.com")
    assert sent() == [(RESET, ["ada@example.com"])]


# ---------------------------------------------------------------------- once


def test_a_mail_is_sent_once(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert sent() == [(VERIFY, ["ada@example.com"])]
    assert sent() == []
    assert waiting() == []


def test_the_one_that_has_waited_longest_goes_first() -> None:
    for name in ("ann", "bob", "cid"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    assert sent() == [(VERIFY, [f"{name}@example.com"]) for name in ("ann", "bob", "cid")]


def test_who_asks_again_while_a_mail_waits_gets_one(ada: User) -> None:
    for _ in range(3):
        recovery.request_password_reset(email="ada@example.com", address=HOME)
    recovery.request_email_verification(by=ada, email=None, address=HOME)
    assert sent() == [(RESET, ["ada@example.com"]), (VERIFY, ["ada@example.com"])]


def test_what_another_sender_is_sending_is_left_alone(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert queue.claim(QueuedMail.objects.all(), lease=mails.LEASE) is not None
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]


def test_what_a_sender_did_not_finish_is_sent_when_its_claim_is_over(ada: User) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    queue.claim(QueuedMail.objects.all(), lease=mails.LEASE)
    let_pass(mails.LEASE - timedelta(seconds=5))
    assert sent() == []
    let_pass(timedelta(seconds=5))
    assert sent() == [(VERIFY, ["ada@example.com"])]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_is_waited_for(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """In SQLite nobody else could write meanwhile."""
    open_transactions: list[bool] = []

    def send(self: EmailMessage) -> int:
        open_transactions.append(connection.in_atomic_block)
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    assert send_due() == 1
    assert open_transactions == [False]


# ---------------------------------------------------------------------- when it cannot be done


def test_without_a_mail_server_nothing_is_lost(ada: User, refusing: Refusing) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    refusing(ConnectionRefusedError("nobody listens"))
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]
    refusing(None)
    assert sent() == []
    let_pass(mails.BACKOFF.first * (1 + queue.MAX_JITTER))
    assert sent() == [(VERIFY, ["ada@example.com"])]


def test_the_pauses_grow_up_to_an_hour(ada: User, refusing: Refusing) -> None:
    refusing(ConnectionRefusedError("nobody listens"))
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    pauses = []
    for _ in range(10):
        before = QueuedMail.objects.get().due_at
        send_due()
        pause = QueuedMail.objects.get().due_at - before
        pauses.append(pause.total_seconds())
        QueuedMail.objects.update(due_at=before)
    expected = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    for seconds, least in zip(pauses, expected, strict=True):
        # A little jitter, and the duration of the attempt.
        assert least <= seconds <= least * (1 + queue.MAX_JITTER) + 5


def test_after_very_many_attempts_the_pause_is_still_an_hour(ada: User, refusing: Refusing) -> None:
    refusing(ConnectionRefusedError("nobody listens"))
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    QueuedMail.objects.update(attempts=100_000)
    assert sent() == []
    let_pass(timedelta(minutes=59))
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ada@example.com", 100_001)]


@pytest.mark.parametrize("error", [ConnectionRefusedError("no"), SMTPServerDisconnected("no"), TimeoutError("no")])
def test_when_the_mail_server_is_away_the_others_are_not_tried_in_vain(refusing: Refusing, error: Exception) -> None:
    for name in ("ann", "bob"):
        enqueue(MailKind.VERIFICATION, a_user(name).email)
    refusing(error)
    assert sent() == []
    assert waiting() == [("VERIFICATION", "ann@example.com", 1), ("VERIFICATION", "bob@example.com", 0)]


@pytest.mark.parametrize("error", [refused(450), SMTPDataError(554, b"spam")], ids=["not now", "not this"])
def test_a_mail_that_is_refused_is_not_in_the_way_of_the_others(
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


def test_an_address_that_the_mail_server_does_not_know_is_given_up(
    ada: User, refusing: Refusing, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    refusing(refused(550))
    assert sent() == []
    assert waiting() == []
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "given up" in record.getMessage()


@pytest.mark.parametrize(("hours", "is_sent"), [(23.9, True), (24.1, False)])
def test_after_a_day_a_mail_is_given_up(
    ada: User, caplog: pytest.LogCaptureFixture, hours: float, *, is_sent: bool
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    let_pass(timedelta(hours=hours))
    assert sent() == ([(VERIFY, ["ada@example.com"])] if is_sent else [])
    assert waiting() == []
    assert ["given up: it has waited for a day" in text for text in caplog.messages] == ([] if is_sent else [True])


@pytest.mark.parametrize("address", ["ada@example.com\nBcc: eve@example.com", "ada@example.com\r\n\r\nBuy this"])
def test_an_address_cannot_add_to_the_mail(ada: User, address: str, caplog: pytest.LogCaptureFixture) -> None:
    """None such can be stored through any form; if one were, nothing is sent to it, and the others get theirs."""
    User.objects.update(email=address)
    enqueue(MailKind.VERIFICATION, address)
    enqueue(MailKind.VERIFICATION, a_user("bob").email)
    assert sent() == [(VERIFY, ["bob@example.com"])]
    assert waiting() == []
    assert "given up: Header values can't contain newlines" in caplog.text


def test_a_mail_has_the_name_as_it_is(ada: User) -> None:
    """It is text, and not HTML."""
    User.objects.update(username="a&b")
    enqueue(MailKind.VERIFICATION, "ada@example.com")
    send_due()
    assert str(mail.outbox[0].body).startswith("Hello a&b,\n")


def test_an_outage_of_the_database_is_not_taken_for_one_of_the_mail_server(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(MailKind.VERIFICATION, "ada@example.com")

    def away(name: str) -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(User.objects, "known_as", away)
    with pytest.raises(OperationalError, match="no database"):
        send_due()
    assert waiting() == [("VERIFICATION", "ada@example.com", 1)]


def test_a_mail_is_asked_for_exactly_when_the_rest_of_the_use_case_is_done(ada: User) -> None:
    with transaction.atomic():
        mail_queue.put(MailKind.VERIFICATION, "ada@example.com")
        transaction.set_rollback(True)
    assert waiting() == []
