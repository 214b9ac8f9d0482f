"""Settings that control how browsers use responses: security headers and CORS."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.environment import items

# The path of the API, including the paths below it.
API_PATH = r"(?s)/graphql(/.*)?"

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_NO_FRAMES = {"base-uri": ["'none'"], "frame-ancestors": ["'none'"]}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"], "form-action": ["'none'"], **_NO_FRAMES}}
POLICY_OF_STAFF_PAGES = {
    "default-src": ["'none'"],
    # Alpine interprets the expressions in the pages: see `alpine_expressions.js`. There are no inline scripts.
    "script-src": ["'self'"],
    # The pages contain inline styles with the colors of the theme and the horizontal positions of shows.
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    **_NO_FRAMES,
}
POLICY_OF_FRONT_PAGE = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    # The API, over HTTP and over a WebSocket.
    "connect-src": ["'self'"],
    "form-action": ["'none'"],
    # Strings cannot be assigned to properties that would parse them as markup or scripts.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
    **_NO_FRAMES,
}
POLICY_OF_EXPLORER = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "worker-src": ["'self'"],
    # GraphiQL's editor uses inline styles for its colors and the positions of its lines.
    "style-src": ["'self'", "'unsafe-inline'"],
    "font-src": ["data:"],
    "img-src": ["data:"],
    # Includes the WebSocket at the same address in all current browsers (in Safari since 15.4).
    "connect-src": ["'self'"],
    "form-action": ["'none'"],
    **_NO_FRAMES,
}


def _origins(name: str) -> list[str]:
    """The origins in the variable `name`. Raises `ImproperlyConfigured` for invalid origins, `*` and `null`."""
    origins = items(name)
    for origin in origins:
        if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?", origin):
            raise ImproperlyConfigured(f"{name}: {origin!r} is not an origin such as https://tickets.example.")
    return origins


def _header_names(name: str) -> list[str]:
    """The names of headers in the variable `name`, in lower case. Raises `ImproperlyConfigured` for invalid ones."""
    headers = [each.lower() for each in items(name)]
    for header in headers:
        if not re.fullmatch(r"[a-z0-9-]+", header):
            raise ImproperlyConfigured(f"{name}: {header!r} is not the name of a header such as x-tenant.")
    return headers


# The URLs of uploaded pictures begin with it. Empty: they are paths.
_media_origins = _origins("MEDIA_ORIGIN")
if len(_media_origins) > 1:
    raise ImproperlyConfigured("MEDIA_ORIGIN must be one origin such as https://cinema.example.")
MEDIA_ORIGIN = _media_origins[0] if _media_origins else ""
# Requests that have it get `extensions.cost`.
COST_HEADER = "x-graphql-cost"
# The origins of other front ends. They authenticate with a header, so browsers do not add credentials.
CORS_ALLOWED_ORIGINS = _origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = rf"{API_PATH}\Z"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
CORS_ALLOW_HEADERS = [
    "authorization",
    "content-type",
    "x-request-id",
    COST_HEADER,
    # Of tracing.
    "baggage",
    "sentry-trace",
    "traceparent",
    "tracestate",
    # Of Apollo Client.
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    "x-apollo-operation-name",
    *_header_names("CORS_ALLOWED_HEADERS"),
]
# Browsers show other front ends only these headers, and a few others, such as Cache-Control.
CORS_EXPOSE_HEADERS = ["Date", "ETag", "Retry-After", "X-Request-ID"]
CORS_PREFLIGHT_MAX_AGE = 24 * 60 * 60
# Other origins cannot read static files. By default, WhiteNoise lets any origin read them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
