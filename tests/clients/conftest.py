import pytest

from tests import javascript, machine


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """The tests run JavaScript programs. Without Node they are skipped, except in CI."""
    machine.needs(javascript.missing())
