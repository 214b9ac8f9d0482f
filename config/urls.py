"""URLs of pages: the front page, also at the paths of links in emails, the admin and the schema.

`config.api` handles /graphql.
"""

from django.contrib import admin
from django.urls import path

from config.media import poster
from schema.engine.http.sdl import SchemaDefinition
from schema.root import schema
from web.front.views import front_page, front_page_of_link

urlpatterns = [
    path("", front_page, name="front"),
    path("verify-email", front_page_of_link, name="front"),
    path("reset-password", front_page_of_link, name="front"),
    path("admin/", admin.site.urls),
    path("media/posters/<str:name>", poster, name="poster"),
    path("schema.graphql", SchemaDefinition(schema)),
]
handler500 = "config.outage_pages.server_error"
