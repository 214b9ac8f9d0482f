"""What is found wrong with a run."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    OWNED_TWICE = "a seat owned twice"
    LOST = "something acknowledged is lost"
    UNASKED = "a booking nobody asked for"
    KEY = "a key that did not keep its promise"
    NO_ORDER = "answers that no order explains"
    UNDECIDED = "not decided"
    LIMIT = "more seats than allowed"
    UNEXPECTED = "an answer nobody should get"
    INCONSISTENT = "two things that do not agree"


@dataclass(frozen=True)
class Complaint:
    kind: Kind
    text: str
