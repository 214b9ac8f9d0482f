"""The front page. It reads and writes all data with the public API, like any other front end."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_cache=True)
def front_page(request: HttpRequest) -> HttpResponse:
    """Return the page. It is the same for all users. Its scripts load the user's data."""
    return render(request, "front/index.html")
