import math
import re
from datetime import timedelta

import limits
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidCredentials, TooManyAttempts
from cinema.accounts.models import User
from cinema.accounts.rules import rules as account_rules
from cinema.accounts.tokens import RefreshToken
from tests.accounts.sessions import (
    HOME,
    LIMIT,
    age_attempt_counts,
    can_be_refreshed,
    fail_to_log_in,
    is_logged_in,
    login,
)
from tests.rules import ChangeRules
from tests.situations import PASSWORD, a_user

pytestmark = pytest.mark.django_db
OTHER_ADDRESS = "192.0.2.2"


def lock_out(name: str = "Ada") -> int:
    """Fail to log in until attempts are refused. Returns the number of seconds until the next attempt is allowed."""
    fail_to_log_in(LIMIT, name)
    return retry_after(name, "wrong")


def retry_after(name: str = "Ada", password: str = PASSWORD, address: str = HOME) -> int:
    """Assert that the attempt is refused because of too many failures. Returns the seconds until the next attempt."""
    with pytest.raises(TooManyAttempts) as refusal:
        login(name, password, address)
    return refusal.value.retry_after_seconds


def limit_logins(change_rules: ChangeRules, **rates: str) -> None:
    """Change some of the three rates and keep the others."""
    changed = {scope: limits.parse(rate) for scope, rate in rates.items()}
    change_rules(rates={**account_rules().rates, "login": {**account_rules().rates["login"], **changed}})


def passwords_hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that receives every password that is hashed during the test."""
    encode = MD5PasswordHasher.encode
    hashed: list[str] = []

    def encode_and_record(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode_and_record)
    return hashed


# ------------------------------------------------------------------ signing up and logging in


def test_signup_starts_a_session() -> None:
    session = sessions.signup(username="grace", email="grace@example.com", password=PASSWORD, address=HOME)
    assert session.user == User.objects.get(username="grace")
    assert is_logged_in(session)
    assert can_be_refreshed(session)


@pytest.mark.parametrize("name", ["Ada", "ada", "ADA", "ada@example.com", "ADA@EXAMPLE.com", " ada "])
def test_login_with_username_or_email_ignores_case(ada: User, name: str) -> None:
    session = login(name)
    assert session.user == ada
    assert tokens.read_access_token(session.access_token)[0] == ada


def test_a_session_has_the_expiry_of_its_access_token(ada: User) -> None:
    before = timezone.now().replace(microsecond=0)
    session = login()
    lifetime = timedelta(minutes=15)
    assert before + lifetime <= session.expires_at <= timezone.now() + lifetime


def test_a_login_updates_the_last_login(ada: User) -> None:
    login()
    ada.refresh_from_db()
    assert ada.last_login is not None
    assert timezone.now() - ada.last_login < timedelta(minutes=1)


def test_a_password_is_compared_exactly(ada: User) -> None:
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD.upper())
    with pytest.raises(InvalidCredentials):
        login(password=f" {PASSWORD}")


def test_an_unknown_user_gets_the_same_error_as_a_wrong_password(ada: User) -> None:
    with pytest.raises(InvalidCredentials) as wrong_password:
        login("Ada", "wrong")
    with pytest.raises(InvalidCredentials) as unknown_username:
        login("nobody", PASSWORD)
    with pytest.raises(InvalidCredentials) as unknown_address:
        login("nobody@example.com", PASSWORD)
    assert str(wrong_password.value) == str(unknown_username.value) == str(unknown_address.value)
    assert str(wrong_password.value) == "Wrong username, email or password."


REFUSED = {
    "wrong password": ("Ada", "wrong"),
    "wrong password, by address": ("ada@example.com", "wrong"),
    "unknown username": ("nobody", PASSWORD),
    "unknown address": ("nobody@example.com", PASSWORD),
    "not active": ("inactive", PASSWORD),
    "no usable password": ("without", PASSWORD),
    "password too long": ("Ada", "x" * 100_000),
    "password too long, unknown username": ("nobody", "x" * 100_000),
    "name too long": ("x" * 100_000, PASSWORD),
}


def work_of_refusing(name: str, password: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """The number of hashed passwords, and the SQL statements without their values."""
    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        hashed = passwords_hashed(patch)
        with pytest.raises(InvalidCredentials) as refusal:
            login(name, password)
    assert str(refusal.value) == "Wrong username, email or password."
    assert max(map(len, hashed)) <= 1000
    statements = [re.sub(r"'[^']*'|\bs\d+_x\d+\b", "?", query["sql"]) for query in queries]
    return len(hashed), [re.sub(r'"(username|email)"\) = \S+', "name", statement) for statement in statements]


@pytest.mark.parametrize("which", REFUSED)
def test_every_refusal_does_the_same_work(ada: User, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user("inactive", is_active=False)
    without = a_user("without")
    without.set_unusable_password()
    without.save()
    hashed, statements = work_of_refusing(*REFUSED[which], monkeypatch)
    assert (hashed, statements) == work_of_refusing("Ada", "wrong", monkeypatch)
    assert hashed == 1


def test_an_inactive_user_gets_the_same_error() -> None:
    a_user("grace", is_active=False)
    with pytest.raises(InvalidCredentials):
        login("grace")
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 300, f"{'x' * 300}@example.com"])
def test_an_impossible_name_gets_the_same_error(name: str) -> None:
    with pytest.raises(InvalidCredentials):
        login(name)


# ------------------------------------------------------------------ guessing passwords


def test_after_too_many_failures_logins_are_refused_for_15_minutes(ada: User) -> None:
    assert 600 < lock_out() <= 900


def test_during_a_lockout_the_correct_password_is_refused_without_checking_it(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_out()
    hashed = passwords_hashed(monkeypatch)
    retry_after()
    assert hashed == []
    assert not RefreshToken.objects.exists()


def test_fewer_failures_than_the_limit_do_not_lock_out(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    assert login().user == ada


def test_another_address_is_not_locked_out(ada: User) -> None:
    lock_out()
    assert login(address=OTHER_ADDRESS).user == ada


def test_another_account_is_not_locked_out(ada: User) -> None:
    grace = a_user("grace")
    lock_out()
    assert login("grace").user == grace


def test_failures_are_counted_ignoring_the_case_of_the_name(ada: User) -> None:
    fail_to_log_in(LIMIT - 2, "Ada")
    fail_to_log_in(1, "ADA")
    fail_to_log_in(1, " ada ")
    retry_after("aDa")


def test_a_lockout_does_not_reveal_which_email_belongs_to_a_username(ada: User) -> None:
    lock_out("Ada")
    assert login("ada@example.com").user == ada


@pytest.mark.parametrize("name", ["nobody", "nobody@example.com", "", "x" * 300])
def test_a_name_without_an_account_is_locked_out_too(name: str) -> None:
    assert 600 < lock_out(name) <= 900


def test_a_name_without_an_account_does_not_lock_out_another() -> None:
    lock_out("nobody")
    fail_to_log_in(1, "nobody-else")


def test_a_login_resets_the_failures(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    login()
    fail_to_log_in(LIMIT)


def test_the_remaining_seconds_of_a_lockout_decrease(ada: User) -> None:
    lock_out()
    age_attempt_counts(minutes=5)
    with pytest.raises(TooManyAttempts) as refusal:
        login()
    seconds = refusal.value.retry_after_seconds
    assert 300 < seconds <= 600
    assert str(refusal.value) == f"Too many attempts. Please try again in {math.ceil(seconds / 60)} minutes."


@pytest.mark.parametrize(
    ("seconds", "wait"), [(1, "1 second"), (120, "120 seconds"), (121, "3 minutes"), (3599, "60 minutes")]
)
def test_the_time_to_wait_is_written_in_seconds_or_minutes(seconds: int, wait: str) -> None:
    assert str(TooManyAttempts(seconds)) == f"Too many attempts. Please try again in {wait}."


def test_attempts_during_a_lockout_do_not_extend_it(ada: User) -> None:
    lock_out()
    age_attempt_counts(minutes=14)
    for _ in range(LIMIT):
        assert retry_after() <= 60
    age_attempt_counts(minutes=1)
    assert login().user == ada


def test_failures_from_different_addresses_lock_out_the_account(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, account="5/15 minutes")
    for number in range(5):
        fail_to_log_in(1, address=f"198.51.100.{number}")
    assert 600 < retry_after(address=OTHER_ADDRESS) <= 900


def test_failures_for_different_names_lock_out_the_address(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, address="5/15 minutes")
    for number in range(5):
        fail_to_log_in(1, f"unknown{number}")
    assert 600 < retry_after() <= 900
    assert login(address=OTHER_ADDRESS).user == ada


def test_successful_logins_do_not_count(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, account="2/15 minutes", address="2/15 minutes")
    for _ in range(3):
        login()


def test_a_login_keeps_failures_from_other_addresses_and_for_other_names(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, account="2/15 minutes", address="2/15 minutes")
    fail_to_log_in(1, address=OTHER_ADDRESS)
    fail_to_log_in(1, "nobody")
    login()
    fail_to_log_in(1, "Ada")
    retry_after("Ada", address="198.51.100.1")
    retry_after("unknown", address=HOME)


def test_refused_attempts_lock_out_neither_the_address_nor_the_account(ada: User, change_rules: ChangeRules) -> None:
    grace = a_user("grace")
    limit_logins(change_rules, account_and_address="2/15 minutes", account="3/15 minutes", address="3/15 minutes")
    fail_to_log_in(2)
    for _ in range(5):
        retry_after()
    assert login("grace").user == grace
    assert login(address=OTHER_ADDRESS).user == ada
