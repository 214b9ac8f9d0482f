from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cinema.accounts import registration, sessions, tokens, users
from cinema.accounts.errors import InvalidRefreshToken, InvalidToken
from cinema.accounts.models import User
from cinema.core.transactions import detecting_conflict
from tests import situations
from tests.admin.conftest import errors, messages, staff_client_with
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

ADD = reverse("admin:cinema_user_add")
LIST = reverse("admin:cinema_user_changelist")
NEW_PASSWORD = "a-quiet-row-of-seats"
TAKEN = {"username": ["This username is taken."], "email": ["This email is in use."]}


def change(user: User) -> str:
    return reverse("admin:cinema_user_change", args=[user.pk])


def password(user: User) -> str:
    return reverse("admin:auth_user_password_change", args=[user.pk])


def passwords(value: str = NEW_PASSWORD) -> dict[str, str]:
    return {"usable_password": "true", "password1": value, "password2": value}


def a_session(user: User) -> sessions.Session:
    return sessions.login(name=user.username, password=situations.PASSWORD, address="192.0.2.1")


def stored(user: User) -> tuple[Any, ...]:
    """Everything stored about a user that these pages can change, for comparison."""
    live_tokens = list(user.session_tokens.filter(revoked=None).values_list("pk", flat=True))
    return (
        User.objects.values().get(pk=user.pk),
        list(user.groups.all()),
        list(user.user_permissions.all()),
        live_tokens,
    )


def entered(user: User, **changes: Any) -> dict[str, Any]:
    """The form of an active customer, as the browser sends it: without unchecked boxes."""
    return {
        "username": user.username,
        "email": user.email,
        "first_name": "",
        "last_name": "",
        "is_active": "on",
        **changes,
    }


def test_an_account_is_added(staff_client: Client) -> None:
    names = {"username": "ana", "email": "Ana@Example.com"}
    assert staff_client.post(ADD, names | passwords()).status_code == 302
    user = User.objects.get(username="ana")
    assert user.email == "ana@example.com"
    assert user.check_password(NEW_PASSWORD)
    assert (user.is_active, user.is_staff) == (True, False)


def test_a_weak_password_adds_no_account(staff_client: Client) -> None:
    with nothing_changes():
        response = staff_client.post(ADD, {"username": "ana", "email": "ana@example.com", **passwords("12345678")})
    assert list(errors(response)) == ["password1"]


def test_different_entries_of_a_password_are_refused(staff_client: Client) -> None:
    different = passwords() | {"password2": f"{NEW_PASSWORD}!"}
    with nothing_changes():
        response = staff_client.post(ADD, {"username": "ana", "email": "ana@example.com", **different})
    assert list(errors(response)) == ["password2"]


def test_usernames_and_emails_are_unique_ignoring_case(staff_client: Client) -> None:
    ana, bruno = situations.a_user("ana"), situations.a_user("bruno")
    before = stored(bruno)
    assert errors(staff_client.post(ADD, {"username": "ANA", "email": "ANA@example.com", **passwords()})) == TAKEN
    assert errors(staff_client.post(change(bruno), entered(bruno, username="Ana", email="Ana@example.com"))) == TAKEN
    assert User.objects.filter(is_staff=False).count() == 2
    assert stored(bruno) == before
    assert staff_client.post(change(ana), entered(ana, username="Ana")).status_code == 302
    ana.refresh_from_db()
    assert ana.username == "Ana"


def sign_up_ana_before_saving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another account take ana's username and email after they were checked and before they are stored."""

    def signing_up_first(constraints: Any) -> Any:
        User.objects.bulk_create([User(username="ana", email="ana@example.com")])
        return detecting_conflict(constraints)

    monkeypatch.setattr(registration, "detecting_conflict", signing_up_first)


def test_names_taken_after_the_check_are_refused(staff_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up_ana_before_saving(monkeypatch)
    assert errors(staff_client.post(ADD, {"username": "Ana", "email": "ana@example.com", **passwords()})) == TAKEN
    assert not User.objects.filter(username__iexact="ana").exists()


def test_a_new_name_taken_after_the_check_is_refused(staff_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bruno = situations.a_user("bruno")
    before = stored(bruno)
    sign_up_ana_before_saving(monkeypatch)
    response = staff_client.post(change(bruno), entered(bruno, username="Ana"))
    assert errors(response) == {"username": TAKEN["username"]}
    assert stored(bruno) == before


def test_a_refused_change_changes_nothing(staff_client: Client) -> None:
    situations.a_user("ana")
    bruno = situations.a_user("bruno")
    session = a_session(bruno)
    before = stored(bruno)
    group = Group.objects.create(name="Managers")
    form = entered(bruno, username="ana", email="new@example.com", is_staff="on", groups=[group.pk])
    del form["is_active"]
    assert errors(staff_client.post(change(bruno), form)) == {"username": TAKEN["username"]}
    assert stored(bruno) == before
    assert tokens.read_access_token(session.access_token)[0] == bruno


def test_an_account_needs_an_email(staff_client: Client) -> None:
    user = situations.a_user()
    with nothing_changes():
        response = staff_client.post(change(user), entered(user, email=""))
    assert errors(response) == {"email": ["This field is required."]}


def test_an_account_is_deactivated() -> None:
    user = situations.a_user()
    form = entered(user)
    del form["is_active"]
    assert staff_client_with("change_user").post(change(user), form).status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def test_a_new_password_ends_every_session() -> None:
    user = situations.a_user()
    session = a_session(user)
    staff_client = staff_client_with("change_user")
    assert staff_client.get(password(user)).status_code == 200
    assert staff_client.post(password(user), passwords()).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert not user.session_tokens.filter(revoked=None).exists()
    with pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)


def test_a_refused_password_changes_nothing(staff_client: Client) -> None:
    user = situations.a_user()
    session = a_session(user)
    before = stored(user)
    response = staff_client.post(password(user), passwords("12345678"))
    assert list(response.context["form"].errors) == ["password1"]
    assert "This password is too common." in response.context["form"].errors["password1"]
    assert stored(user) == before
    assert tokens.read_access_token(session.access_token)[0] == user


def test_logging_in_with_a_password_is_disabled(staff_client: Client) -> None:
    user = situations.a_user()
    form = {"usable_password": "false", "unset-password": "yes"}
    assert staff_client.post(password(user), form).status_code == 302
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.parametrize("permissions", [["view_user"], ["view_user", "change_user"]])
def test_the_page_of_a_user_tells_only_whether_there_is_a_password(permissions: list[str]) -> None:
    user, without = situations.a_user(), situations.a_user()
    users.set_password(user_id=without.pk, by=situations.a_user(is_superuser=True), password=None)
    pages = [staff_client_with(*permissions).get(change(each)).content.decode() for each in (user, without)]
    assert ["Not set" in page for page in pages] == [False, True]
    assert all(user.password.split("$")[1] not in page for page in pages)
    assert ["Change the password" in page for page in pages] == ["change_user" in permissions] * 2


def test_a_superuser_with_a_new_password_stays_logged_in() -> None:
    superuser = situations.a_user(is_staff=True, is_superuser=True)
    staff_client = Client()
    staff_client.force_login(superuser)
    assert staff_client.post(password(superuser), passwords()).status_code == 302
    assert staff_client.get(LIST).status_code == 200


@pytest.mark.parametrize("typed", ["ana.silva", "ANA.SILVA@EXAMPLE"])
def test_users_are_searched_by_username_and_email(staff_client: Client, typed: str) -> None:
    ana, _ = situations.a_user("ana.silva"), situations.a_user()
    assert list(staff_client.get(LIST, {"q": typed}).context["cl"].result_list) == [ana]


@pytest.mark.both
def test_users_and_their_bookings_are_found_ignoring_accents_case_and_punctuation(staff_client: Client) -> None:
    booking, _ = situations.a_booking(by=situations.a_user("zm")), situations.a_booking()
    zoe = booking.user
    names = [
        (("Zoë", "O'Müller-Łęcki"), ["muller", "zoe", "ZOË", "o’muller", "o'müller zoe", "łęcki", "LECKI, Zoe"]),  # noqa: RUF001
        (("Jürgen", "Großmann"), ["GROSSMANN", "großmann jurgen"]),
        (("Søren", "Ærø’s"), ["soren", "AERO", "ÆRØ"]),  # noqa: RUF001
        (("Élodie", "Ζωή Ёлкин"), ["elodie", "ζωη", "ЕЛКИН"]),
        (("ANA", "D.Silva"), ["dsilva ana", "d.silva"]),
    ]
    bookings = reverse("admin:cinema_booking_changelist")
    for (first, last), searches in names:
        User.objects.filter(pk=zoe.pk).update(first_name=first, last_name=last)
        for typed in searches:
            assert list(staff_client.get(LIST, {"q": typed}).context["cl"].result_list) == [zoe], typed
        assert list(staff_client.get(bookings, {"q": searches[0]}).context["cl"].result_list) == [booking]
    assert not staff_client.get(LIST, {"q": "ana muller"}).context["cl"].result_list


def test_only_a_superuser_can_grant_privileges() -> None:
    user = situations.a_user()
    group = Group.objects.create(name="Managers")
    rights = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk], "user_permissions": ["1"]}
    assert staff_client_with("change_user").post(change(user), entered(user, **rights)).status_code == 302
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert not user.groups.exists()
    assert not user.user_permissions.exists()


def test_a_superuser_can_grant_privileges(staff_client: Client) -> None:
    user = situations.a_user()
    group = Group.objects.create(name="Managers")
    assert staff_client.post(change(user), entered(user, is_staff="on", groups=[group.pk])).status_code == 302
    user.refresh_from_db()
    assert user.is_staff
    assert list(user.groups.all()) == [group]


def staff_without_permissions() -> User:
    return situations.a_user(is_staff=True)


def user_with_a_permission() -> User:
    user = situations.a_staff_member("change_movie")
    User.objects.filter(pk=user.pk).update(is_staff=False)
    return user


def user_in_a_group() -> User:
    user = situations.a_user(is_active=False)
    user.groups.add(Group.objects.create(name="Managers"))
    return user


def superuser() -> User:
    return situations.a_user(is_superuser=True)


@pytest.mark.parametrize("create", [staff_without_permissions, user_with_a_permission, user_in_a_group, superuser])
def test_only_a_superuser_can_change_a_user_with_privileges(create: Callable[[], User]) -> None:
    colleague = create()
    staff_client = staff_client_with("view_user", "change_user", "delete_user")
    before = User.objects.values().get(pk=colleague.pk)

    assert staff_client.get(change(colleague)).status_code == 200
    assert staff_client.post(change(colleague), entered(colleague, email="mine@example.com")).status_code == 403
    assert staff_client.post(password(colleague), passwords()).status_code == 403
    delete = reverse("admin:cinema_user_delete", args=[colleague.pk])
    assert staff_client.post(delete, {"post": "yes"}).status_code == 403
    staff_client.post(LIST, {"action": "delete_selected", "_selected_action": [colleague.pk], "post": "yes"})
    assert User.objects.values().get(pk=colleague.pk) == before


def test_superusers_cannot_end_their_own_access(staff_client: Client) -> None:
    own = User.objects.get(is_superuser=True)
    with nothing_changes():
        refused = staff_client.post(change(own), {"username": own.username, "email": own.email}, follow=True)
        message = "You cannot remove this from your own account. Another superuser can."
        assert errors(refused) == {name: [message] for name in ("is_active", "is_staff", "is_superuser")}
        # The page has no button that deletes the account, but the list may include it.
        assert "Delete user" not in staff_client.get(change(own)).content.decode()
        selected = {"action": "delete_selected", "_selected_action": [own.pk], "post": "yes"}
        assert messages(staff_client.post(LIST, selected, follow=True)) == [
            f"{own}: You cannot delete your own account."
        ]
    other = situations.a_user(is_staff=True, is_superuser=True)
    assert "Delete user" in staff_client.get(change(other)).content.decode()
    assert staff_client.post(change(other), entered(other)).status_code == 302
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser) == (False, False)


def test_the_number_of_queries_is_constant(staff_client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(6):
        staff_client.get(LIST)
    for _ in range(5):
        situations.a_user()
    with django_assert_num_queries(6):
        staff_client.get(LIST)


def test_a_reactivated_account_has_no_old_sessions(staff_client: Client) -> None:
    ana = situations.a_user("ana")
    session = a_session(ana)
    inactive = entered(ana)
    del inactive["is_active"]
    for form in (inactive, entered(ana)):
        assert staff_client.post(change(ana), form).status_code == 302
    ana.refresh_from_db()
    assert ana.is_active
    with pytest.raises(InvalidToken):
        tokens.read_access_token(session.access_token)
    with pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=session.refresh_token, address="192.0.2.1")
    assert a_session(ana).user == ana
