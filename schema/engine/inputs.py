"""Input fields for mutations of several slices."""

from typing import Any

import strawberry


def idempotency_key() -> Any:
    """The input field that makes it safe to repeat a call."""
    return strawberry.field(
        default=None,
        description="A unique key that the client generates for this call, with 1 to 200 characters. A repeated call "
        "with the same key and input changes nothing and returns the same result. By default, a key expires after 24 "
        "hours.",
    )
