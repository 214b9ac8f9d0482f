"""The API at /graphql.

Django's handler would take several times as long as a small request: its signals, and middleware for pages, such as
that for sessions, CSRF protection and static files. So `config.asgi` calls `Api` directly, and in `MIDDLEWARE`,
`api` is the first.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from corsheaders.middleware import CorsMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.log import log_response
from django_guid import get_guid, set_guid

from cinema.runtime.request_ids import request_id_of
from config.middleware import POLICY_HEADER, GetResponse
from schema.engine.errors import INTERNAL_ERROR, error_json
from schema.engine.http.endpoint import GraphQLEndpoint
from schema.root import schema
from web.explorer.page import page as explorer

# The types of Django's decorator and of the CORS middleware also allow asynchronous functions.
Respond = Callable[[HttpRequest], HttpResponse]

PATHS = {"/graphql", "/graphql/"}

graphql = GraphQLEndpoint(schema, explorer=explorer)
_is_api_path = re.compile(settings.API_PATH).fullmatch


def is_api(path: str) -> bool:
    """Whether this is the path of the API, or a path below it, which does not exist."""
    return path in PATHS or _is_api_path(path) is not None


class Api:
    """Responds to requests to the API. Reads the settings once, when it is created."""

    def __init__(self) -> None:
        self._security = SecurityMiddleware(_handle)
        self._respond: Respond = convert_exception_to_response(self._redirect_or_handle)  # type: ignore[assignment]
        self._respond_to_origin: Respond = CorsMiddleware(self._respond_with_json)  # type: ignore[assignment]
        self._headers = {False: self._constant_headers(HttpRequest()), True: self._constant_headers(_SecureRequest())}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, which has no constant headers yet. An exception is converted to a response.

        When the request is finished, the caller must clear its ID, which is stored for the log.
        """
        request_id = request_id_of(request.META)
        set_guid(request_id)
        # Browsers send the header with requests of other origins.
        has_origin = "HTTP_ORIGIN" in request.META or request.method == "OPTIONS"
        response = self._respond_to_origin(request) if has_origin else self._respond_with_json(request)
        response.headers["X-Request-ID"] = request_id
        return response

    def constant_headers(self, request: HttpRequest) -> Mapping[bytes, bytes]:
        """The headers that every response has unless it has other values for them. Their names are in lower case."""
        return self._headers[request.is_secure()]

    def _constant_headers(self, request: HttpRequest) -> dict[bytes, bytes]:
        policy = {POLICY_HEADER: build_policy(), "Cache-Control": "no-store"}
        response = HttpResponse(headers={**settings.SECURITY_HEADERS, **policy})
        # Adds Strict-Transport-Security.
        self._security.process_response(request, response)
        del response.headers["Content-Type"]
        return {name.lower().encode(): value.encode() for name, value in response.items()}

    def _respond_with_json(self, request: HttpRequest) -> HttpResponse:
        response = self._respond(request)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        # Responses to exceptions have been logged, and are not logged again.
        log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response if _is_json(response) else _error(response)

    def _redirect_or_handle(self, request: HttpRequest) -> HttpResponse:
        return self._security.process_request(request) or _handle(request)


class _SecureRequest(HttpRequest):
    def is_secure(self) -> bool:
        return True


def api(get_response: GetResponse) -> GetResponse:
    """Handle requests to the API. Pass other requests to the middleware for pages."""
    respond = Api()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_api(request.path_info):
            return get_response(request)
        response = respond(request)
        for name, value in respond.constant_headers(request).items():
            response.headers.setdefault(name.decode(), value.decode())
        return response

    return middleware


def _handle(request: HttpRequest) -> HttpResponse:
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
