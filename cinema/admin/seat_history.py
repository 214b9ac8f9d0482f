"""The history of seats: the events of each seat, with their times and users."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from cinema.admin import local_times
from cinema.admin.base import label
from cinema.admin.booking import ReadOnly
from cinema.booking import references
from cinema.booking.models import TicketEvent, TicketEventKind
from cinema.catalog.layouts import normalize_label

# The query parameters of links to this page for one show or one booking.
OF_SHOW, OF_BOOKING = "ticket__show", "ticket__booking"
COLORS = {
    TicketEventKind.HELD: "warning",
    TicketEventKind.EXTENDED: "warning",
    TicketEventKind.CONFIRMED: "success",
    TicketEventKind.CANCELLED: "danger",
    TicketEventKind.BLOCKED: "danger",
}


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnly, ModelAdmin):
    list_display = ["happened", "seat", "kind_label", "hold_expires", "by", "booking_link", "show"]
    list_display_links = None
    list_filter = ["kind"]
    # `get_search_results` executes the search. Django shows the search box only if there is a field here.
    search_fields = ["kind"]
    search_help_text = "Seat, such as C7, or reference of a booking"
    ordering = ["-at", "-pk"]
    # Counting the whole history takes longer than showing the requested part.
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketEvent]:
        return TicketEvent.objects.select_related(
            "by", "ticket__seat", "ticket__booking", "ticket__show__movie", "ticket__show__screen__theater"
        )

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup in {OF_SHOW, OF_BOOKING} or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TicketEvent], search_term: str
    ) -> tuple[QuerySet[TicketEvent], bool]:
        if not search_term.strip():
            return queryset, False
        of_booking = Q(ticket__booking__reference=references.as_stored(search_term))
        return queryset.filter(of_booking | Q(ticket__seat__label=normalize_label(search_term))), False

    @admin.display(description="When", ordering="at")
    def happened(self, event: TicketEvent) -> str:
        return local_times.to_the_second(event.at, event.ticket.show.screen.theater)

    @admin.display(description="Seat", ordering="ticket__seat__label")
    def seat(self, event: TicketEvent) -> str:
        return event.ticket.seat.label

    @admin.display(description="Event", ordering="kind")
    def kind_label(self, event: TicketEvent) -> SafeString:
        kind = TicketEventKind(event.kind)
        return label(kind.lower(), COLORS.get(kind))

    @admin.display(description="Until")
    def hold_expires(self, event: TicketEvent) -> str | None:
        theater = event.ticket.show.screen.theater
        return local_times.to_the_second(event.held_until, theater) if event.held_until else None

    @admin.display(description="Booking")
    def booking_link(self, event: TicketEvent) -> SafeString | None:
        booking = event.ticket.booking
        if booking is None:
            return None
        link = reverse("admin:cinema_booking_change", args=[booking.pk])
        return format_html('<a href="{}" class="text-link">{}</a>', link, booking.reference)

    @admin.display(description="Show")
    def show(self, event: TicketEvent) -> str:
        show = event.ticket.show
        return f"{show.movie}, {local_times.date_and_time(show.starts_at, show.screen.theater)}"
