from dataclasses import replace

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError
from pytest_django import Settings

import config.settings
from cinema.accounts import passwords, registration, sessions
from cinema.accounts.models import User
from cinema.accounts.registration import NewAccount
from cinema.core.errors import FieldError, InvalidInput
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

USERNAME_TAKEN = FieldError("username", "unique", "This username is taken.")
EMAIL_TAKEN = FieldError("email", "unique", "This email is in use.")


def new_account(username: str = "ada", email: str = "ada@example.com", password: str = PASSWORD) -> NewAccount:
    return registration.check(username=username, email=email, password=password)


def refusals(username: str = "ada", email: str = "ada@example.com", password: str = PASSWORD) -> list[tuple[str, str]]:
    """The field and code of each reason why such an account is refused."""
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        new_account(username, email, password)
    return [(problem.field, problem.code) for problem in refused.value.fields]


def test_a_new_user_is_a_customer_with_a_hashed_password() -> None:
    registration.create(new_account())
    stored = User.objects.get()
    assert (stored.username, stored.email) == ("ada", "ada@example.com")
    assert (stored.is_active, stored.is_staff, stored.is_superuser) == (True, False, False)
    assert PASSWORD not in stored.password
    assert stored.check_password(PASSWORD)


def test_checking_a_new_account_stores_nothing() -> None:
    with nothing_changes():
        new_account()


def test_usernames_keep_their_case_and_emails_are_lowercased() -> None:
    user = new_account("Ada", "Ada@Example.COM")
    assert (user.username, user.email) == ("Ada", "ada@example.com")


def test_spaces_around_username_and_email_are_removed() -> None:
    user = new_account(" ada ", " ada@example.com ")
    assert (user.username, user.email) == ("ada", "ada@example.com")


def test_spaces_around_a_password_are_part_of_it() -> None:
    account = new_account(password=f" {PASSWORD} ")
    assert check_password(f" {PASSWORD} ", account.password_hash)
    assert not check_password(PASSWORD, account.password_hash)


@pytest.mark.parametrize("username", ["ada", "Ada", "ADA", " aDa "])
def test_usernames_are_unique_ignoring_case(username: str) -> None:
    a_user("Ada")
    assert refusals(username, "other@example.com") == [("username", "unique")]


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@example.com", "ada@EXAMPLE.com"])
def test_emails_are_unique_ignoring_case(email: str) -> None:
    a_user("ada")
    assert refusals("other", email) == [("email", "unique")]


def test_emails_are_compared_with_stored_emails_ignoring_case() -> None:
    User.objects.create(username="grace", email="Grace@Example.com")
    assert refusals("other", "grace@example.com") == [("email", "unique")]


def test_the_database_refuses_a_username_in_another_case() -> None:
    a_user("ada")
    with pytest.raises(IntegrityError, match="one_user_per_username"):
        User.objects.create(username="ADA", email="other@example.com")


def test_the_database_refuses_an_email_in_another_case() -> None:
    a_user("ada")
    with pytest.raises(IntegrityError, match="one_user_per_email_address"):
        User.objects.create(username="other", email="ADA@example.com")


def test_all_problems_are_reported_at_once() -> None:
    a_user("ada")
    assert refusals("Ada", "ADA@example.com", "123") == [
        ("username", "unique"),
        ("email", "unique"),
        ("password", "password_too_short"),
        ("password", "password_too_common"),
        ("password", "password_entirely_numeric"),
    ]


@pytest.mark.parametrize("username", ["ada@example.com", "ada@", "a b", "a\nb", "Åda", "ⓐda", "ada/1"])
def test_a_username_with_other_characters_is_refused(username: str) -> None:
    assert refusals(username) == [("username", "invalid")]


def test_the_email_of_another_user_is_refused_as_username() -> None:
    grace = a_user("grace")
    assert ("username", "invalid") in refusals(grace.email, "other@example.com")


def test_a_username_can_contain_all_allowed_characters() -> None:
    assert new_account("Ada_L.0+9-z").username == "Ada_L.0+9-z"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("username", "", "blank"),
        ("username", "  ", "blank"),
        ("username", "a" * 51, "max_length"),
        ("email", "", "blank"),
        ("email", "ada", "invalid"),
        ("email", "ada@", "invalid"),
        ("email", "a b@example.com", "invalid"),
        ("email", f"ada@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 63}.com", "max_length"),
        ("password", "", "password_too_short"),
        ("password", "x9!kQ2z", "password_too_short"),
        ("password", "password1", "password_too_common"),
        ("password", "83650274916", "password_entirely_numeric"),
        ("password", "ada@example.com1", "password_too_similar"),
    ],
)
def test_invalid_fields_are_refused_with_codes_of_django(field: str, value: str, code: str) -> None:
    assert refusals(**{field: value}) == [(field, code)]


def test_a_password_like_the_username_is_refused() -> None:
    assert refusals("lovelace", password="lovelace1") == [("password", "password_too_similar")]


@pytest.mark.parametrize("username", ["ada", "ADA"])
def test_a_username_taken_after_the_check_is_refused(username: str) -> None:
    account = new_account("ada", "other@example.com")
    a_user(username)
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        registration.create(account)
    assert refused.value.fields == [USERNAME_TAKEN]


def test_an_email_taken_after_the_check_is_refused() -> None:
    account = new_account("other", "ADA@example.com")
    a_user("ada")
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        registration.create(account)
    assert refused.value.fields == [EMAIL_TAKEN]


def test_a_username_taken_during_signup_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def hash_while_another_user_signs_up(password: str) -> str:
        monkeypatch.undo()
        a_user("Ada")
        return passwords.hashed(password)

    monkeypatch.setattr(passwords, "hashed", hash_while_another_user_signs_up)
    with pytest.raises(InvalidInput) as refused:
        sessions.signup(username="ada", email="other@example.com", password=PASSWORD, address="192.0.2.1")
    assert refused.value.fields == [USERNAME_TAKEN]
    assert list(User.objects.values_list("username", flat=True)) == ["Ada"]


def test_other_integrity_errors_are_not_reported_as_taken_names() -> None:
    account = replace(new_account(), password_hash=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        registration.create(account)


@pytest.mark.parametrize("name", ["Ada", "ada", "ADA", "ada@example.com", "ADA@Example.com", " ada "])
def test_users_are_found_by_username_and_email_ignoring_case(name: str) -> None:
    user = a_user("Ada")
    a_user("grace")
    assert list(User.objects.known_as(name)) == [user]


@pytest.mark.parametrize("name", ["", "ad", "ada@example.co", "@", "example.com", "x" * 1000])
def test_users_are_not_found_by_other_names(name: str) -> None:
    a_user("ada")
    assert not User.objects.known_as(name).exists()


def test_deleting_a_user_deletes_their_sessions() -> None:
    user = a_user()
    sessions.login(name=user.username, password=PASSWORD, address="127.0.0.1")
    user.delete()
    assert not User.objects.exists()


def test_passwords_are_hashed_with_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = config.settings.PASSWORD_HASHERS
    hashed = make_password(PASSWORD)
    assert config.settings.PASSWORD_HASHERS[0] == "cinema.accounts.hashing.Argon2PasswordHasher"
    assert hashed.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, hashed)
    assert not check_password(f"{PASSWORD}!", hashed)


@pytest.mark.parametrize(
    "email",
    [
        "victim@straße.de",
        "bo\u017fs@example.com",
        "victim@po\u017ft.com",
        "victim@po\u00adst.com",
        "victim@post.com\u200b",
        "victim@\uff50ost.com",
        "root@localhost",
        "ada@[127.0.0.1]",
        "ada@[IPv6:::1]",
    ],
)
def test_an_email_that_could_reach_another_address_is_refused(db: None, email: str) -> None:
    with nothing_changes():
        assert refusals("victim", email) == [("email", "invalid")]


def test_an_internationalized_domain_is_accepted_in_punycode(db: None) -> None:
    assert new_account("victim", "victim@xn--strae-oqa.de").email == "victim@xn--strae-oqa.de"
