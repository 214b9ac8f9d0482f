"""The pages of the documentation and the blocks of code in them."""

import re
from pathlib import Path

from config.environment import BASE_DIR

README = BASE_DIR / "README.md"
API = BASE_DIR / "docs" / "api.md"
PAGES = [README, BASE_DIR / "CHANGELOG.md", *sorted((BASE_DIR / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of the page in this language, in order."""
    return [block["code"] for block in _BLOCK.finditer(page.read_text()) if block["language"] == language]


def label(page: Path) -> str:
    return str(page.relative_to(BASE_DIR))
