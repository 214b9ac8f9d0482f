"""Amounts, times and days on the front page, as Node formats them."""

import json
import shutil
from pathlib import Path

from config.environment import BASE_DIR
from tests import javascript, machine

FORMAT = BASE_DIR / "web" / "front" / "static" / "front" / "format.js"


def test_amounts_and_days_follow_the_theater(tmp_path: Path) -> None:
    machine.needs(javascript.missing())
    # Node loads modules of this extension without a package.
    module = shutil.copy(FORMAT, tmp_path / "format.mjs")

    done = javascript.run(Path(__file__).with_name("formats.mjs"), str(module))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # Some versions of Node write a narrow or a non-breaking space.
    assert [" ".join(text.split()) for text in found["money"]] == [
        *("¥1,800", "KWD 12.500", "CLF 0.2155", "€12.50", "IQD 1.250"),
    ]
    assert found["sums"] == ["0.310", "2700", "0.30"]
    assert [" ".join(text.split()) for text in found["times"]] == ["1:15 AM", "7:30 PM UTC"]
    assert "7:30" in found["unknown"]
    assert found["days"] == ["2026-12-24", "2026-12-25", "2026-12-24", "2026-12-25", "2026-12-25"]
