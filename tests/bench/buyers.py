"""Users with access tokens. Requests go through them in turn, so that none reaches the limit of seats for a show."""

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
    # For the original design, which has users of its own, with the keys 1 to COUNT.
    original_token: str


class Buyers:
    """Call `next` for the one whose turn it is."""

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
        self._turns: Iterator[Buyer] = itertools.cycle(self.all)

    def next(self) -> Buyer:
        return next(self._turns)
