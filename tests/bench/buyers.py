"""Users with access tokens. Requests use one user after the other, so that none reaches the limit of seats per show."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.utils import timezone

from cinema.accounts import tokens
from cinema.models import RefreshToken, User
from tests.bench.environment import SECRET_KEY

COUNT = 5_000
TOKEN_LIFETIME = timedelta(hours=4)


@dataclass(frozen=True)
class Buyer:
    user: User
    token: str
    address: str
    # The token for the original design, which has its own users, with the keys 1 to COUNT.
    original_token: str


class Buyers:
    """Returns its buyers one after the other, over and over."""

    def __init__(self, using: str = "default", count: int = COUNT) -> None:
        now = timezone.now()
        sessions = RefreshToken.objects.using(using).select_related("user").order_by("user")[:count]
        self.all = [
            Buyer(
                user=session.user,
                token=tokens.issue_access_token(user=session.user, family=session.family, now=now)[0],
                address=f"10.{n // 65_536}.{n // 256 % 256}.{n % 256}",
                original_token=jwt.encode({"user_id": n + 1, "exp": now + TOKEN_LIFETIME}, SECRET_KEY, "HS256"),
            )
            for n, session in enumerate(sessions)
        ]
        self._cycle: Iterator[Buyer] = itertools.cycle(self.all)

    def next(self) -> Buyer:
        return next(self._cycle)
