"""Amounts, times and days on the front page, as Node formats them."""

import json
import shutil
from pathlib import Path

from config.environment import BASE_DIR
from tests import javascript, machine

MODULES = BASE_DIR / "web" / "front" / "static" / "front"


def test_amounts_and_days_follow_the_theater(tmp_path: Path) -> None:
    machine.needs(javascript.missing())
    # Node loads modules in a package of this type.
    (tmp_path / "package.json").write_text('{ "type": "module" }')
    for name in ("format.js", "server_clock.js"):
        shutil.copy(MODULES / name, tmp_path)

    done = javascript.run(Path(__file__).with_name("formats.mjs"), str(tmp_path / "format.js"))

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
    # On November 30, 2026.
    assert found["dates"] == {
        "2026-01-02": ["Jan 2", "Friday, January 2"],
        "2027-09-29": ["Sep 29", "Wednesday, September 29"],
        "2027-10-01": ["Oct 1, 2027", "Friday, October 1, 2027"],
        "2025-12-24": ["Dec 24, 2025", "Wednesday, December 24, 2025"],
    }
