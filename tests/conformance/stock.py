"""The control of the audits: Strawberry's view with its default settings."""

import strawberry
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry.django.views import GraphQLView


@strawberry.type
class Query:
    greeting: str = "hello"


urlpatterns = [path("stock", csrf_exempt(GraphQLView.as_view(schema=strawberry.Schema(Query))))]
