"""Limits on documents that tests set, and the refusal of a document that exceeds one."""

from pytest_django import Settings

from schema.engine import documents
from tests.conftest import ApiResponse


def disable_limits(settings: Settings) -> None:
    """Raise every limit, so that documents exceed only the limits that the test sets with `set_limit`."""
    settings.QUERY_LIMITS = dict.fromkeys(settings.QUERY_LIMITS, 100_000)
    # The cache has documents that were accepted with the limits of other tests.
    documents.read_cached.cache_clear()


def set_limit(settings: Settings, **changed: int) -> None:
    settings.QUERY_LIMITS = settings.QUERY_LIMITS | changed


def assert_too_complex(response: ApiResponse, name: str, *, limit: int, actual: int) -> None:
    (error,) = response.body["errors"]
    assert error["extensions"] == {
        "code": "QUERY_TOO_COMPLEX",
        "limitName": name,
        "limit": limit,
        "actual": actual,
    }
    assert "data" not in response.body
