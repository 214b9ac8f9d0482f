from tests.serving import database_url, environment, server

__all__ = ["database_url", "environment", "server"]
