"""Common fixtures, and the selection of tests by database. The fixtures create test data with `situations`."""

import gc
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from strawberry.relay.utils import to_base64

from cinema.booking import sales
from cinema.models import Show, User
from cinema.runtime import outages
from tests import situations
from tests.databases import share_templates
from tests.emptying import delete_rows_after_transactional_tests
from tests.redis_server import redis_server
from tests.rules import change_rules
from tests.serving import database_url, environment, server

# Fixtures that are available to all tests. `server` runs once per test process.
__all__ = [
    "change_rules",
    "database_url",
    "delete_rows_after_transactional_tests",
    "environment",
    "redis_server",
    "server",
]

# Folders and modules whose tests give the same result on either database. They are marked `once`, and `make test` runs
# them on PostgreSQL only. A test in them that depends on the database is marked `both`.
ONCE = (
    "admin",
    "api",
    "bench",
    "browser",
    "clients",
    "cluster",
    "codegen",
    "conformance",
    "deploy",
    "docs",
    "executor",
    "fuzz",
    "hostile",
    "management",
    "proof",
    "runtime",
    "server",
    "sockets",
    "web",
    "test_cors.py",
    "test_headers.py",
    "test_machine.py",
    "test_mail_settings.py",
    "test_redis_server.py",
    "test_refusals.py",
    "test_rule_settings.py",
    "test_secret_settings.py",
    "test_settings.py",
    "test_stored.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """In the process that starts the others, share the databases that tests copy."""
    if not hasattr(config, "workerinput"):
        config.add_cleanup(share_templates())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests in `ONCE`, and deselect tests that need the other database."""
    tests = Path(__file__).parent
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    deselected = [item for item in items if item.get_closest_marker(other)]
    for item in items:
        if item.path.relative_to(tests).parts[0] in ONCE and not item.get_closest_marker("both"):
            item.add_marker("once")
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in set(deselected)]


def pytest_collection_finish() -> None:
    """Collect garbage less often than by default, and without the modules and tests, which live until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_xdist_auto_num_workers() -> int:
    """The number of CPU cores plus one, because tests often wait for a server, a browser or a clock."""
    return (os.cpu_count() or 1) + 1


@dataclass
class ApiResponse:
    """A response of the API."""

    status: int
    body: dict[str, Any]
    headers: Any

    @property
    def data(self) -> Any:
        """The data of a response without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the only error of the response."""
        (error,) = self.body["errors"]
        return str(error["extensions"]["code"])


class Api:
    """Sends GraphQL requests through every middleware, as a user or, without a token, as an anonymous user."""

    def __init__(self, client: Client, token: str | None = None) -> None:
        self.client = client
        self.token = token

    def __call__(self, document: str, **variables: Any) -> ApiResponse:
        return self.post({"query": document, "variables": variables})

    def post(self, body: Any, **headers: str) -> ApiResponse:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.client.post(
            "/graphql",
            json.dumps(body, default=str),
            content_type="application/json",
            headers=headers,
        )
        return ApiResponse(response.status_code, json.loads(response.content), response.headers)

    def logged_in_as(self, user: User) -> "Api":
        return Api(Client(), situations.an_access_token(user))


@pytest.fixture(autouse=True)
def no_outage() -> None:
    """An outage in an earlier test does not let this one ask the database whether it has ended."""
    outages.database.is_failing = False


@pytest.fixture
def api(db: None) -> Api:
    """The API for an anonymous user."""
    return Api(Client())


@pytest.fixture
def only_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sale is decided by one statement (`SELL`). Its transaction decides, as for a sale that takes expired holds."""
    monkeypatch.setattr(sales, "try_at_once", lambda *_, **__: None)


@pytest.fixture
def buyer(db: None) -> User:
    return situations.a_user()


@pytest.fixture
def show(db: None) -> Show:
    """A show that starts tomorrow, with the seats A1-A8, B1-B8 (premium), C1 (wheelchair), C2 (companion) and C3-C5."""
    return situations.a_show()


def global_id(instance: Any) -> str:
    """The API's global ID of a model instance."""
    return to_base64(type(instance).__name__, instance.pk)
