import copy
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker, Settings

from tests.api.permissions.world import World, a_world
from tests.shared import shared


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with shared(a_world, django_db_blocker) as world:
        yield world


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    return copy.deepcopy(shared_world)


@pytest.fixture(autouse=True)
def documents_may_cost_more(settings: Settings) -> None:
    """They request every field there is, which costs more than a client may spend."""
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | {"cost": 1_000_000}
