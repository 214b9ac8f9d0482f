from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings


@dataclass(frozen=True)
class Money:
    """An amount, two decimals, and its ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def in_house_currency(amount: Decimal) -> Money:
    """`amount` in the currency the cinema's prices are in."""
    return Money(amount, settings.CURRENCY)
