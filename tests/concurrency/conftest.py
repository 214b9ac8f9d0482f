"""Two who meet: who they are, and how they do something at the same time."""

from collections.abc import Callable
from typing import Any

import pytest

from cinema.models import User
from tests import situations
from tests.concurrency.outcomes import AtOnce, Outcome
from tests.concurrency.racing import Moment, meet


@pytest.fixture
def at_once(interrupted: str, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """Two who do something at the same time: `at_once(ann=..., bob=...)`. One of them is interrupted at the moment."""

    def at_once(**acts: Callable[[], Any]) -> Outcome:
        (other,) = acts.keys() - {interrupted}
        meeting = meet(acts[interrupted], acts[other], moment, monkeypatch)
        return interrupted if meeting.rival_waited else other, {interrupted: meeting.first, other: meeting.rival}

    return at_once


@pytest.fixture
def ann(db: None) -> User:
    return situations.a_user("ann")


@pytest.fixture
def bob(db: None) -> User:
    return situations.a_user("bob")
