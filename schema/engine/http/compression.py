"""Compression of responses, with a content coding that the client accepts.

Responses with tokens can be compressed too: see docs/decisions/0021-request-overhead.md.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import brotli
from django.http import HttpResponse

# A smaller response fits into one packet without compression.
MIN_BYTES = 1_000
IDENTITY = "identity"
# These levels compress 40 kB of shows to 2.6 kB in 0.1 ms. Higher levels take twice as long and save a tenth.
GZIP_LEVEL = 6
BROTLI_QUALITY = 4
# The value of zlib's `wbits` for the gzip format.
GZIP_WINDOW = 31


def _gzip(content: bytes) -> bytes:
    compressor = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    return compressor.compress(content) + compressor.flush()


def _brotli(content: bytes) -> bytes:
    return bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY))


# If a client accepts several with the same weight, the first one is used.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {"br": _brotli, "gzip": _gzip}


@dataclass(frozen=True)
class Coding:
    """The content coding for one client: `br`, `gzip` or `identity`. Responses below `min_bytes` are not compressed."""

    name: str
    min_bytes: int = MIN_BYTES


# Nearly all clients send one of a few headers.
@lru_cache(maxsize=64)
def negotiate(accept_encoding: str) -> Coding | None:
    """The coding that a client prefers, from its `Accept-Encoding` header. None if it accepts no supported coding.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    weights = dict(filter(None, map(_weighted, accept_encoding.lower().split(","))))
    other = weights.get("*", 0.0)
    offered = {name: weights.get(name, other) for name in ENCODERS}
    # `identity` is accepted unless it is excluded, but has the lowest weight unless the client gives another.
    identity = weights.get(IDENTITY, 0.0)
    is_excluded = weights.get(IDENTITY, weights.get("*")) == 0
    best = max(offered, key=lambda name: offered[name])
    if offered[best] > 0 and offered[best] >= identity:
        return Coding(best, min_bytes=0 if is_excluded else MIN_BYTES)
    return None if is_excluded else Coding(IDENTITY)


def _weighted(element: str) -> tuple[str, float] | None:
    """The name and the weight of one element of the header. None if it is malformed."""
    name, *parameters = (part.strip() for part in element.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        try:
            weight = float(value) if key.strip() == "q" else weight
        except ValueError:
            return None
    return (name, weight) if name and 0 <= weight <= 1 else None


def compress(response: HttpResponse, coding: Coding) -> None:
    """Compress the content of `response` if it is long enough."""
    if coding.name == IDENTITY or not response.content or len(response.content) < coding.min_bytes:
        return
    response.content = ENCODERS[coding.name](response.content)
    response.headers["Content-Encoding"] = coding.name
