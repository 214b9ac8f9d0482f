"""The control: Strawberry's own view on the same types, with nothing of ours around it.

Tests mount it where ours is, with `ROOT_URLCONF`, and in `MIDDLEWARE`, which is Django's own and the request ids.
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
    "django_guid.middleware.guid_middleware",
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
    # Without these every problem would be an error, which is no fault of the stock stack.
    exception_handlers=problem_handlers(SLICES),
    config=StrawberryConfig(scalar_map=SCALARS),
)


class StockView(GraphQLView[Context, None]):
    def get_context(self, request: HttpRequest, response: HttpResponse) -> Context:  # noqa: ARG002 - as Strawberry calls it
        return Context(request=request)


urlpatterns = [path("graphql", csrf_exempt(StockView.as_view(schema=schema)))]
