import limits
import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from cinema.accounts import throttling
from cinema.accounts.errors import TooManyAttempts
from cinema.core import clock
from cinema.models import AttemptCount
from tests.accounts.sessions import HOME, age_attempt_counts
from tests.concurrency.racing import run_on_another_connection
from tests.rules import ChangeRules

OTHER_ADDRESS = "192.0.2.2"


@pytest.fixture(autouse=True)
def _limited_attempts(change_rules: ChangeRules) -> None:
    """Limits of two attempts per account and three per address."""
    change_rules(rates={"attempt": {"account": limits.parse("2/hour"), "address": limits.parse("3/minute")}})


def attempt(account: object = None, address: str = HOME) -> None:
    throttling.count("attempt", account=account, address=address)


def retry_after(account: object = None, address: str = HOME) -> int:
    with pytest.raises(TooManyAttempts) as refused:
        attempt(account, address)
    return refused.value.retry_after_seconds


def counts() -> list[int]:
    return sorted(AttemptCount.objects.values_list("count", flat=True))


pytestmark = pytest.mark.django_db


def test_attempts_for_an_account_are_counted_over_all_addresses() -> None:
    attempt("ada", HOME)
    attempt("ada", OTHER_ADDRESS)
    assert 3000 < retry_after("ada", "192.0.2.3") <= 3600
    attempt("grace", HOME)


def test_attempts_from_an_address_are_counted_over_all_accounts() -> None:
    attempt("ada")
    attempt("grace")
    attempt()
    assert 0 < retry_after() <= 60
    assert 0 < retry_after("alan") <= 60
    attempt("alan", OTHER_ADDRESS)


def test_attempts_without_an_account_count_only_for_the_address() -> None:
    attempt()
    assert counts() == [1]


def test_a_refused_attempt_is_not_counted() -> None:
    attempt("ada")
    attempt("ada")
    before = list(AttemptCount.objects.order_by("key").values())
    for _ in range(5):
        retry_after("ada")
    assert list(AttemptCount.objects.order_by("key").values()) == before
    attempt("grace")


def test_a_lockout_is_logged_once_without_the_account_and_the_address(caplog: pytest.LogCaptureFixture) -> None:
    attempt("ada")
    attempt("ada")
    seconds = [retry_after("ada") for _ in range(3)]
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"attempt: too many attempts per account; more are refused for {seconds[0]} seconds"
    age_attempt_counts(minutes=60)
    attempt("ada")
    attempt("ada")
    retry_after("ada")
    assert len(caplog.records) == 2


def test_counting_restarts_after_the_window() -> None:
    attempt("ada")
    attempt("ada")
    age_attempt_counts(minutes=60)
    attempt("ada")
    assert counts() == [1, 1]
    attempt("ada")
    assert 3000 < retry_after("ada") <= 3600


def test_successful_attempts_are_refunded() -> None:
    for _ in range(5):
        with throttling.counting_failures("attempt", account="ada", address=HOME):
            assert counts() == [1, 1]
    assert counts() == [0, 0]


def test_any_exception_counts_as_a_failure() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), throttling.counting_failures("attempt", account="ada", address=HOME):
            raise ZeroDivisionError
    assert counts() == [2, 2]
    with pytest.raises(TooManyAttempts), throttling.counting_failures("attempt", account="ada", address=HOME):
        pytest.fail("the attempt was not refused")


def test_a_late_refund_does_not_reduce_the_next_window() -> None:
    with throttling.counting_failures("attempt", account="ada", address=HOME):
        age_attempt_counts(minutes=60)
    assert counts() == [1, 1]
    assert not AttemptCount.objects.filter(expires_at__gt=clock.now()).exists()


def test_ipv6_addresses_are_counted_by_network() -> None:
    for number in range(3):
        attempt(address=f"2001:db8:0:1::{number}")
    retry_after(address="2001:db8:0:ff:ffff:ffff:ffff:ffff")
    attempt(address="2001:db8:0:100::1")


@pytest.mark.parametrize("name", ["ada", "swordfish", "ada@example.com", "x" * 10_000])
def test_names_are_stored_only_as_hashes(name: str) -> None:
    attempt(name)
    keys = list(AttemptCount.objects.values_list("key", flat=True))
    assert len(set(keys)) == 2
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


def test_hashes_of_names_depend_on_the_secret_key(settings: Settings) -> None:
    attempt("swordfish")
    mine = set(AttemptCount.objects.values_list("key", flat=True))
    AttemptCount.objects.all().delete()
    settings.SECRET_KEY = "another key, as an attacker would guess"
    attempt("swordfish")
    assert not mine & set(AttemptCount.objects.values_list("key", flat=True))


# ------------------------------------------------------------------ purging


def test_expired_counts_are_purged_in_batches() -> None:
    for address in (HOME, OTHER_ADDRESS, "192.0.2.3"):
        attempt(address=address)
    age_attempt_counts(minutes=1)
    attempt(address="192.0.2.4")
    assert [throttling.purge(at_most=2) for _ in range(3)] == [2, 1, 0]
    assert counts() == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql(reason="SQLite has one writer at a time")
def test_purging_does_not_wait_for_locked_counts() -> None:
    attempt(address=HOME)
    attempt(address=OTHER_ADDRESS)
    age_attempt_counts(minutes=1)
    with transaction.atomic():
        AttemptCount.objects.select_for_update().order_by("key")[0:1].get()
        assert run_on_another_connection(lambda: throttling.purge(at_most=10)) == 1
    assert counts() == [1]
