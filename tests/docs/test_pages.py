"""The documentation matches the code: its documents are valid, its links work, and every setting is listed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from config.environment import BASE_DIR
from schema.root import schema
from tests.docs.pages import PAGES, blocks, label

DOCUMENTS = [
    pytest.param(document, id=f"{label(page)}-{number}")
    for page in PAGES
    for number, document in enumerate(blocks(page, "graphql"), start=1)
]
# Their defaults depend on other settings.
DERIVED = {
    "JWT_SECRET_KEY",
    "DATABASE_URL",
    "OPEN_HOLDS_PER_UNVERIFIED_USER",
    "HELD_SEATS_PER_UNVERIFIED_USER",
}
CONFIGURATION = BASE_DIR / "docs" / "configuration.md"
LINK = re.compile(r"\]\((?!https?://|mailto:)(?P<path>[^)#]*)(#(?P<anchor>[^)]*))?\)")
HEADING = re.compile(r"^#+ (?P<text>.*)$", re.MULTILINE)
# How `config/` reads a variable.
VARIABLE = re.compile(
    r'(?:env\.\w+|_rate|_origins|_header_names|secret_key|earlier_keys|optional_package|items|whole_number)\(\s*"(?P<name>[A-Z][A-Z0-9_]+)"'
)


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives the headings of a page."""
    headings = [match["text"].lower() for match in HEADING.finditer(page.read_text())]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_are_valid(document: str) -> None:
    assert validate(schema._schema, parse(document)) == []  # noqa: SLF001 - Strawberry has no public API for it


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_link_targets_exist(page: Path) -> None:
    for link in LINK.finditer(page.read_text()):
        target = (page.parent / link["path"]).resolve() if link["path"] else page
        assert target.exists(), link[0]
        if link["anchor"]:
            assert link["anchor"] in anchors(target), link[0]


def test_every_setting_is_documented() -> None:
    sources = (BASE_DIR / "config").glob("*.py")
    read = {match["name"] for source in sources for match in VARIABLE.finditer(source.read_text())}
    rows = [line.split("|")[1] for line in CONFIGURATION.read_text().splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}

    assert len(read) > 50, "the pattern no longer finds the settings"
    assert documented == read


def test_the_defaults_of_settings_are_documented() -> None:
    documented = {name: default for name, default in _documented_defaults() if name not in DERIVED}
    assert documented == {name: _text(default) for name, default in _defaults().items() if name not in DERIVED}


def _documented_defaults() -> Iterator[tuple[str, str]]:
    """Each setting in the tables, and its default. A row can have several of both, or one default for several."""
    for line in CONFIGURATION.read_text().splitlines():
        if line.startswith("| `"):
            names, cell = (re.findall(r"`([^`]+)`|(none)", column) for column in line.split(" | ")[:2])
            defaults = [code or none for code, none in cell]
            for number, (name, _) in enumerate(names):
                yield name, defaults[number if len(defaults) == len(names) else 0]


def _defaults() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.docs.defaults"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": "x" * 50},
        stdout=subprocess.PIPE,
        check=True,
    )
    defaults: dict[str, Any] = json.loads(done.stdout)
    return defaults


def _text(default: Any) -> str:
    """A default as the documentation writes it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list):
        return ",".join(default) or "none"
    return "none" if default in {None, ""} else str(default)
