"""The page at the API's address, for a browser."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SCRIPT = "explorer/main.js"


def page(request: HttpRequest) -> HttpResponse:
    """The explorer; or, where it has not been built, what to do about that."""
    return render(request, "explorer/page.html" if _is_there() else "explorer/missing.html")


def _is_there() -> bool:
    """In development where it was built, elsewhere where `collectstatic` has put it."""
    if settings.WHITENOISE_USE_FINDERS:
        return finders.find(SCRIPT) is not None
    try:
        staticfiles_storage.url(SCRIPT)
    except ValueError:
        return False
    return True
