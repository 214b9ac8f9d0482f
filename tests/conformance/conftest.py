import pytest

from tests import javascript, machine


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """Everything here runs programs in JavaScript. Without Node the tests are skipped, except in CI."""
    machine.needs(javascript.missing())
