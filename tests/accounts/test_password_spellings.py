"""A password is the same in every form in which keyboards send its letters."""

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password

from cinema.accounts import passwords, recovery, sessions, users
from cinema.accounts.errors import InvalidCredentials
from cinema.accounts.models import User
from tests import situations
from tests.accounts.mailing import reset_token
from tests.accounts.sessions import HOME
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

PASSWORDS = [
    "crème-brûlée-à-midi",
    "пломбир-Йогурт-ёж",
    "バナナとパンケーキ",
    "바나나와우유한잔",
    "Phở-đặc-biệt",
    "two\u00a0plain\u3000spaces",
]
ADDRESS = "ada@example.com"


def forms(password: str) -> set[str]:
    return {unicodedata.normalize(form, password) for form in ("NFC", "NFD")}


def can_log_in(password: str, name: str = "ada") -> bool:
    try:
        sessions.login(name=name, password=password, address=HOME)
    except InvalidCredentials:
        return False
    return True


def signed_up(password: str) -> None:
    sessions.signup(username="ada", email=ADDRESS, password=password, address=HOME)


def changed(password: str) -> None:
    ada = situations.a_user("ada")
    sessions.change_password(by=ada, current=situations.PASSWORD, new=password, address=HOME)


def reset(password: str) -> None:
    situations.a_user("ada")
    recovery.reset_password(token=reset_token(ADDRESS), new=password, address=HOME)


def set_by_staff(password: str) -> None:
    ada, root = situations.a_user("ada"), situations.a_user("root", is_superuser=True)
    users.set_password(user_id=ada.pk, by=root, password=password)


def stored_without_normalization(password: str) -> None:
    User.objects.filter(pk=situations.a_user("ada").pk).update(password=make_password(password))


SETTERS = [signed_up, changed, reset, set_by_staff, stored_without_normalization]


@pytest.mark.parametrize("set_password", SETTERS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("password", PASSWORDS[:2] + PASSWORDS[3:5])
def test_a_password_set_in_one_form_is_accepted_in_another(set_password: Any, form: Any, password: str) -> None:
    set_password(unicodedata.normalize(form, password))

    assert {typed: can_log_in(typed) for typed in forms(password)} == dict.fromkeys(forms(password), True)
    with nothing_changes():
        assert not can_log_in(password[:-1])


@pytest.mark.parametrize("password", PASSWORDS)
def test_the_current_password_is_accepted_in_another_form(password: str) -> None:
    signed_up(unicodedata.normalize("NFD", password))
    by = User.objects.get()

    sessions.change_password(
        by=by, current=unicodedata.normalize("NFC", password), new=situations.PASSWORD, address=HOME
    )

    assert can_log_in(situations.PASSWORD)


def test_unusual_spaces_are_plain_spaces() -> None:
    signed_up("two\u00a0plain\u3000spaces")

    assert can_log_in("two plain spaces")


def test_different_letters_are_different_passwords() -> None:
    signed_up("creme-brulee-\ufb01n")

    with nothing_changes():
        assert not can_log_in("crème-brûlée-\ufb01n")
        assert not can_log_in("creme-brulee-fin")


@pytest.mark.parametrize(
    ("password", "hashes"), [("popcorn", 1), ("crème", 2), ("cre\u0300me", 2), ("e\u0300\u00e8", 3), ("x" * 1001, 1)]
)
def test_a_refusal_takes_as_many_hashes_for_an_unknown_user(
    password: str, hashes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    situations.a_user("ada")
    encode, calls = MD5PasswordHasher.encode, list[str]()

    def counted(self: MD5PasswordHasher, *args: Any) -> str:
        calls.append("hash")
        return encode(self, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for name in ("ada", "nobody", ADDRESS):
        calls.clear()
        assert not can_log_in(password, name)
        assert len(calls) == hashes, name


def test_the_length_limit_counts_the_normalized_letters() -> None:
    password = ("é" * (passwords.MAX_LENGTH - 8)) + "crème!?1"
    signed_up(unicodedata.normalize("NFD", password))

    assert can_log_in(password)
