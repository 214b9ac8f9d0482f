"""What the history of a show records about changes by staff: old and new values."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from cinema.admin import local_times
from cinema.admin.price_forms import PRICE_FIELDS
from cinema.admin.seat_plans import NAMES
from cinema.admin.show_forms import ShowForm
from cinema.booking import references
from cinema.booking.models import Ticket
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Show, ShowFormat, Theater
from cinema.catalog.prices import in_currency
from cinema.core.text import join_words

_SHOWN = {"movie", "screen", "starts_at", "ends_at", "format", "language", "subtitles"}
_MOVED, _CANCELLED = "Moved ", "Cancelled "
_REFERENCE = re.compile(rf" \([{references.ALPHABET}]{{{references.LENGTH}}}\)")
Prices = Mapping[SeatCategory, Decimal]


class ShowHistory(ModelAdmin):
    """The part of the admin of shows that is about their history. Its times are those of the theater."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        show: Show | None = self.get_object(request, object_id)
        zone = local_times.zone_of(show.screen.theater) if show else None
        with timezone.override(zone):
            page: Any = super().history_view(request, object_id, extra_context)
            if not hasattr(page, "render"):
                refused: HttpResponse = page
                return refused
            if not request.user.has_perm("cinema.view_booking"):
                for entry in page.context_data["action_list"]:
                    entry.change_message = _without_references(entry.change_message)
            # Django would render it later, in UTC.
            rendered: HttpResponse = page.render()
        return rendered

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The old and the new values of a changed show, as text."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        # Django shows "No fields changed." for an empty list.
        return _changes(form) or []


def changed_prices(before: Prices, after: Prices, *, theater: Theater) -> str:
    """The categories with another price, such as "Standard 12.00 → 10.00". Empty if there are none."""

    def shown(amount: Decimal | None) -> str:
        return "none" if amount is None else str(in_currency(amount, theater.currency).rounded)

    return ", ".join(
        f"{NAMES[category]} {shown(before.get(category))} → {shown(after[category])}"
        for category in SeatCategory
        if category in after and before.get(category) != after[category]
    )


def moves(leaving: Iterable[Ticket], moved: Iterable[Ticket]) -> str:
    """The seats of moved customers, such as "Moved A1 → B3 (K7QD3WXM) and A2 → B4 (K7QD3WXM)."."""
    pairs = zip(leaving, moved, strict=True)
    return f"{_MOVED}{join_words(f'{old.seat.label} → {new.seat.label}{_reference(old)}' for old, new in pairs)}."


def cancellations(tickets: Iterable[Ticket]) -> str:
    """The cancelled seats, such as "Cancelled A1 (K7QD3WXM) and A3 (RM4XW2TB)."."""
    return f"{_CANCELLED}{join_words(f'{ticket.seat.label}{_reference(ticket)}' for ticket in tickets)}."


def _reference(ticket: Ticket) -> str:
    return f" ({ticket.booking.reference})" if ticket.booking else ""


def _without_references(message: str) -> str:
    """The message, without the references of moved and cancelled customers."""
    # Other messages can contain titles of movies, which may look like references.
    return _REFERENCE.sub("", message) if message.startswith((_MOVED, _CANCELLED)) else message


def _changes(form: ShowForm) -> str:
    theater = form.cleaned_data["screen"].theater
    changed = {name.removesuffix("_occurrence") for name in form.changed_data}
    sentences = [
        f"{field.label}: {_shown(name, form[name].initial, form, theater)} → "
        f"{_shown(name, form.cleaned_data[name], form, theater)}."
        for name, field in form.fields.items()
        if name in changed & _SHOWN
    ]
    if form.cleaned_data.get("price_list"):
        sentences.append(f"Price list: {form.cleaned_data['price_list']}.")
    before = {category: form[name].initial for category, name in PRICE_FIELDS.items()}
    prices = changed_prices(before, form.changes().get("prices", {}), theater=theater)
    return " ".join([*sentences, *([f"Prices: {prices}."] if prices else [])])


def _shown(name: str, value: Any, form: Any, theater: Theater) -> str:
    if isinstance(value, datetime):
        # The form is filled with local times.
        aware = value if value.tzinfo else value.replace(tzinfo=local_times.zone_of(theater))
        return local_times.date_and_time(aware, theater)
    if name == "format":
        return ShowFormat(value).usual_name
    if name in {"movie", "screen"} and isinstance(value, int):
        value = form.fields[name].queryset.get(pk=value)
    return str(value or ("by the running time" if name == "ends_at" else "none"))
