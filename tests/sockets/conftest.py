from tests.realtime.conftest import _readers_hang_up  # noqa: F401 - a fixture
