import limits
import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from cinema.accounts import throttling
from cinema.accounts.errors import TooManyAttempts
from cinema.core import clock
from cinema.models import AttemptCount
from tests.accounts.sessions import HOME, let_pass
from tests.concurrency.racing import meanwhile
from tests.rules import ChangeRules

CAFE = "192.0.2.2"


@pytest.fixture(autouse=True)
def _knocking(change_rules: ChangeRules) -> None:
    """Something that may be tried twice for an account, and three times from an address."""
    change_rules(rates={"knocking": {"account": limits.parse("2/hour"), "address": limits.parse("3/minute")}})


def knock(account: object = None, address: str = HOME) -> None:
    throttling.count("knocking", account=account, address=address)


def refusal(account: object = None, address: str = HOME) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        knock(account, address)
    return refused.value.retry_after_seconds


def counts() -> list[int]:
    return sorted(AttemptCount.objects.values_list("count", flat=True))


pytestmark = pytest.mark.django_db


def test_an_account_is_counted_from_anywhere() -> None:
    knock("ada", HOME)
    knock("ada", CAFE)
    assert 3590 <= refusal("ada", "192.0.2.3") <= 3600
    knock("grace", HOME)


def test_an_address_is_counted_for_every_account_and_for_none() -> None:
    knock("ada")
    knock("grace")
    knock()
    assert 50 <= refusal() <= 60
    assert 50 <= refusal("alan") <= 60
    knock("alan", CAFE)


def test_without_an_account_nothing_is_counted_for_one() -> None:
    knock()
    assert counts() == [1]


def test_a_refused_attempt_is_not_counted() -> None:
    knock("ada")
    knock("ada")
    before = list(AttemptCount.objects.order_by("key").values())
    for _ in range(5):
        refusal("ada")
    assert list(AttemptCount.objects.order_by("key").values()) == before
    knock("grace")


def test_counting_begins_anew_when_the_time_is_over() -> None:
    knock("ada")
    knock("ada")
    let_pass(minutes=60)
    knock("ada")
    assert counts() == [1, 1]
    knock("ada")
    assert 3590 <= refusal("ada") <= 3600


def test_what_is_not_a_failure_is_given_back() -> None:
    for _ in range(5):
        with throttling.counting_failures("knocking", account="ada", address=HOME):
            assert counts() == [1, 1]
    assert counts() == [0, 0]


def test_whatever_goes_wrong_is_a_failure() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), throttling.counting_failures("knocking", account="ada", address=HOME):
            raise ZeroDivisionError
    assert counts() == [2, 2]
    with pytest.raises(TooManyAttempts), throttling.counting_failures("knocking", account="ada", address=HOME):
        pytest.fail("it was not refused")


def test_what_is_given_back_late_is_not_taken_from_the_next_window() -> None:
    with throttling.counting_failures("knocking", account="ada", address=HOME):
        let_pass(minutes=60)
    assert counts() == [1, 1]
    assert not AttemptCount.objects.filter(expires_at__gt=clock.now()).exists()


def test_an_ipv6_client_is_one_wherever_in_its_block() -> None:
    for number in range(3):
        knock(address=f"2001:db8:0:1::{number}")
    refusal(address="2001:db8:0:ff:ffff:ffff:ffff:ffff")
    knock(address="2001:db8:0:100::1")


@pytest.mark.parametrize("name", ["ada", "swordfish", "ada@example.com", "x" * 10_000])
def test_what_was_typed_as_a_name_cannot_be_found_in_the_table(name: str) -> None:
    knock(name)
    keys = list(AttemptCount.objects.values_list("key", flat=True))
    assert len(set(keys)) == 2
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


def test_without_the_secret_key_a_count_cannot_be_told_to_be_of_a_name(settings: Settings) -> None:
    knock("swordfish")
    mine = set(AttemptCount.objects.values_list("key", flat=True))
    AttemptCount.objects.all().delete()
    settings.SECRET_KEY = "another one, as an attacker would guess"
    knock("swordfish")
    assert not mine & set(AttemptCount.objects.values_list("key", flat=True))


# ------------------------------------------------------------------ forgetting


def test_what_is_over_is_forgotten_so_many_at_a_time() -> None:
    for address in (HOME, CAFE, "192.0.2.3"):
        knock(address=address)
    let_pass(minutes=1)
    knock(address="192.0.2.4")
    assert [throttling.purge(at_most=2) for _ in range(3)] == [2, 1, 0]
    assert counts() == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql(reason="SQLite has one writer at a time")
def test_who_forgets_does_not_wait_for_who_counts() -> None:
    knock(address=HOME)
    knock(address=CAFE)
    let_pass(minutes=1)
    with transaction.atomic():
        AttemptCount.objects.select_for_update().order_by("key")[0:1].get()
        assert meanwhile(lambda: throttling.purge(at_most=10)) == 1
    assert counts() == [1]
