import pytest

from tests import javascript, machine
from tests.serving import database_url, environment, server

# The server of tests/server, for the audits.
__all__ = ["database_url", "environment", "server"]


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """Everything here runs programs in JavaScript. A machine may do without; CI may not."""
    machine.needs(javascript.missing())
