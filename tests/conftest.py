"""Fixtures that most tests share. What a test begins with is in `situations`."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from strawberry.relay.utils import to_base64

from cinema.models import Show, User
from tests import situations
from tests.redis_server import redis_server

__all__ = ["redis_server"]


@dataclass
class Answer:
    """What came back: `data`, `errors`, and shortcuts to them."""

    status: int
    body: dict[str, Any]
    headers: Any

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the one error of this answer."""
        (error,) = self.body["errors"]
        return str(error["extensions"]["code"])


class Api:
    """GraphQL over HTTP, through every middleware, as somebody or as nobody."""

    def __init__(self, client: Client, token: str | None = None) -> None:
        self.client = client
        self.token = token

    def __call__(self, document: str, **variables: Any) -> Answer:
        return self.post({"query": document, "variables": variables})

    def post(self, body: Any, **headers: str) -> Answer:
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.client.post(
            "/graphql",
            json.dumps(body, default=str),
            content_type="application/json",
            headers=headers,
        )
        return Answer(response.status_code, json.loads(response.content), response.headers)

    def signed_in(self, user: User) -> "Api":
        return Api(Client(), situations.an_access_token(user))


@pytest.fixture
def api(db: None) -> Api:
    """Nobody is signed in."""
    return Api(Client())


@pytest.fixture
def buyer(db: None) -> User:
    return situations.a_user()


@pytest.fixture
def show(db: None) -> Show:
    """Of tomorrow, with seats A1-A8, B1-B8 (premium), C1 (wheelchair), C2 (companion), C3-C5."""
    return situations.a_show()


def global_id(instance: Any) -> str:
    """The global id the API has for a model instance."""
    return to_base64(type(instance).__name__, instance.pk)
