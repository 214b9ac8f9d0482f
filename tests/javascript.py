"""Programs of this folder that are written in JavaScript, and whether they can run here."""

import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
# npm writes it when everything else is in place.
INSTALLED = HERE / "node_modules" / ".package-lock.json"


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        ["node", program, *arguments],  # noqa: S607 - found on the PATH, as everybody's Node is
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def missing() -> str | None:
    """What has to be done before programs can run; None if nothing."""
    if shutil.which("node") is None:
        return "needs Node 20 or newer with npm, and then `make test`"
    if not INSTALLED.exists():
        return "needs its packages: `npm ci` in tests/conformance, which `make test` does"
    return None
