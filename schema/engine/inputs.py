"""Input fields that mutations of several slices have."""

from typing import Any

import strawberry


def idempotency_key() -> Any:
    """The input field that makes it safe to repeat a call."""
    return strawberry.field(
        default=None,
        description="A unique key for this call, chosen by the client: 1 to 200 characters. A repeated call with the "
        "same key and input within 24 hours changes nothing and returns the same result.",
    )
