"""The response to a form that is refused because it has no CSRF token."""

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Set as `CSRF_FAILURE_VIEW`. Django ignores an incomplete body, so its token seems to be missing.

    A login changes the token. A staff page that was opened before has the old one.
    """
    if getattr(request.META.get("wsgi.input"), "is_incomplete", False):
        message = "The form was not received completely, or not in time. Please go back and try again."
        return HttpResponse(message, status=408, content_type="text/plain")
    if request.path.startswith(reverse("admin:index")):
        return render(request, "cinema/admin/form_expired.html", {"page": _page(request)}, status=403)
    return csrf.csrf_failure(request, reason)


def _page(request: HttpRequest) -> str:
    """The page of the form. A login and a logout have another one: the session has changed in the meantime."""
    if request.path not in {reverse("admin:login"), reverse("admin:logout")}:
        return request.get_full_path()
    page = request.GET.get(REDIRECT_FIELD_NAME, "")
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else reverse("admin:index")
