from tests.realtime.conftest import _close_reader_connections  # noqa: F401 - a fixture
