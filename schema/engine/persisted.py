"""Persisted documents: a request can have the identifier of a document instead of its text.

With automatic persisted queries, the identifier is the SHA-256 hash of the text. A client sends the hash alone. If this
process does not know it, the client sends the hash with the text, which is stored if the document is valid. So a miss
costs one more request, and nothing depends on what is stored: each process has its own documents, and the least
recently used ones are deleted.

With trusted documents (the setting `TRUSTED_DOCUMENTS`), only the documents of a file are accepted.
"""

import hashlib
import sys
from threading import Lock

from cachetools import LRUCache
from django.conf import settings
from graphql import GraphQLError

from schema.engine.http.requests import GraphQLRequest

# The clients of automatic persisted queries recognize these messages.
NOT_FOUND = "PersistedQueryNotFound"
NOT_SUPPORTED = "PersistedQueryNotSupported"
HASH_MISMATCH = "The identifier of the document does not match `query`."
NOT_TRUSTED = (
    "This server accepts only trusted documents. Send the identifier of one as `documentId`, or as `sha256Hash` in"
    " `extensions.persistedQuery`."
)
# What an entry of the cache takes besides the text: its key and its links.
BYTES_OF_ENTRY = 500


def _size(text: str) -> int:
    return sys.getsizeof(text) + BYTES_OF_ENTRY


_stored: LRUCache[str, str] = LRUCache(settings.PERSISTED_QUERY_CACHE_BYTES, getsizeof=_size)
_lock = Lock()


def text_of(request: GraphQLRequest) -> str:
    """The text of the document in `request`. Raises a `GraphQLError` with a code if the document is not accepted."""
    if settings.TRUSTED_DOCUMENTS is not None:
        return _trusted(settings.TRUSTED_DOCUMENTS, request)
    if request.query is None:
        return _known(request.document_id or "")
    if request.document_id is not None and request.document_id != _hash(request.query):
        raise _error(HASH_MISMATCH, code="PERSISTED_QUERY_HASH_MISMATCH")
    return request.query


def store(document_id: str, text: str) -> None:
    """Store a valid document, whose hash is `document_id`. Documents that were not used for longest are deleted."""
    with _lock:
        if document_id not in _stored and _size(text) <= _stored.maxsize:
            _stored[document_id] = text


def clear() -> None:
    with _lock:
        _stored.clear()


def _known(document_id: str) -> str:
    with _lock:
        text = _stored.get(document_id)
    if text is not None:
        return text
    if _stored.maxsize == 0:
        raise _error(NOT_SUPPORTED, code="PERSISTED_QUERY_NOT_SUPPORTED")
    raise _error(NOT_FOUND, code="PERSISTED_QUERY_NOT_FOUND")


def _trusted(documents: dict[str, str], request: GraphQLRequest) -> str:
    text = documents.get(request.document_id or "")
    if text is None:
        raise _error(NOT_TRUSTED, code="DOCUMENT_NOT_TRUSTED")
    if request.query not in (None, text):
        raise _error(HASH_MISMATCH, code="PERSISTED_QUERY_HASH_MISMATCH")
    return text


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _error(message: str, *, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
