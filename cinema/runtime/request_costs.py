"""Which requests are expensive: those for a document, or a path, whose requests took much CPU time before."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from cachetools import LRUCache

# A sale takes a thread of the server about 1 ms of CPU time, a seat map 3 ms, the shows of a day 7 ms.
EXPENSIVE_SECONDS = 0.005
# How much the latest request counts in the average.
WEIGHT = 1 / 16
MAX_KEYS = 2_000
# The event loop would take too long to read a longer body.
MAX_BYTES = 20_000


class RequestCosts:
    """The average CPU time of requests, by `key_of`. It must be used in one thread."""

    def __init__(self) -> None:
        self._seconds: LRUCache[int, float] = LRUCache(MAX_KEYS)

    def is_expensive(self, key: int) -> bool:
        """Whether requests with this key are expensive. Unknown ones are not."""
        return bool(self._seconds.get(key, 0.0) > EXPENSIVE_SECONDS)

    def record(self, key: int, seconds: float) -> None:
        # The first requests after a start take longer, so one of them must not make a document expensive.
        average = self._seconds.get(key, 0.0)
        self._seconds[key] = average + WEIGHT * (seconds - average)


def key_of(environ: Mapping[str, Any], body: bytes) -> int:
    """A hash of the document of a GraphQL request, or of what names it, without variables. Otherwise of the path."""
    path: str = environ["PATH_INFO"]
    if not path.startswith("/graphql"):
        return hash(path)
    if not body:
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        return hash(_document(query | {"extensions": _from_json(query.get("extensions", ""))}))
    return hash(_document(_from_json(body)) if len(body) <= MAX_BYTES else path)


def _from_json(text: bytes | str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _document(request: Any) -> str:
    """The text of the document, its ID, or its hash."""
    if not isinstance(request, dict):
        return ""
    extensions = request.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return str(request.get("query") or request.get("documentId") or digest)
