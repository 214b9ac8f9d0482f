"""The seats that the front page suggests instead of taken ones, as Node finds them."""

import json
import shutil
from pathlib import Path

from config.environment import BASE_DIR
from tests import javascript, machine

MODULE = BASE_DIR / "web" / "front" / "static" / "front" / "seat_alternatives.js"
# The rows, the selected seats, those of them that are taken, and the expected seats.
CASES = [
    (["SSxS"], "A2 A3", "A3", "A1 A2"),
    # A pair stays together: the nearest single seat would be A3.
    (["Sx_S", "SS_S"], "A1 A2", "A2", "B1 B2"),
    # A seat that was selected alone is replaced by the nearest one.
    (["SxS", "SSS"], "A2", "A2", "A1"),
    # Only the group that lost a seat moves.
    (["SSx_SS", "SSS_SS"], "A2 A3 A4 A5", "A3", "A1 A2 A4 A5"),
    # The same category is better than a nearer seat.
    (["Sx", "PP", "SS"], "A1 A2", "A2", "C1 C2"),
    (["Sx", "PP"], "A1 A2", "A2", "B1 B2"),
    # Accessible seats only replace accessible seats.
    (["Sx", "WC"], "A1 A2", "A2", ""),
    (["xC", "SS", "CW"], "A1", "A1", "B1"),
    # No two seats are side by side.
    (["Sx_S", "S_S_"], "A1 A2", "A2", "A1 A3"),
    # A seat replaces only one other.
    (["xS_S"], "A1 A2", "A1", "A2 A3"),
    (["xS"], "A1 A2", "A1", ""),
    (["xS_xS_S_S"], "A1 A2 A3 A4", "A1 A3", "A2 A4 A5 A6"),
    (["xS_xS_S"], "A1 A2 A3 A4", "A1 A3", ""),
    (["xx"], "A1 A2", "A1 A2", ""),
    # No part of a unit is suggested.
    (["x(SS)S"], "A1", "A1", "A4"),
    (["xx(SSS)_SS"], "A1 A2", "A1 A2", "A6 A7"),
    (["Sx(SSS)"], "A1 A2", "A2", ""),
    # A pair rather takes two seats than a love seat, but a love seat than nothing.
    (["xx(SS)SS"], "A1 A2", "A1 A2", "A5 A6"),
    (["xx(SS)S"], "A1 A2", "A1 A2", "A3 A4"),
    # A love seat is replaced by another one if possible.
    (["(xx)SS", "SSSS", "(SS)SS"], "A1 A2", "A1 A2", "C1 C2"),
    (["(xx)(SS)_SS"], "A1 A2 A3 A4", "A1 A2", "A3 A4 A5 A6"),
    (["(xx)SS"], "A1 A2", "A1 A2", "A3 A4"),
]


def test_a_party_stays_together(tmp_path: Path) -> None:
    machine.needs(javascript.missing())
    # Node loads modules of this extension without a package.
    module = shutil.copy(MODULE, tmp_path / "alternatives.mjs")
    cases = [{"rows": rows, "selected": selected.split(), "taken": taken.split()} for rows, selected, taken, _ in CASES]

    done = javascript.run(Path(__file__).with_name("alternatives.mjs"), str(module), json.dumps(cases))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [expected.split() for *_, expected in CASES]
