"""URLs of pages: the front page at /, the admin at /admin/, and the schema. `config.api` handles /graphql."""

from django.contrib import admin
from django.urls import path

from schema.engine.http.sdl import SchemaDefinition
from schema.root import schema
from web.front.views import front_page

urlpatterns = [
    path("", front_page, name="front"),
    path("admin/", admin.site.urls),
    path("schema.graphql", SchemaDefinition(schema)),
]
