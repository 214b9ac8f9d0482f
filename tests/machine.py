"""Optional tools of a development machine, which CI requires."""

import os

import pytest


def needs(missing: str | None) -> None:
    """Skip the test if `missing` names a missing tool. If `CI` is set, fail it."""
    if missing is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
