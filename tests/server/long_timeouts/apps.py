from django.apps import AppConfig

from tests.server.long_timeouts import TIMEOUT_SECONDS


class LongTimeoutsConfig(AppConfig):
    name = "tests.server.long_timeouts"

    def ready(self) -> None:
        from schema.engine.sockets import connection  # noqa: PLC0415 - needs the models
        from schema.engine.sse import stream  # noqa: PLC0415 - as above

        connection.INIT_TIMEOUT_SECONDS = TIMEOUT_SECONDS
        connection.PING_INTERVAL_SECONDS = TIMEOUT_SECONDS
        stream.HEARTBEAT_INTERVAL_SECONDS = TIMEOUT_SECONDS
