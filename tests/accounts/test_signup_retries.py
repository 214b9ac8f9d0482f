"""A signup that is retried after a conflict creates its own account and changes no other."""

import pytest

from cinema.accounts import mail_queue, sessions
from cinema.accounts.mail_queue import MailKind
from cinema.accounts.models import User
from cinema.core.transactions import TryAgain
from tests.situations import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def sign_up(name: str) -> sessions.Session:
    return sessions.signup(username=name, email=f"{name}@example.com", password=PASSWORD, address="192.0.2.1")


def test_a_retried_signup_does_not_overwrite_an_account_created_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = mail_queue.put

    def collide_once(kind: MailKind, address: str) -> None:
        monkeypatch.setattr(mail_queue, "put", put)
        put(kind, address)
        raise TryAgain

    def sign_up_another(_seconds: float) -> None:
        monkeypatch.undo()
        sign_up("other")

    monkeypatch.setattr(mail_queue, "put", collide_once)
    # The pause between the attempts: SQLite gives the other account the key of the row that was rolled back.
    monkeypatch.setattr("cinema.core.transactions.time.sleep", sign_up_another)

    session = sign_up("ada")

    other, ada = User.objects.order_by("pk")
    assert (other.username, other.email) == ("other", "other@example.com")
    assert (ada.username, ada.email) == ("ada", "ada@example.com")
    assert session.user == ada
