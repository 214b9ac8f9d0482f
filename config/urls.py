"""URLs of pages: the front page at /, the admin at /admin/. `config.api` handles /graphql."""

from django.contrib import admin
from django.urls import path

from web.front.views import front_page

urlpatterns = [
    path("", front_page, name="front"),
    path("admin/", admin.site.urls),
]
