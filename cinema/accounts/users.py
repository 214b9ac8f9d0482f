"""Use cases of staff: add, change and delete users, and set their passwords.

`by` is the staff member. Only superusers can change privileges and users with privileges. The caller must check the
permission to manage users.
"""

from collections.abc import Collection
from typing import TypedDict, Unpack

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import ProtectedError
from django.db.models.deletion import Collector

from cinema.accounts import locks, passwords, registration, sessions
from cinema.accounts.models import User
from cinema.accounts.registration import NewAccount
from cinema.core.errors import FieldError, InvalidInput, NotFound
from cinema.core.transactions import requires_transaction, use_case

HAS_BOOKINGS = "This user has bookings, so it cannot be deleted. Deactivate it instead."
HAS_CHANGES = "This user has made changes that histories list, so it cannot be deleted. Deactivate it instead."
PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")
# Without them, a superuser is logged out or can no longer manage users.
OWN_ACCESS = ("is_active", "is_staff", "is_superuser")


class UserFields(TypedDict, total=False):
    """The fields of a user that can be changed. The last four are privileges."""

    username: str
    email: str
    first_name: str
    last_name: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    groups: Collection[Group]
    user_permissions: Collection[Permission]


def add(*, username: str, email: str, password: str | None) -> User:
    """Create an active user without privileges. Without a password, the user cannot log in until one is set.

    Raises `InvalidInput` for the fields `username`, `email` and `password`.
    """
    return _add(registration.check(username=username, email=email, password=password))


@use_case
def change(*, user_id: int, by: User, **fields: Unpack[UserFields]) -> User:
    """Change the given fields and keep the others. Activating or deactivating the user ends every session.

    Raises `NotFound`, or `InvalidInput` for single fields, or for `user_id` if `by` may not change this user. Nobody
    can end their own access: if there is no other superuser, nobody could restore it.
    """
    user = _locked(user_id, by=by)
    if not by.is_superuser:
        _refuse_privileges(fields)
    if user == by:
        _refuse_losing_access(fields)
    groups, permissions = fields.pop("groups", None), fields.pop("user_permissions", None)
    was_active = user.is_active
    for name, value in fields.items():
        setattr(user, name, value)
    registration.update(user)
    if groups is not None:
        user.groups.set(groups)
    if permissions is not None:
        user.user_permissions.set(permissions)
    if user.is_active != was_active:
        # Also if the user is activated, so that earlier tokens do not become valid again.
        sessions.end_all(user=user)
    return user


def set_password(*, user_id: int, by: User, password: str | None) -> User:
    """Set a new password and end every session. None disables logging in with a password.

    Raises `NotFound`, or `InvalidInput` for `password`, or for `user_id` if `by` may not change this user.
    """
    if password is not None:
        problems = registration.password_problems(password, user=_find(user_id), field="password")
        if problems:
            raise InvalidInput(problems)
    # Hashing is intentionally slow, so it is done before the transaction begins.
    return _set_password(user_id=user_id, by=by, password_hash=passwords.hashed(password))


@use_case
def remove(*, user_id: int, by: User) -> None:
    """Delete a user.

    Raises `NotFound`, or `InvalidInput` if the user has bookings or made changes, or is `by`, or if `by` may not change
    them.
    """
    user = _locked(user_id, by=by)
    if user == by:
        raise InvalidInput.of("user_id", "own_account", "You cannot delete your own account.")
    _check_histories(user)
    try:
        user.delete()
    except ProtectedError as error:
        raise _has_bookings() from error


def check_removable(user: User) -> None:
    """Raise `InvalidInput` if the user has bookings or made changes, so that `remove` would refuse."""
    _check_histories(user)
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect([user])
    except ProtectedError as error:
        raise _has_bookings() from error


def _check_histories(user: User) -> None:
    # Django would delete the entries of the user in the histories of shows, movies and so on with the user.
    if LogEntry.objects.filter(user=user).exists():
        raise InvalidInput.of("user_id", "has_changes", HAS_CHANGES)


def _has_bookings() -> InvalidInput:
    return InvalidInput.of("user_id", "has_bookings", HAS_BOOKINGS)


def may_change(user: User, *, by: User) -> bool:
    """Whether `by` has enough privileges to change this user.

    Otherwise, a staff member could set the password of a user with more privileges, and log in as that user.
    """
    return by.is_superuser or not _has_privileges(user)


def _has_privileges(user: User) -> bool:
    """Whether the user has privileges, even if they have no effect while the user is inactive."""
    return user.is_staff or user.is_superuser or user.groups.exists() or user.user_permissions.exists()


@use_case
def _add(account: NewAccount) -> User:
    return registration.create(account)


@use_case
def _set_password(*, user_id: int, by: User, password_hash: str) -> User:
    user = _locked(user_id, by=by)
    user.password = password_hash
    user.save(update_fields=["password"])
    sessions.end_all(user=user)
    return user


def _find(user_id: int) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotFound("user")
    return user


@requires_transaction
def _locked(user_id: int, *, by: User) -> User:
    """Lock the user, so that the checked privileges cannot change before the transaction ends."""
    user = locks.user(user_id)
    if not may_change(user, by=by):
        raise InvalidInput.of("user_id", "forbidden", "Only a superuser can change a user with privileges.")
    return user


def _refuse_privileges(fields: UserFields) -> None:
    problems = [
        FieldError(name, "forbidden", "Only a superuser can change this.") for name in PRIVILEGES if name in fields
    ]
    if problems:
        raise InvalidInput(problems)


def _refuse_losing_access(fields: UserFields) -> None:
    message = "You cannot remove this from your own account. Another superuser can."
    problems = [FieldError(name, "own_account", message) for name in OWN_ACCESS if fields.get(name) is False]
    if problems:
        raise InvalidInput(problems)
