"""Limits of a test's own, and the refusal of a document that is over one."""

from pytest_django import Settings

from schema.engine import documents
from tests.conftest import ApiResponse


def set_limits_out_of_reach(settings: Settings) -> None:
    """A document is over no limit but those that a test sets with `limit`."""
    settings.QUERY_LIMITS = dict.fromkeys(settings.QUERY_LIMITS, 100_000)
    # Documents of other tests were accepted within the limits of their own.
    documents.accepted.cache_clear()


def limit(settings: Settings, **changed: int) -> None:
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
