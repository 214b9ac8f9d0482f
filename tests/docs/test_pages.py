"""The documentation matches the code: its documents are valid, its links work, and every setting is listed."""

import re
from pathlib import Path

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
CONFIGURATION = BASE_DIR / "docs" / "configuration.md"
LINK = re.compile(r"\]\((?!https?://|mailto:)(?P<path>[^)#]*)(#(?P<anchor>[^)]*))?\)")
HEADING = re.compile(r"^#+ (?P<text>.*)$", re.MULTILINE)
# How `config/` reads a variable.
VARIABLE = re.compile(
    r'(?:env\.\w+|_rate|_origins|_header_names|secret_key|earlier_keys)\(\s*"(?P<name>[A-Z][A-Z0-9_]+)"'
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
