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
from tests.accounts.sessions import HOME, LIMIT, can_be_refreshed, fail_to_log_in, is_signed_in, let_pass, login
from tests.rules import ChangeRules
from tests.situations import PASSWORD, a_user

pytestmark = pytest.mark.django_db
CAFE = "192.0.2.2"


def lock_out(name: str = "Ada") -> int:
    """Guess until nobody listens any more; how many seconds that will last."""
    fail_to_log_in(LIMIT, name)
    return refused(name, "wrong")


def refused(name: str = "Ada", password: str = PASSWORD, address: str = HOME) -> int:
    """Nobody listens; for how many seconds."""
    with pytest.raises(TooManyAttempts) as refusal:
        login(name, password, address)
    return refusal.value.retry_after_seconds


def limit_logins(change_rules: ChangeRules, **rates: str) -> None:
    """Other rates for some of the three; the others are as they were."""
    given = {scope: limits.parse(rate) for scope, rate in rates.items()}
    change_rules(rates={**account_rules().rates, "login": {**account_rules().rates["login"], **given}})


def passwords_hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Those that are hashed from now on."""
    encode = MD5PasswordHasher.encode
    hashed: list[str] = []

    def encode_and_tell(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode_and_tell)
    return hashed


# ------------------------------------------------------------------ signing up and in


def test_who_signs_up_is_signed_in() -> None:
    session = sessions.signup(username="grace", email="grace@example.com", password=PASSWORD, address=HOME)
    assert session.user == User.objects.get(username="grace")
    assert is_signed_in(session)
    assert can_be_refreshed(session)


@pytest.mark.parametrize("name", ["Ada", "ada", "ADA", "ada@example.com", "ADA@EXAMPLE.com", " ada "])
def test_a_user_signs_in_by_username_or_address_in_any_case(ada: User, name: str) -> None:
    session = login(name)
    assert session.user == ada
    assert tokens.read_access_token(session.access_token)[0] == ada


def test_a_session_tells_when_its_access_token_expires(ada: User) -> None:
    before = timezone.now().replace(microsecond=0)
    session = login()
    lifetime = timedelta(minutes=15)
    assert before + lifetime <= session.expires_at <= timezone.now() + lifetime


def test_signing_in_is_noted_as_the_last_login(ada: User) -> None:
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
    assert str(wrong_password.value) == "Wrong username or password."


REFUSED = {
    "wrong password": ("Ada", "wrong"),
    "wrong password, by address": ("ada@example.com", "wrong"),
    "unknown username": ("nobody", PASSWORD),
    "unknown address": ("nobody@example.com", PASSWORD),
    "not active": ("gone", PASSWORD),
    "no usable password": ("without", PASSWORD),
    "password too long": ("Ada", "x" * 100_000),
    "password too long, of nobody": ("nobody", "x" * 100_000),
    "name too long": ("x" * 100_000, PASSWORD),
}


def work_of_refusing(name: str, password: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """How many passwords are hashed, and the statements, without what they are about."""
    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        hashed = passwords_hashed(patch)
        with pytest.raises(InvalidCredentials) as refusal:
            login(name, password)
    assert str(refusal.value) == "Wrong username or password."
    assert max(map(len, hashed)) <= 1000
    statements = [re.sub(r"'[^']*'|\bs\d+_x\d+\b", "?", query["sql"]) for query in queries]
    return len(hashed), [re.sub(r'"(username|email)"\) = \S+', "name", statement) for statement in statements]


@pytest.mark.parametrize("which", REFUSED)
def test_refusing_takes_the_same_work_whatever_is_wrong(ada: User, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user("gone", is_active=False)
    without = a_user("without")
    without.set_unusable_password()
    without.save()
    hashed, statements = work_of_refusing(*REFUSED[which], monkeypatch)
    assert (hashed, statements) == work_of_refusing("Ada", "wrong", monkeypatch)
    assert hashed == 1


def test_a_user_who_is_not_active_gets_the_same_error() -> None:
    a_user("grace", is_active=False)
    with pytest.raises(InvalidCredentials):
        login("grace")
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 300, f"{'x' * 300}@example.com"])
def test_a_name_that_nobody_can_have_is_refused_like_any_other(name: str) -> None:
    with pytest.raises(InvalidCredentials):
        login(name)


# ------------------------------------------------------------------ guessing passwords


def test_after_too_many_failures_nobody_listens_for_a_quarter_of_an_hour(ada: User) -> None:
    assert 890 <= lock_out() <= 900


def test_during_a_lockout_the_right_password_is_not_listened_to_either(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_out()
    hashed = passwords_hashed(monkeypatch)
    refused()
    assert hashed == []
    assert not RefreshToken.objects.exists()


def test_one_failure_less_is_no_lockout(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    assert login().user == ada


def test_another_address_is_not_locked_out(ada: User) -> None:
    lock_out()
    assert login(address=CAFE).user == ada


def test_another_account_is_not_locked_out(ada: User) -> None:
    grace = a_user("grace")
    lock_out()
    assert login("grace").user == grace


def test_failures_count_for_a_name_in_any_case(ada: User) -> None:
    fail_to_log_in(LIMIT - 2, "Ada")
    fail_to_log_in(1, "ADA")
    fail_to_log_in(1, " ada ")
    refused("aDa")


def test_a_lockout_does_not_tell_which_address_belongs_to_which_username(ada: User) -> None:
    lock_out("Ada")
    assert login("ada@example.com").user == ada


@pytest.mark.parametrize("name", ["nobody", "nobody@example.com", "", "x" * 300])
def test_a_name_without_account_is_locked_out_just_the_same(name: str) -> None:
    assert 890 <= lock_out(name) <= 900


def test_a_name_without_account_does_not_lock_out_another() -> None:
    lock_out("nobody")
    fail_to_log_in(1, "nobody-else")


def test_signing_in_forgets_the_failures(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    login()
    fail_to_log_in(LIMIT)


def test_the_seconds_that_are_left_of_a_lockout_go_down(ada: User) -> None:
    lock_out()
    let_pass(minutes=5)
    with pytest.raises(TooManyAttempts) as refusal:
        login()
    seconds = refusal.value.retry_after_seconds
    assert 590 <= seconds <= 600
    assert str(refusal.value) == f"Too many attempts. Please try again in {seconds} seconds."


def test_attempts_during_a_lockout_do_not_make_it_longer(ada: User) -> None:
    lock_out()
    let_pass(minutes=14)
    for _ in range(LIMIT):
        assert refused() <= 60
    let_pass(minutes=1)
    assert login().user == ada


def test_an_account_rests_after_many_failures_from_anywhere(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, account="5/15 minutes")
    for number in range(5):
        fail_to_log_in(1, address=f"198.51.100.{number}")
    assert 890 <= refused(address=CAFE) <= 900


def test_an_address_rests_after_many_failures_for_any_name(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, address="5/15 minutes")
    for number in range(5):
        fail_to_log_in(1, f"somebody{number}")
    assert 890 <= refused() <= 900
    assert login(address=CAFE).user == ada


def test_who_signs_in_does_not_count_for_account_or_address(ada: User, change_rules: ChangeRules) -> None:
    limit_logins(change_rules, account="2/15 minutes", address="2/15 minutes")
    for _ in range(3):
        login()


def test_signing_in_does_not_forget_what_others_did_to_the_account_or_from_the_address(
    ada: User, change_rules: ChangeRules
) -> None:
    limit_logins(change_rules, account="2/15 minutes", address="2/15 minutes")
    fail_to_log_in(1, address=CAFE)
    fail_to_log_in(1, "nobody")
    login()
    fail_to_log_in(1, "Ada")
    refused("Ada", address="198.51.100.1")
    refused("somebody", address=HOME)


def test_who_is_refused_locks_out_neither_the_address_nor_the_account(ada: User, change_rules: ChangeRules) -> None:
    grace = a_user("grace")
    limit_logins(change_rules, account_and_address="2/15 minutes", account="3/15 minutes", address="3/15 minutes")
    fail_to_log_in(2)
    for _ in range(5):
        refused()
    assert login("grace").user == grace
    assert login(address=CAFE).user == ada
