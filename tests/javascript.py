"""Programs of the tests that are written in JavaScript, and whether they can run here."""

import shutil
import subprocess
from pathlib import Path

PACKAGES = Path(__file__).parent / "node_modules"
# npm writes it when everything else is in place.
INSTALLED = PACKAGES / ".package-lock.json"


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program that lies in a folder of the tests, and so finds the packages."""
    return subprocess.run(  # noqa: S603 - our own program
        ["node", program.name, *arguments],  # noqa: S607 - found on the PATH, as everybody's Node is
        cwd=program.parent,
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
        return "needs its packages: `npm ci` in tests, which `make test` does"
    return None
