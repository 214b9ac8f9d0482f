from dataclasses import dataclass
from datetime import timedelta

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class CatalogRules:
    """How shows are scheduled, and in which currency (ISO 4217) they are sold."""

    cleaning_time: timedelta
    currency: str


rules = Given[CatalogRules]()
