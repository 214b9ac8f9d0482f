from decimal import Decimal

from cinema.catalog.rules import rules
from cinema.core.money import Money


def in_currency(amount: Decimal) -> Money:
    """`amount` in the currency that shows are sold in."""
    return Money(amount, rules().currency)
