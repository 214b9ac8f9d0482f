"""Where things are: the API at /graphql, the staff's pages at /admin/."""

from django.contrib import admin
from django.urls import path

from schema.http.view import GraphQLView
from web.explorer.page import page as explorer

graphql = GraphQLView.as_view(explorer=explorer)

urlpatterns = [
    path("graphql", graphql),
    path("graphql/", graphql),
    path("admin/", admin.site.urls),
]
