"""The history of seats: the events of each seat, with their times and users."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from cinema.admin import local_times
from cinema.admin.base import UncountedList, label
from cinema.admin.booking import LONGER_REFERENCE, ReadOnlyPages, may_view_customers
from cinema.booking import search
from cinema.booking.models import Booking, TicketEvent, TicketEventKind
from cinema.catalog.layouts import normalize_label

# The query parameters of links to this page for one show or one booking.
OF_SHOW, OF_BOOKING = "ticket__show", "ticket__booking"
COLORS = {
    TicketEventKind.HELD: "warning",
    TicketEventKind.EXTENDED: "warning",
    TicketEventKind.CONFIRMED: "success",
    TicketEventKind.CANCELLED: "danger",
    TicketEventKind.BLOCKED: "danger",
    TicketEventKind.MOVED_OUT: "warning",
    TicketEventKind.MOVED_IN: "success",
}


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyPages):
    list_display = ["happened", "seat", "kind_label", "hold_expires", "by", "booking_link", "show"]
    list_display_links = None
    list_filter = ["kind"]
    # `get_search_results` executes the search. Django shows the search box only if there is a field here.
    search_fields = ["kind"]
    search_help_text = "Seat, such as C7, or the reference of a booking or a part of it"
    ordering = ["-at", "-pk"]
    # Counting the whole history takes longer than showing the requested part.
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[TicketEvent]:
        return TicketEvent.objects.select_related(
            "by", "ticket__seat", "ticket__booking", "ticket__show__movie", "ticket__show__screen__theater"
        )

    def get_list_display(self, request: HttpRequest) -> list[str]:
        columns = super().get_list_display(request)
        return [*columns] if may_view_customers(request) else ["by_role" if each == "by" else each for each in columns]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup in {OF_SHOW, OF_BOOKING} or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TicketEvent], search_term: str
    ) -> tuple[QuerySet[TicketEvent], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        matches = search.find(term, with_customers=False)
        bookings = Booking.objects.filter(matches.condition).values("pk")
        found = queryset.filter(Q(ticket__booking__in=bookings) | Q(ticket__seat__label=normalize_label(term)))
        if len(term) < search.MIN_REFERENCE_PART and not found.exists():
            self.message_user(request, LONGER_REFERENCE, messages.INFO)
        if not matches.is_complete:
            self.message_user(request, "Too many bookings match. Enter more letters.", messages.WARNING)
        return found, False

    @admin.display(description="When", ordering="at")
    def happened(self, event: TicketEvent) -> str:
        return local_times.to_the_second(event.at, event.ticket.show.screen.theater)

    @admin.display(description="Seat", ordering="ticket__seat__label")
    def seat(self, event: TicketEvent) -> str:
        return event.ticket.seat.label

    @admin.display(description="Event", ordering="kind")
    def kind_label(self, event: TicketEvent) -> SafeString:
        kind = TicketEventKind(event.kind)
        return label(kind.lower().replace("_", " "), COLORS.get(kind))

    @admin.display(description="Until")
    def hold_expires(self, event: TicketEvent) -> str | None:
        theater = event.ticket.show.screen.theater
        return local_times.to_the_second(event.held_until, theater) if event.held_until else None

    @admin.display(description="By")
    def by_role(self, event: TicketEvent) -> str | None:
        """Names the staff, but not the customer, who is not named on the page of the booking either."""
        booking = event.ticket.booking
        if booking is not None and event.by_id == booking.user_id:
            return "customer"
        return str(event.by) if event.by else None

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
        return f"{show.movie}, {local_times.start_of(show)}, {show.screen}"
