import pytest
from pytest_django import Settings

from tests.api.permissions.world import World, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture(autouse=True)
def documents_may_cost_more(settings: Settings) -> None:
    """They ask for all there is, which no client is let."""
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | {"cost": 1_000_000}
