"""Which responses caches may store, and 304 for clients that have the current one.

https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2, https://www.rfc-editor.org/rfc/rfc9111
"""

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

# A 304 has these headers of the response that the client has.
HEADERS_OF_304 = ("Cache-Control", "ETag", "Vary")


def public(request: HttpRequest, response: HttpResponse, *, max_age: int) -> HttpResponse:
    """Allow every cache to store `response`, which must not be compressed yet.

    Until it is `max_age` seconds old, caches use it without asking. Returns 304 if the client already has it.
    """
    # It is the same for all encodings, so it is weak.
    etag = f'W/"{blake2b(response.content, digest_size=16).hexdigest()}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={max_age}" if max_age else "public, no-cache"
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if known != ["*"] and etag.removeprefix("W/") not in {each.removeprefix("W/") for each in known}:
        return response
    return empty(304, {name: response.headers[name] for name in HEADERS_OF_304})


def empty(status: int, headers: dict[str, str]) -> HttpResponse:
    """A response without a body, and without the media type that Django adds."""
    response = HttpResponse(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response
