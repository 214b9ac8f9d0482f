"""A bare Django view, and one SQL statement behind such a view for each read."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.bench.baselines import statements


def bare(_: HttpRequest) -> HttpResponse:
    """Return the same JSON as `{ __typename }`."""
    return HttpResponse(b'{"data": {"__typename": "Query"}}', content_type="application/json")


def read(request: HttpRequest, name: str) -> HttpResponse:
    """Return the JSON of a statement, with the parameters in the query string."""
    with connection.cursor() as cursor:
        cursor.execute(statements.STATEMENTS[name], request.GET.dict())
        (json,) = cursor.fetchone()
    return HttpResponse(json, content_type="application/json")


urlpatterns = [path("bare", bare), path("read/<name>", read)]
