"""The front page. What it shows it asks of the public API, as a front end anywhere else would."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_cache=True)
def front_page(request: HttpRequest) -> HttpResponse:
    """The page, the same for everybody: who is signed in is known to its scripts only."""
    return render(request, "front/index.html")
