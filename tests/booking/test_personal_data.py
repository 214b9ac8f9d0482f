"""A copy of a customer's data, and its erasure, after which bookings remain."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command

from cinema.accounts import recovery, sessions
from cinema.accounts.errors import InvalidCredentials, InvalidToken
from cinema.accounts.mail_queue import QueuedMail
from cinema.accounts.tokens import read_access_token
from cinema.booking import bookings, holds, personal_data, promises
from cinema.booking.models import BookingStatus, HoldOrigin, TicketStatus
from cinema.core import clock
from cinema.core.errors import InvalidInput, NotFound
from cinema.core.idempotency import IdempotencyKey
from cinema.models import Show, User
from tests.conftest import Api
from tests.situations import PASSWORD, a_booking, a_show, a_user
from tests.stored import everything, nothing_changes

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.1"
# Commands that erase nothing. The first asks for confirmation.
REFUSED = (["erase_user", "ada.lovelace"], ["erase_user", "nobody", "--no-input"], ["export_user", "nobody"])


@pytest.fixture
def show() -> Show:
    return a_show()


@pytest.fixture
def ada(show: Show) -> User:
    """A customer with data of every kind."""
    user = a_user("ada.lovelace", first_name="Ada", last_name="Lovelace")
    bookings.book(show_id=show.pk, labels=["A1"], by=user, key="key")
    holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=user, address=ADDRESS)
    sessions.login(name=user.username, password=PASSWORD, address=ADDRESS)
    recovery.change_email(by=user, email="lovelace@new.example", password=PASSWORD, address=ADDRESS)
    recovery.request_password_reset(email=user.email, address=ADDRESS)
    # Staff have changed the user at /admin/.
    LogEntry.objects.log_actions(a_user("staff").pk, [user], CHANGE, "Changed the first name.")
    return user


def test_the_export_contains_everything_that_is_stored(ada: User, show: Show) -> None:
    a_booking("A8", show=show, by=a_user("grace"))
    found = json.loads(json.dumps(personal_data.export(ada)))
    assert found["account"]["username"] == "ada.lovelace"
    assert found["account"]["newEmail"] == "lovelace@new.example"
    booking, hold = found["bookings"]
    assert (booking["status"], hold["status"]) == ("CONFIRMED", "HELD")
    assert [(ticket["seat"], ticket["price"]) for ticket in hold["tickets"]] == [("B1", "15.50"), ("B2", "15.50")]
    assert [event["kind"] for event in booking["tickets"][0]["events"]] == ["CONFIRMED"]
    assert len(found["sessions"]) == 1
    assert "grace" not in json.dumps(found)
    assert ada.password not in json.dumps(found)


def test_erasure_leaves_bookings_but_no_personal_data(ada: User, show: Show) -> None:
    session = sessions.login(name=ada.username, password=PASSWORD, address=ADDRESS)
    booking, hold = ada.bookings.order_by("pk")

    personal_data.erase(by=ada, password=PASSWORD, address=ADDRESS)

    stored = json.dumps(everything()).lower()
    for personal in ("lovelace", ada.password.lower(), "ada."):
        assert personal not in stored, personal
    booking.refresh_from_db()
    hold.refresh_from_db()
    assert (booking.status, hold.status) == (BookingStatus.CONFIRMED, BookingStatus.CANCELLED)
    assert booking.tickets.get().status_at(clock.now()) == TicketStatus.VALID
    assert not QueuedMail.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not HoldOrigin.objects.exists()
    assert promises.violations() == []
    with pytest.raises(InvalidToken):
        read_access_token(session.access_token)
    with pytest.raises(InvalidCredentials):
        sessions.login(name="ada.lovelace", password=PASSWORD, address=ADDRESS)
    # The name and the address can be used again.
    assert a_user("ada.lovelace").pk != ada.pk


def test_erasing_twice_changes_nothing(ada: User) -> None:
    personal_data.erase_user(user_id=ada.pk)
    names = ("username", "email", "verified_email", "new_email", "first_name", "is_active", "last_login")
    before = User.objects.values_list(*names).get(pk=ada.pk)
    personal_data.erase_user(user_id=ada.pk)
    assert User.objects.values_list(*names).get(pk=ada.pk) == before


def test_a_wrong_password_erases_nothing(ada: User) -> None:
    with nothing_changes(), pytest.raises(InvalidInput):
        personal_data.erase(by=ada, password="wrong", address=ADDRESS)
    with nothing_changes(), pytest.raises(NotFound):
        personal_data.erase_user(user_id=2**40)


def test_customers_export_and_erase_their_data_with_the_api(api: Api, ada: User) -> None:
    viewer = api.logged_in_as(ada)
    export: Any = viewer("mutation { exportMe { ... on PersonalData { json } } }").data["exportMe"]
    assert json.loads(export["json"]) == json.loads(json.dumps(personal_data.export(ada)))
    erase = """
        mutation ($input: EraseMeInput!) {
          eraseMe(input: $input) { __typename ... on InvalidInput { fields { field } } }
        }
    """
    with nothing_changes():
        assert viewer(erase, input={"currentPassword": "wrong"}).data["eraseMe"] == {
            "__typename": "InvalidInput",
            "fields": [{"field": "currentPassword"}],
        }
    assert viewer(erase, input={"currentPassword": PASSWORD}).data["eraseMe"] == {"__typename": "AccountErased"}
    assert viewer("{ me { username } }").code == "UNAUTHENTICATED"


def test_staff_export_and_erase_with_commands(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    output = StringIO()
    call_command("export_user", ada.email, stdout=output)
    assert json.loads(output.getvalue()) == json.loads(json.dumps(personal_data.export(ada)))
    # An answer that is not yes, and no answer, because there is no terminal.
    for answer in (iter(["n"]), iter([])):
        monkeypatch.setattr("builtins.input", lambda _, answer=answer: _next(answer))
        with nothing_changes():
            for arguments in REFUSED:
                with pytest.raises(CommandError):
                    call_command(*arguments, stdout=output)
    call_command("erase_user", "ada.lovelace", "--no-input", stdout=output)
    assert not User.objects.filter(username="ada.lovelace").exists()


def _next(answer: Iterator[str]) -> str:
    """The answer of the terminal, or the error of `input` without one."""
    try:
        return next(answer)
    except StopIteration:
        raise EOFError from None
