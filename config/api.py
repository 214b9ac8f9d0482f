"""The API at /graphql. A middleware handles it, before the middleware that only pages need.

Sessions, CSRF protection, messages and static files would take as long as a small request itself.
"""

import re
from http import HTTPStatus

from csp.utils import build_policy
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django_guid import get_guid

from config.middleware import POLICY_HEADER, GetResponse
from schema.engine.errors import INTERNAL_ERROR, error_json
from schema.engine.http.endpoint import GraphQLEndpoint
from schema.root import schema
from web.explorer.page import page as explorer

PATHS = {"/graphql", "/graphql/"}

graphql = GraphQLEndpoint(schema, explorer=explorer)
_is_api_path = re.compile(settings.API_PATH).fullmatch


def is_api(request: HttpRequest) -> bool:
    """Whether the request is for the API, or for a path below it that does not exist."""
    return _is_api_path(request.path_info) is not None


def api_errors(get_response: GetResponse) -> GetResponse:
    """Convert Django's error pages to JSON for requests to the API. Forbid clients to store responses of the API."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not is_api(request):
            return response
        if response.status_code >= HTTPStatus.BAD_REQUEST and not _is_json(response):
            response = _error(response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def api(get_response: GetResponse) -> GetResponse:
    """Handle requests to the API. Pass other requests to the middleware for pages."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _respond(request) if is_api(request) else get_response(request)

    return middleware


def _respond(request: HttpRequest) -> HttpResponse:
    # Raises an exception for a host that is not allowed.
    request.get_host()
    if request.path_info not in PATHS:
        raise Http404
    # The API does not use cookies.
    request.META.pop("HTTP_COOKIE", None)
    response = graphql(request)
    if _is_page(response):
        response.headers[POLICY_HEADER] = build_policy(settings.POLICY_OF_EXPLORER)
    return response


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.headers.get("Content-Type", "")


def _is_page(response: HttpResponseBase) -> bool:
    return "html" in response.headers.get("Content-Type", "")


def _error(response: HttpResponseBase) -> HttpResponse:
    is_internal = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = "INTERNAL_SERVER_ERROR" if is_internal else "BAD_USER_INPUT"
    message = INTERNAL_ERROR if is_internal else f"{response.reason_phrase}."
    error = error_json(message, code=code, requestId=get_guid())
    return JsonResponse({"errors": [error]}, status=response.status_code)
