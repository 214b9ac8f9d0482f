"""Where things are: the API at /graphql, the staff's pages at /admin/."""

from django.contrib import admin
from django.urls import path

from schema.http.view import GraphQLView

urlpatterns = [
    path("graphql", GraphQLView.as_view()),
    path("graphql/", GraphQLView.as_view()),
    path("admin/", admin.site.urls),
]
