import os

import pytest

from tests.conformance import javascript
from tests.server.conftest import database_url, environment, server

# The server of tests/server, for the audits.
__all__ = ["database_url", "environment", "server"]


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """Everything here runs programs in JavaScript. A machine may do without; CI may not."""
    if (missing := javascript.missing()) is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
