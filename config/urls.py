"""URLs: the front page at /, the API at /graphql, the admin at /admin/."""

from django.contrib import admin
from django.urls import path

from schema.engine.http.view import GraphQLView
from schema.root import schema
from web.explorer.page import page as explorer
from web.front.views import front_page

graphql = GraphQLView.as_view(schema=schema, explorer=explorer)

urlpatterns = [
    path("", front_page, name="front"),
    path("graphql", graphql),
    path("graphql/", graphql),
    path("admin/", admin.site.urls),
]
