"""The problems that the checks find in a run."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    OWNED_TWICE = "a seat owned twice"
    LOST = "an acknowledged booking is lost"
    UNASKED = "a booking without a call"
    KEY = "an idempotency key that did not work"
    NO_ORDER = "responses that no order of the calls explains"
    UNDECIDED = "not decided"
    LIMIT = "more seats than allowed"
    UNEXPECTED = "an unexpected response"
    INCONSISTENT = "rows that contradict each other"


@dataclass(frozen=True)
class Complaint:
    kind: Kind
    text: str
