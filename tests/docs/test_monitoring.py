"""Alerts have entries in the runbook. `tests/server/test_metrics.py` compares their metrics with the server's."""

import re

from config.environment import BASE_DIR
from tests.monitoring import ALERTS, expressions

RUNBOOK = (BASE_DIR / "docs" / "runbook.md").read_text()
CLOSING = {")": "(", "]": "[", "}": "{"}


def test_every_alert_has_an_entry_in_the_runbook() -> None:
    names = [alert["alert"] for alert in ALERTS]
    assert re.findall(r"^## (Cinema\w+)$", RUNBOOK, re.MULTILINE) == names
    for entry in RUNBOOK.split("\n## Cinema")[1:]:
        assert re.findall(r"^\*\*(\w+)\.\*\*", entry, re.MULTILINE) == ["Symptom", "Check", "Do"]
    for alert in ALERTS:
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["labels"]["severity"] in {"critical", "warning"}
        assert alert["annotations"]["summary"]


def test_brackets_of_expressions_are_closed() -> None:
    for expression in expressions():
        opened = []
        for character in re.sub(r'"[^"]*"', "", expression):
            if character in CLOSING.values():
                opened.append(character)
            elif character in CLOSING:
                assert opened.pop() == CLOSING[character], expression
        assert not opened, expression
