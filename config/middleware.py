"""Middleware for every response, also for those that Django returns before it calls a view."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django_guid import get_guid

from schema.engine.errors import INTERNAL_ERROR, error_json

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def is_api(request: HttpRequest) -> bool:
    return re.fullmatch(settings.API_PATH, request.path_info) is not None


def security_headers(get_response: GetResponse) -> GetResponse:
    """Add the security headers of the settings to every response, except those that it has already."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in settings.SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if is_api(request):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """Allows nothing, except what the admin, the front page and the explorer need."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 - the signature is django-csp's
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and not report_only:
            parts.config = self._policy_of(request, response)
        return parts

    def _policy_of(self, request: HttpRequest, response: HttpResponseBase) -> dict[str, Any] | None:
        found = request.resolver_match
        if found is not None and found.app_name == "admin":
            return settings.POLICY_OF_STAFF_PAGES
        if found is not None and found.url_name == "front":
            return settings.POLICY_OF_FRONT_PAGE
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if request.method == "GET" and is_page and is_api(request):
            return settings.POLICY_OF_EXPLORER
        return None


def api_errors(get_response: GetResponse) -> GetResponse:
    """Turn error pages that Django returns in place of the API into JSON."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code >= HTTPStatus.BAD_REQUEST and is_api(request) and not _is_json(response):
            return _error(response)
        return response

    return middleware


def api_without_cookies(get_response: GetResponse) -> GetResponse:
    """Remove cookies from API requests, so that the API can neither depend on a cookie nor set one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_api(request):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.headers.get("Content-Type", "")


def _error(response: HttpResponseBase) -> HttpResponse:
    is_internal = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = "INTERNAL_SERVER_ERROR" if is_internal else "BAD_USER_INPUT"
    message = INTERNAL_ERROR if is_internal else f"{response.reason_phrase}."
    error = error_json(message, code=code, requestId=get_guid())
    return JsonResponse({"errors": [error]}, status=response.status_code)
