"""Two users, and two concurrent calls."""

from collections.abc import Callable
from typing import Any

import pytest

from cinema.booking import sales
from cinema.models import User
from tests import situations
from tests.concurrency.outcomes import Outcome, RunBoth
from tests.concurrency.racing import Moment, interleave


@pytest.fixture
def run_both(interrupted: str, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> RunBoth:
    """Run two calls concurrently: `run_both(ann=..., bob=...)`. One of them is interrupted at `moment`."""

    def run(**calls: Callable[[], Any]) -> Outcome:
        (other,) = calls.keys() - {interrupted}
        # A call that one statement decides would never reach the moment.
        monkeypatch.setattr(sales, "try_at_once", lambda *_, **__: None)
        interleaving = interleave(calls[interrupted], calls[other], moment, monkeypatch)
        came_first = interrupted if interleaving.other_waited else other
        return came_first, {interrupted: interleaving.first, other: interleaving.other}

    return run


@pytest.fixture
def ann(db: None) -> User:
    return situations.a_user("ann")


@pytest.fixture
def bob(db: None) -> User:
    return situations.a_user("bob")
