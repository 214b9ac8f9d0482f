"""The same schema behind Strawberry's own view, as it comes: what the audits can find fault with."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry.django.views import GraphQLView

from schema.root import schema

urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view(schema=schema)))]
