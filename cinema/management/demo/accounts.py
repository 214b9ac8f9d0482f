"""Demo accounts, for development only: their password is public."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission

from cinema.accounts import registration
from cinema.accounts.models import User
from cinema.accounts.registration import NewAccount
from cinema.core.transactions import use_case

STAFF_GROUP = "Cinema staff"


@dataclass(frozen=True)
class DemoAccount:
    username: str
    is_staff: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


DEMO_ACCOUNTS = (DemoAccount("staff", is_staff=True), DemoAccount("alice"), DemoAccount("bob"))
DEMO_PASSWORD = "popcorn-and-a-movie"  # noqa: S105 - no secret: it is printed and documented


def add_missing() -> int:
    """Add the missing demo accounts. Returns their number. Skips accounts whose username or email is taken."""
    missing = [account for account in DEMO_ACCOUNTS if not _is_taken(account)]
    _create([(_checked(account), account.is_staff) for account in missing])
    return len(missing)


def _is_taken(account: DemoAccount) -> bool:
    return any(User.objects.known_as(name).exists() for name in (account.username, account.email))


def _checked(account: DemoAccount) -> NewAccount:
    return registration.check(username=account.username, email=account.email, password=DEMO_PASSWORD)


@use_case
def _create(accounts: list[tuple[NewAccount, bool]]) -> None:
    group, _ = Group.objects.get_or_create(name=STAFF_GROUP)
    group.permissions.add(*Permission.objects.filter(content_type__app_label="cinema"))
    for account, is_staff in accounts:
        user = registration.create(account, is_staff=is_staff)
        if is_staff:
            user.groups.add(group)
