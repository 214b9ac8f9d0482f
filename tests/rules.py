"""Changing the rules of the domain in a test."""

from dataclasses import fields, replace
from typing import Any

import pytest

from cinema.accounts.rules import rules as account_rules
from cinema.booking.rules import rules as booking_rules
from cinema.catalog.rules import rules as catalog_rules
from cinema.core.rules import Given
from cinema.core.rules import rules as core_rules
from cinema.realtime.rules import rules as realtime_rules

SLICES: tuple[Given[Any], ...] = (account_rules, booking_rules, catalog_rules, core_rules, realtime_rules)


class ChangeRules:
    """Changes single rules of any slice until the test ends: `change_rules(seats_per_user_and_show=1)`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, **changes: object) -> None:
        for name, value in changes.items():
            (given,) = (each for each in SLICES if name in {field.name for field in fields(each())})
            self._monkeypatch.setattr(given, "_rules", replace(given(), **{name: value}))


@pytest.fixture
def change_rules(monkeypatch: pytest.MonkeyPatch) -> ChangeRules:
    return ChangeRules(monkeypatch)
