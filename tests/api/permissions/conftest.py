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
def no_cost_limit(settings: Settings) -> None:
    """The documents select every field, which is more than the limits for clients allow."""
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | {"cost": 1_000_000, "fields": 10_000}
