"""Admin pages of bookings. They are read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from cinema.admin import local_times
from cinema.admin.base import label
from cinema.admin.seat_plans import NAMES
from cinema.booking import references
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketStatus
from cinema.core.clock import Now
from cinema.core.money import Money

BOOKING_COLORS = {
    BookingStatus.HELD: "warning",
    BookingStatus.CONFIRMED: "success",
    BookingStatus.CANCELLED: "danger",
}
TICKET_COLORS = {
    TicketStatus.HELD: "warning",
    TicketStatus.VALID: "success",
    TicketStatus.CANCELLED: "danger",
}


class ReadOnly:
    """Pages that require the permission to view bookings, and on which nothing can be changed."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("cinema.view_booking")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class TicketInline(ReadOnly, TabularInline):
    model = Ticket
    hide_title = True
    fields = readonly_fields = ["seat", "category", "cost", "status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        tickets: QuerySet[Ticket] = super().get_queryset(request)
        return tickets.select_related("seat", "booking").annotate(read_at=Now())

    @admin.display(description="Category")
    def category(self, ticket: Ticket) -> str:
        return NAMES[ticket.category]

    @admin.display(description="Price")
    def cost(self, ticket: Ticket) -> Money:
        return ticket.cost()

    @admin.display(description="Status")
    def status(self, ticket: Ticket) -> SafeString:
        status = ticket.status_at(ticket.read_at)  # type: ignore[attr-defined] # annotated
        return label(status.lower(), TICKET_COLORS.get(status))


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status, status.capitalize()) for status in BookingStatus.values]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        status = self.value()
        return queryset.in_status(status) if status else queryset


@admin.register(Booking)
class BookingAdmin(ReadOnly, ModelAdmin):
    list_display = ["reference", "movie", "starts", "seats", "cost", "status_label", "user", "booked"]
    list_filter = [StatusFilter]
    # `get_search_results` executes the search. Django shows the search box only if there is a field here.
    search_fields = ["reference"]
    search_help_text = "Reference, email address or username"
    ordering = ["-created_at", "-pk"]
    fields = ["reference", "status_label", "user", "show_link", "place", "cost", "booked", "cancelled"]
    inlines = [TicketInline]
    actions_detail = ["seat_history"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return (
            Booking.objects.with_details()
            .select_related("user")
            .prefetch_related("tickets__seat")
            .annotate(read_at=Now())
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        owner = Q(user__email__icontains=term) | Q(user__username__icontains=term)
        return queryset.filter(Q(reference=references.as_stored(term)) | owner), False

    @action(description="Seat history", icon="history", url_path="seat-history")
    def seat_history(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:cinema_ticketevent_changelist", query={"ticket__booking": object_id}))

    @admin.display(description="Movie")
    def movie(self, booking: Booking) -> str:
        return booking.show.movie.title

    @admin.display(description="Show starts", ordering="show__starts_at")
    def starts(self, booking: Booking) -> str:
        return local_times.date_and_time(booking.show.starts_at, booking.show.screen.theater)

    @admin.display(description="Show")
    def show_link(self, booking: Booking) -> SafeString:
        link = reverse("admin:cinema_show_change", args=[booking.show_id])
        return format_html('<a href="{}" class="text-link">{}, {}</a>', link, booking.show.movie, self.starts(booking))

    @admin.display(description="Screen")
    def place(self, booking: Booking) -> str:
        return str(booking.show.screen)

    @admin.display(description="Seats")
    def seats(self, booking: Booking) -> str:
        return ", ".join(ticket.seat.label for ticket in booking.tickets.all() if ticket.released_at is None)

    @admin.display(description="Total", ordering="total")
    def cost(self, booking: Booking) -> Money:
        return booking.price()

    @admin.display(description="Status", ordering="status")
    def status_label(self, booking: Booking) -> SafeString:
        status = booking.status_at(booking.read_at)  # type: ignore[attr-defined] # annotated
        return label(status.lower(), BOOKING_COLORS.get(status))

    @admin.display(description="Booked", ordering="created_at")
    def booked(self, booking: Booking) -> str:
        return local_times.date_and_time(booking.created_at, booking.show.screen.theater)

    @admin.display(description="Cancelled")
    def cancelled(self, booking: Booking) -> str | None:
        moment = booking.cancelled_at
        return local_times.date_and_time(moment, booking.show.screen.theater) if moment else None
