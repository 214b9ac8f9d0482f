from dataclasses import dataclass
from datetime import timedelta

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class CatalogRules:
    """The cleaning time between shows, and the currency of all prices (ISO 4217)."""

    cleaning_time: timedelta
    currency: str


rules = Given[CatalogRules]()
