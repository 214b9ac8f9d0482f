from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cinema.core.rules import Given

# The range of the deadlines for booking and cancelling, in minutes before the start of a show. A negative number is a
# deadline after the start.
MINUTES_BEFORE_START = range(-4 * 60, 30 * 24 * 60 + 1)


@dataclass(frozen=True, kw_only=True)
class CatalogRules:
    """The cleaning time between shows, and the currency (ISO 4217) of theaters that do not have their own.

    Uploaded pictures are stored in `media_root`. Their URLs begin with `media_origin`, or are paths if it is empty.
    """

    cleaning_time: timedelta
    currency: str
    media_root: Path
    media_origin: str


rules = Given[CatalogRules]()
