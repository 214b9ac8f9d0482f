import pytest

from tests.api.permissions.world import World, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()
