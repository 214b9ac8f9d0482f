"""The programs on the page about clients are parts of files that are tested."""

import re
import subprocess
from pathlib import Path

import pytest

from config.environment import BASE_DIR
from tests.docs.pages import blocks
from tests.serving import Server

PAGE = BASE_DIR / "docs" / "clients.md"
LANGUAGES = {"graphql", "js", "json", "python", "toml", "ts", "yaml"}
# A link to a file, or a block.
PART = re.compile(r"\]\((?P<link>\.\./[^)#]+)\)|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_programs_are_parts_of_the_files_that_the_page_links_before_them() -> None:
    file, found = Path(), set()
    for part in PART.finditer(PAGE.read_text()):
        if part["link"]:
            file = PAGE.parent / part["link"]
        elif part["language"] in LANGUAGES:
            found.add(part["language"])
            assert part["code"] in file.read_text(), part["code"]

    assert found == LANGUAGES


@pytest.mark.xdist_group("server")
def test_curl_downloads_the_schema(server: Server, tmp_path: Path) -> None:
    (command,) = blocks(PAGE, "sh")
    command = command.replace("http://127.0.0.1:8000", server.address)
    subprocess.run(["bash", "-euc", command], cwd=tmp_path, timeout=60, check=True)  # noqa: S603, S607 - as on the page

    assert (tmp_path / "schema.graphql").read_text() == (BASE_DIR / "schema" / "schema.graphql").read_text()
