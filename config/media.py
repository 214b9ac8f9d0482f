"""The pictures that staff uploaded."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cinema.catalog import posters

# The name of a picture contains a hash of its content.
FOREVER = "public, max-age=31536000, immutable"


@require_safe
def poster(_: HttpRequest, name: str) -> HttpResponse:
    """A poster. Pages of any origin can show it, because it is public. Its policy allows nothing, like the default."""
    picture = posters.read(name)
    if picture is None:
        raise Http404
    return HttpResponse(
        picture,
        content_type="image/webp",
        headers={"Cache-Control": FOREVER, "Cross-Origin-Resource-Policy": "cross-origin"},
    )
