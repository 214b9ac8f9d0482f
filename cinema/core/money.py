"""Amounts of money. Each currency has its own number of decimals: two for USD, none for JPY, three for KWD."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from iso4217 import Currency

from cinema.core.text import counted

# The decimals of the columns with amounts. No currency has more.
MAX_DECIMALS = 4
# Columns have fewer digits than this.
MAX_EXPONENT = 50
_DIGITS_OF_THOUSANDS = 3
# A comma before three digits may separate thousands.
_WRITTEN = re.compile(r"[0-9]+(\.[0-9]+|,[0-9]{1,2})?")


@dataclass(frozen=True)
class Money:
    """An amount and its ISO 4217 currency."""

    amount: Decimal
    currency: str

    @cached_property
    def rounded(self) -> Decimal:
        """The amount with the decimals of its currency, or with more if it could not be exact otherwise."""
        rounded = self.amount.quantize(unit_of(self.currency))
        return rounded if rounded == self.amount else self.amount.normalize()

    def __str__(self) -> str:
        return f"{self.rounded} {self.currency}"


def is_currency(code: str) -> bool:
    """Whether this is the ISO 4217 code of a currency that can be paid with. `XAU` (gold), for example, is not."""
    return code in _decimals()


def unit_of(currency: str) -> Decimal:
    """The smallest amount in this currency, such as 0.01. A currency that has been abolished had two decimals."""
    return _unit(_decimals().get(currency, 2))


def validate_currency(code: str) -> None:
    if not is_currency(code):
        raise ValidationError(f"{code} is not an ISO 4217 currency such as EUR.", code="unknown_currency")


def validate_amount(amount: Decimal, currency: str) -> None:
    """Raise `ValidationError` if the amount has more decimals than its currency, or is not a number."""
    decimals = _decimals().get(currency, 2)
    if not amount.is_finite() or abs(amount.adjusted()) > MAX_EXPONENT:
        raise ValidationError("This is not an amount of money.", code="invalid")
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        allowed = f"at most {counted(decimals, 'decimal')}" if decimals else "no decimals"
        raise ValidationError(f"An amount in {currency} has {allowed}.", code="max_decimal_places")


def read_amount(text: str) -> Decimal:
    """An amount as people write it: `12.50`, `12,50` or `12,50 €`. Raises `ValueError`, also for 1,250."""
    number = "".join(c for c in text if unicodedata.category(c) not in ("Sc", "Zs"))
    if not _WRITTEN.fullmatch(number):
        raise ValueError(text)
    return Decimal(number.replace(",", "."))


def is_ambiguous(written: Decimal, currency: str) -> bool:
    """Whether three decimals, as read from text, may be thousands: 2.000 is 2000 in German, but 2 in English."""
    has_three_decimals = written.as_tuple().exponent == -_DIGITS_OF_THOUSANDS
    return has_three_decimals and written != 0 and _decimals().get(currency, 2) < _DIGITS_OF_THOUSANDS


@cache
def _decimals() -> dict[str, int]:
    """The number of decimals of each currency."""
    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


@cache
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
