"""The response of a page that cannot use the database."""

import sys
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from cinema.core.database_errors import is_outage
from cinema.core.errors import Busy
from cinema.core.text import on_one_line
from cinema.runtime import outages
from cinema.runtime.outages import RETRY_AFTER_MS


def server_error(request: HttpRequest) -> HttpResponse:
    """Set as `handler500`, which Django calls for each exception. Returns 503 if the request can be repeated later."""
    error = sys.exc_info()[1]
    if error is not None and is_outage(error):
        outages.database.failed("%s failed: no database: %s", request.path, on_one_line(error))
    elif not isinstance(error, Busy):
        return defaults.server_error(request)
    headers = {"Retry-After": str(ceil(RETRY_AFTER_MS / 1000)), "Cache-Control": "no-store"}
    response = HttpResponse(render_to_string("503.html"), status=503, headers=headers)
    # Otherwise, Django would log each of these responses with a traceback.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django has no public API for it
    return response
