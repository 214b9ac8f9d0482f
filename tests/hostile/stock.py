"""The control: Strawberry's own view on the same types, without our view or middleware.

Tests mount it at the same path with `ROOT_URLCONF`. `MIDDLEWARE` is Django's own, plus request ids.
"""

import strawberry
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry.django.views import GraphQLView
from strawberry.schema.config import StrawberryConfig

from schema.engine.context import Context
from schema.engine.execution import problem_handlers
from schema.engine.scalars import SCALARS
from schema.engine.slices import mutation_type, query_type
from schema.root import SLICES

MIDDLEWARE = [
    "config.middleware.request_ids",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

schema = strawberry.Schema(
    query=query_type(SLICES),
    mutation=mutation_type(SLICES),
    # Without these every problem would be an error, for which the stock view is not responsible.
    exception_handlers=problem_handlers(SLICES),
    config=StrawberryConfig(scalar_map=SCALARS),
)


class StockView(GraphQLView[Context, None]):
    def get_context(self, request: HttpRequest, response: HttpResponse) -> Context:  # noqa: ARG002 - as Strawberry calls it
        return Context(request=request)


urlpatterns = [path("graphql", csrf_exempt(StockView.as_view(schema=schema)))]
