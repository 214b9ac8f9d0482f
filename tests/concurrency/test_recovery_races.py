"""Concurrent uses of one link, and concurrent senders of emails.

The controls come first: without the lock a link works twice, and two senders claim one email.
"""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db.models import QuerySet

from cinema.accounts import emails, links, recovery
from cinema.accounts.errors import InvalidLink
from cinema.accounts.mail_queue import MailKind, QueuedMail
from cinema.accounts.sessions import Session
from cinema.core import mail_delivery, queue
from cinema.models import User
from tests import situations
from tests.accounts.mailing import enqueue
from tests.accounts.sessions import HOME
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection

pytestmark = pytest.mark.django_db(transaction=True)


def resetting(token: str, new: str = "a-seat-in-the-last-row") -> partial[Session]:
    return partial(recovery.reset_password, address=HOME, token=token, new=new)


def kinds(results: list[Any]) -> Counter[type]:
    return Counter(type(result) for result in results)


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_a_link_works_twice(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another call uses the link between the check of the token and the change of the password."""
    token = links.PASSWORD_RESET.token(buyer)
    user_for_token, others = links.PASSWORD_RESET.user_for_token, [resetting(token, "a-seat-in-the-first-row")]
    other_sessions: list[Session] = []

    def without_lock(token: str, *, lock: bool = False) -> User:
        user = user_for_token(token)
        if lock and others:
            other_sessions.append(run_on_another_connection(others.pop()))
        return user

    monkeypatch.setattr(links.PASSWORD_RESET, "user_for_token", without_lock)

    session = resetting(token, "a-seat-in-the-last-row")()

    assert kinds([session, *other_sessions]) == {Session: 2}
    buyer.refresh_from_db()
    assert buyer.check_password("a-seat-in-the-last-row")


def test_link_to_reset_a_password_works_once(buyer: User) -> None:
    for _ in range(5):
        token = links.PASSWORD_RESET.token(User.objects.get(pk=buyer.pk))
        passwords = [f"a-seat-in-the-row-{n}" for n in range(4)]

        results = race(*[resetting(token, new) for new in passwords])

        assert kinds(results) == {Session: 1, InvalidLink: 3}
        (winner,) = [new for new, result in zip(passwords, results, strict=True) if isinstance(result, Session)]
        buyer.refresh_from_db()
        assert buyer.check_password(winner)


def test_link_to_verify_an_address_works_once(buyer: User) -> None:
    for _ in range(5):
        User.objects.update(verified_email="")
        token = links.VERIFICATION.token(User.objects.get(pk=buyer.pk))

        results = race(*[partial(recovery.verify_email, address=HOME, token=token)] * 4)

        assert kinds(results) == {User: 1, InvalidLink: 3}


@lost_only_in_read_committed
@many_writers
def test_without_the_lock_two_senders_claim_one_email(buyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second sender claims the email after the first has read it and before the first claims it."""
    enqueue(MailKind.VERIFICATION, buyer.email)
    claim = partial(queue.claim, QueuedMail.objects.all(), lease=mail_delivery.LEASE)
    update, others = QuerySet.update, [claim]
    claimed: list[QueuedMail | None] = []

    def interrupted(rows: Any, **values: Any) -> int:
        if others:
            claimed.append(run_on_another_connection(others.pop()))
        return update(rows, **values)

    monkeypatch.setattr(QuerySet, "update", interrupted)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    claimed.append(claim())

    assert claimed == [QueuedMail.objects.get()] * 2


def test_many_senders_send_each_email_once() -> None:
    addresses = [situations.a_user().email for _ in range(12)]
    for address in addresses:
        enqueue(MailKind.VERIFICATION, address)

    results = race(*[partial(emails.send_due, at_most=20)] * 4)

    assert sum(result for result in results if isinstance(result, int)) == 12, results
    assert sorted(message.to[0] for message in mail.outbox) == sorted(addresses)
    assert not QueuedMail.objects.exists()


def test_concurrent_requests_for_an_email_queue_one(buyer: User) -> None:
    results = race(*[partial(recovery.request_password_reset, address=HOME, email=buyer.email)] * 4)

    assert results == [buyer.email] * 4
    assert QueuedMail.objects.count() == 1
