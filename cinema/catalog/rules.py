from dataclasses import dataclass
from datetime import timedelta

from cinema.core.rules import Given

# The range of the deadlines for booking and cancelling, in minutes before the start of a show. A negative number is a
# deadline after the start.
MINUTES_BEFORE_START = range(-4 * 60, 30 * 24 * 60 + 1)


@dataclass(frozen=True, kw_only=True)
class CatalogRules:
    """The cleaning time between shows, and the currency (ISO 4217) of theaters that do not have their own."""

    cleaning_time: timedelta
    currency: str


rules = Given[CatalogRules]()
