"""The `tidy` command deletes only what is old enough."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from cinema.accounts import sessions, tokens
from cinema.accounts.tokens import RefreshToken
from cinema.booking import holds
from cinema.management import loops
from cinema.management.loops import Task
from cinema.models import Show, TicketEvent, User
from tests import situations
from tests.accounts.sessions import HOME, can_be_refreshed, is_logged_in, login
from tests.concurrency.racing import race
from tests.rules import ChangeRules
from tests.stored import nothing_changes

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def tidy() -> None:
    call_command("tidy", stdout=StringIO())


def age_refresh_tokens(by: timedelta) -> None:
    """Move every time of the refresh tokens into the past."""
    RefreshToken.objects.update(created=F("created") - by, revoked=F("revoked") - by)


@pytest.fixture
def ada(db: None) -> User:
    return situations.a_user("Ada")


def test_a_used_refresh_token_is_deleted_after_thirty_days(ada: User) -> None:
    current = sessions.refresh(token=login().refresh_token, address=HOME)
    used, live = RefreshToken.objects.order_by("pk")
    RefreshToken.objects.filter(pk=used.pk).update(revoked=F("revoked") - 30 * DAY + MINUTE)
    with nothing_changes():
        tidy()
    RefreshToken.objects.filter(pk=used.pk).update(revoked=F("revoked") - 2 * MINUTE)
    tidy()
    assert list(RefreshToken.objects.all()) == [live]
    assert is_logged_in(current)


def test_an_expired_refresh_token_is_deleted_after_thirty_days(ada: User) -> None:
    login()
    age_refresh_tokens(60 * DAY - MINUTE)
    with nothing_changes():
        tidy()
    age_refresh_tokens(2 * MINUTE)
    tidy()
    assert not RefreshToken.objects.exists()


def test_a_valid_refresh_token_is_not_deleted(ada: User) -> None:
    session = login()
    age_refresh_tokens(30 * DAY - MINUTE)
    tidy()
    assert can_be_refreshed(session)


def test_reusing_a_refresh_token_within_the_retention_ends_its_family(ada: User) -> None:
    stolen = login()
    current = sessions.refresh(token=stolen.refresh_token, address=HOME)
    age_refresh_tokens(30 * DAY - MINUTE)
    tidy()
    assert not can_be_refreshed(stolen)
    assert not can_be_refreshed(current)
    assert not is_logged_in(current)


def test_the_retention_can_be_configured(ada: User, change_rules: ChangeRules) -> None:
    sessions.refresh(token=login().refresh_token, address=HOME)
    change_rules(refresh_token_retention=timedelta(0))
    tidy()
    assert RefreshToken.objects.count() == 1


@pytest.mark.parametrize(("left", "remains"), [(MINUTE, 1), (-MINUTE, 0)])
def test_expired_admin_sessions_are_deleted(db: None, left: timedelta, remains: int) -> None:
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now() + left)
    tidy()
    assert Session.objects.count() == remains


def test_tickets_and_their_history_are_not_deleted(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)
    situations.expire_hold(hold, seconds_ago=400 * 24 * 3600)
    tidy()
    assert hold.tickets.count() == 1
    assert TicketEvent.objects.filter(ticket__booking=hold).count() == 2


@pytest.mark.deep
@pytest.mark.django_db(transaction=True)
def test_deleting_ten_thousand_rows_does_not_block_buyers(show: Show, buyer: User) -> None:
    RefreshToken.objects.bulk_create(
        RefreshToken(user=buyer, version="v", family=uuid.uuid4(), token=f"{n:064}", revoked=timezone.now() - 31 * DAY)
        for n in range(10_000)
    )
    task = Task("refresh-tokens", "Refresh tokens deleted", tokens.purge)

    def buy() -> list[int]:
        return [holds.acquire(show_id=show.pk, wanted=[f"A{n}"], by=buyer).pk for n in range(1, 5)]

    deleted, bought = race(lambda: loops.run_to_end(task), buy)

    assert deleted == 10_000
    assert isinstance(bought, list)
    assert len(bought) == 4
