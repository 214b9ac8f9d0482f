"""The titles that the search suggests for a text with spelling mistakes, as Node finds them."""

import json
import shutil
from pathlib import Path

from config.environment import BASE_DIR
from tests import javascript, machine

SIMILAR_TITLES = BASE_DIR / "web" / "front" / "static" / "front" / "similar_titles.js"


def test_misspelled_words_find_titles(tmp_path: Path) -> None:
    machine.needs(javascript.missing())
    # Node loads modules of this extension without a package.
    module = shutil.copy(SIMILAR_TITLES, tmp_path / "similar_titles.mjs")

    done = javascript.run(Path(__file__).with_name("similar_titles.mjs"), str(module))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "oppenhiemer": ["Oppenheimer"],
        "the matrx": ["The Matrix"],
        "amelei": ["Amélie"],
        "toy storey": ["Toy Story", "Story of a Parasite"],
        "parasite bong": ["Parasite", "Story of a Parasite"],
        "the of a": [],
        "xyzzy": [],
    }
