"""The ID of a request, for the log and the response."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

# A UUID, with or without hyphens.
_is_request_id = re.compile("[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch


def request_id_of(environ: Mapping[str, Any]) -> str:
    """The ID in the header X-Request-ID, or a new one if that is not a UUID."""
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    return sent if _is_request_id(sent) else uuid4().hex
