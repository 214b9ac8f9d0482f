"""Runs JavaScript programs of the tests, and checks whether they can run."""

import shutil
import subprocess
from pathlib import Path

PACKAGES = Path(__file__).parent / "node_modules"
# npm writes this file last.
INSTALLED = PACKAGES / ".package-lock.json"


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder of the tests, from which Node finds the packages."""
    return subprocess.run(  # noqa: S603 - our own program
        ["node", program.name, *arguments],  # noqa: S607 - Node is found on the PATH
        cwd=program.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def missing(installed: Path = INSTALLED) -> str | None:
    """The reason why programs cannot run, or None. `installed` is the file that npm writes last."""
    if shutil.which("node") is None:
        return "needs Node 20 or newer with npm, and then `make test`"
    if not installed.exists():
        folder = installed.parent.parent.relative_to(PACKAGES.parent.parent)
        return f"needs its packages: `npm ci` in {folder}, which `make test` and `make test-deep` do"
    return None
