"""Middleware for pages, including those that Django returns without calling a view. `config.api` handles the API."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_guid import set_guid

from cinema.runtime import outages
from cinema.runtime.request_ids import request_id_of

GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY_HEADER = "Content-Security-Policy"
# In development, Django returns pages with styles and scripts for these.
STATUSES_WITH_DEBUG_PAGES = {HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR}


def request_ids(get_response: GetResponse) -> GetResponse:
    """Give every request an ID for the log and the response.

    django-guid's own middleware does the same, but takes a tenth of the time of a small request.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request_id = request_id_of(request.META)
        # django-guid clears it at the end of the request.
        set_guid(request_id)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response

    return middleware


def ends_of_outages(get_response: GetResponse) -> GetResponse:
    """Note that an outage of the database has ended when a page can use the database again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        statements = outages.StatementWatch()
        with statements.watching():
            response = get_response(request)
        if response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            statements.call_succeeded()
        return response

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the security headers in the settings to every response, and a Content-Security-Policy that allows nothing.

    Headers that the response already has are kept.
    """
    policy = build_policy()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in settings.SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if not (settings.DEBUG and response.status_code in STATUSES_WITH_DEBUG_PAGES):
            response.headers.setdefault(POLICY_HEADER, policy)
        return response

    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """Sets a policy that allows nothing, or on admin and front pages, the sources that they need."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - the signature is django-csp's
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only:
            parts.config = self._policy_of(request)
        return parts

    def _policy_of(self, request: HttpRequest) -> dict[str, Any] | None:
        found = request.resolver_match
        if found is not None and found.app_name == "admin":
            return settings.POLICY_OF_STAFF_PAGES
        if found is not None and found.url_name == "front":
            return settings.POLICY_OF_FRONT_PAGE
        return None
