"""Navigation for the sidebar, limited to the pages that the user may view."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from cinema.accounts.models import User
from cinema.booking.models import Booking, TicketEvent
from cinema.catalog.models import Genre, Movie, PriceList, Screen, Show, Theater

SCHEDULE = "admin:cinema_show_schedule"
SECTIONS: dict[str, dict[type[Model], str]] = {
    "Schedule": {
        Show: "event",
        PriceList: "payments",
        Movie: "movie",
        Genre: "sell",
        Theater: "theaters",
        Screen: "event_seat",
    },
    "Sales": {Booking: "confirmation_number", TicketEvent: "history"},
    "Accounts": {User: "person", Group: "group"},
}


def expressions(_: HttpRequest) -> str:
    """The script that lets Unfold's templates work without `unsafe-eval`."""
    return static("cinema/admin/alpine_expressions.js")


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The sections of the sidebar for this request, in the format of Unfold's `SIDEBAR["navigation"]`."""
    sections: list[dict[str, Any]] = [
        {
            "title": title,
            "items": [_item(request, model, icon) for model, icon in models.items() if _may_view(request, model)],
        }
        for title, models in SECTIONS.items()
    ]
    if _may_view(request, Show):
        sections[0]["items"].insert(0, _page(request, SCHEDULE, "Day by day", "calendar_view_day"))
    sections[0]["items"].insert(0, _page(request, "admin:index", "Today", "today"))
    return sections


def _may_view(request: HttpRequest, model: type[Model]) -> bool:
    may_view: bool = admin.site.get_model_admin(model).has_view_permission(request)
    return may_view


def _item(request: HttpRequest, model: type[Model], icon: str) -> dict[str, Any]:
    link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    active = request.path.startswith(link) and request.path != reverse(SCHEDULE)
    return {
        "title": str(model._meta.verbose_name_plural).capitalize(),
        "icon": icon,
        "link": link,
        "active": active,
    }


def _page(request: HttpRequest, name: str, title: str, icon: str) -> dict[str, Any]:
    link = reverse(name)
    return {"title": title, "icon": icon, "link": link, "active": request.path == link}
