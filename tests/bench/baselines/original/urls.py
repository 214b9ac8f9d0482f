from django.urls import path

from tests.bench.baselines.original.views import book

urlpatterns = [path("bookings", book)]
