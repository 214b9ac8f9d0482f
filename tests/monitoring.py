"""The alerts and the dashboard in `deploy/monitoring`, and the metrics that they use."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from config.environment import BASE_DIR

FOLDER = BASE_DIR / "deploy" / "monitoring"
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text())
# Labels that Prometheus adds, and the label of buckets.
OTHER_LABELS = {"instance", "job", "le"}

_USE = re.compile(r"\b(?P<name>cinema_\w+)(?:\{(?P<labels>[^}]*)\})?")
_LABEL = re.compile(r"(\w+)\s*=")


def expressions() -> list[str]:
    """All expressions of the alerts and the dashboard."""
    return [alert["expr"] for alert in ALERTS] + [
        target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", [])
    ]


def uses(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each series in an expression, with the names of the labels that select from it."""
    for use in _USE.finditer(expression):
        yield use["name"], set(_LABEL.findall(use["labels"] or "")) - OTHER_LABELS
