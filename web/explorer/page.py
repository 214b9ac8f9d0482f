"""The page that browsers get at the URL of the API."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SCRIPT = "explorer/main.js"


def page(request: HttpRequest) -> HttpResponse:
    """Return the explorer, or how to install it if it has not been built."""
    return render(request, "explorer/page.html" if _is_built() else "explorer/missing.html")


def _is_built() -> bool:
    """In development, look for the built script; in production, for the one that `collectstatic` has copied."""
    if settings.WHITENOISE_USE_FINDERS:
        return finders.find(SCRIPT) is not None
    try:
        staticfiles_storage.url(SCRIPT)
    except ValueError:
        return False
    return True
