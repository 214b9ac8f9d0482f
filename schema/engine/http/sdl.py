"""The schema as a document of the schema definition language (SDL)."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from strawberry import Schema

from schema.engine.http import caching, compression

# The schema changes only when the server is updated.
MAX_AGE_SECONDS = 300


class SchemaDefinition:
    """A view that returns the SDL as text. It responds with 404 if introspection is off."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._content: str | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.INTROSPECTION:
            raise Http404
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        self._content = self._content or f"{self._schema.as_str()}\n"
        headers = {"Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Encoding"}
        response = caching.public(request, HttpResponse(self._content, headers=headers), max_age=MAX_AGE_SECONDS)
        coding = compression.negotiate(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if coding is not None:
            compression.compress(response, coding)
        return response
