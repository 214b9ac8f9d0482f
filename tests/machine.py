"""What a machine may do without, and CI may not."""

import os

import pytest


def needs(missing: str | None) -> None:
    """Skip where something is missing, which `missing` says; where `CI` is set, fail."""
    if missing is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
