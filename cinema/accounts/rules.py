from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from limits import RateLimitItem

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class AccountRules:
    """Limits on attempts, the address of links in emails, and the retention of tokens."""

    # By action, such as `login`, and by scope: `address`, `account` or `account_and_address`. For `login` and
    # `change_password`, only failures count.
    rates: Mapping[str, Mapping[str, RateLimitItem]]
    # The URL of the front end, without a slash at the end.
    front_end_url: str
    link_lifetime: timedelta
    # How long a refresh token is kept after it was used, ended or expired. Until then, reusing a used one ends its
    # session.
    refresh_token_retention: timedelta
    # How long after its use a refresh token can be used again. Zero if never.
    refresh_repeat_period: timedelta
    secret_key: str
    # What was signed with these keys is still valid. Everything new is signed with the current keys.
    earlier_secret_keys: Sequence[str]
    earlier_jwt_keys: Sequence[str]


rules = Given[AccountRules]()
