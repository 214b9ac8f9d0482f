"""The forms of shows in the admin."""

from typing import Any

from django.urls import reverse

from cinema.catalog.models import Screen, Show
from tests import situations

ADD = reverse("admin:cinema_show_add")
PRICES = {"price_standard": "9", "price_premium": "12.50", "price_wheelchair": "6", "price_companion": "6"}


def change(show: Show) -> str:
    return reverse("admin:cinema_show_change", args=[show.pk])


def new_show(screen: Screen, starts_at: str, **fields: Any) -> dict[str, Any]:
    movie = situations.a_movie()
    return {
        "movie": movie.pk,
        "screen": screen.pk,
        "starts_at": starts_at,
        "ends_at": "",
        "format": "TWO_D",
        "language": "",
        "subtitles": "",
        **PRICES,
        **fields,
    }
