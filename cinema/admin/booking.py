"""Admin pages of bookings. They are read-only."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.views import ChangeList

from cinema.admin import local_times
from cinema.admin.auditorium import customer_name
from cinema.admin.base import UncountedList, label, may_view
from cinema.admin.seat_plans import NAMES
from cinema.admin.show_seats import second_page
from cinema.booking import search
from cinema.booking.models import Booking, BookingStatus, Ticket, TicketEvent, TicketEventKind, TicketStatus
from cinema.catalog.models import Show
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


LONGER_REFERENCE = f"Enter at least {search.MIN_REFERENCE_PART} characters to search for a part of a reference."


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


class ReadOnlyPages(ReadOnly, ModelAdmin):
    """Pages without the history of Django's admin: nothing is changed on them, so it would be empty."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        without_history = {**(extra_context or {}), "show_history": False}
        response: HttpResponse = super().change_view(request, object_id, form_url, without_history)
        return response


class TicketInline(ReadOnly, TabularInline):
    model = Ticket
    hide_title = True
    fields = readonly_fields = ["seat", "category", "cost", "status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        tickets: QuerySet[Ticket] = super().get_queryset(request)
        moves = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind=TicketEventKind.MOVED_OUT)
        return tickets.select_related("seat", "booking").annotate(read_at=Now(), is_moved=Exists(moves))

    @admin.display(description="Category")
    def category(self, ticket: Ticket) -> str:
        return NAMES[ticket.category]

    @admin.display(description="Price")
    def cost(self, ticket: Ticket) -> Money | None:
        # The price belongs to the ticket of the new seat.
        return None if ticket.is_moved else ticket.cost()  # type: ignore[attr-defined] # annotated

    @admin.display(description="Status")
    def status(self, ticket: Ticket) -> SafeString:
        if ticket.is_moved:  # type: ignore[attr-defined] # annotated
            return label("moved out", None)
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
class BookingAdmin(ReadOnlyPages):
    list_display = ["reference", "movie_and_screen", "starts", "seats", "cost", "status_label", "customer", "booked"]
    list_filter = [StatusFilter]
    # `get_search_results` executes the search. Django shows the search box only if there is a field here.
    search_fields = ["reference"]
    search_help_text = "Reference, name, email or username"
    # The newest first. Sorting by the key needs no other index.
    ordering = ["-pk"]
    # Counting all bookings takes longer than showing the requested part.
    show_full_result_count = False
    fields = ["reference", "status_label", "customer", "show_link", "place", "cost", "booked", "cancelled"]
    inlines = [TicketInline]
    actions_detail = ["seats_of_show", "seat_history", "cancel_this_booking"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return (
            Booking.objects.with_details()
            .select_related("user")
            .prefetch_related("tickets__seat")
            .annotate(read_at=Now())
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changes = super().get_changelist_instance(request)
        if not may_view_customers(request):
            changes.search_help_text = "Reference"
        return changes

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        matches = search.find(term, with_customers=may_view_customers(request))
        found = queryset.filter(matches.condition)
        if len(term) < search.MIN_REFERENCE_PART and not found.exists():
            self.message_user(request, LONGER_REFERENCE, messages.INFO)
        if not matches.is_complete:
            self.message_user(request, "Too many bookings match. Enter more letters.", messages.WARNING)
        return found, False

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return self._without_customer(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> list[Any]:
        fields = self._without_customer(request, super().get_fields(request, obj))
        return fields if may_view(request, Show) else ["show_name" if each == "show_link" else each for each in fields]

    def has_view_shows_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may_view(request, Show)

    def has_cancel_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may_view(request, Show) and request.user.has_perm("cinema.change_booking")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        actions: list[Any] = super().get_actions_detail(request, object_id)
        others = [each for each in actions if each.path != "cancel"]
        if others == actions:
            return actions
        booking = self.get_object(request, object_id)
        return actions if booking is not None and _live_tickets(booking) else others

    def _without_customer(self, request: HttpRequest, names: Iterable[Any]) -> list[Any]:
        """The names, without the customer if the staff member may not view users."""
        return [name for name in names if name != "customer" or may_view_customers(request)]

    @action(description="Seats in the auditorium", icon="event_seat", url_path="seats", permissions=["view_shows"])
    def seats_of_show(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The auditorium of the show, with the seats of the booking selected, to move or cancel them."""
        booking = self.get_object(request, object_id)
        if booking is None:
            return redirect("admin:cinema_booking_changelist")
        return redirect(reverse("admin:cinema_show_seats", args=[booking.show_id], query={"booking": booking.pk}))

    @action(
        description="Cancel this booking",
        icon="event_busy",
        url_path="cancel",
        permissions=["cancel"],
        variant=ActionVariant.DANGER,
    )
    def cancel_this_booking(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page that asks before it cancels the seats of the booking."""
        booking = self.get_object(request, object_id)
        if booking is None:
            return redirect("admin:cinema_booking_changelist")
        return redirect(second_page(booking.show, "cancel", _live_tickets(booking), booking_id=booking.pk))

    @action(description="Seat events", icon="history", url_path="seat-history")
    def seat_history(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:cinema_ticketevent_changelist", query={"ticket__booking": object_id}))

    @admin.display(description="Customer")
    def customer(self, booking: Booking) -> str:
        return f"{customer_name(booking.user)}, {booking.user.email}"

    @admin.display(description="Show")
    def movie_and_screen(self, booking: Booking) -> SafeString:
        # The times of the list are in the time zone of the theater.
        return format_html("{}<br>{}", booking.show.movie.title, self.place(booking))

    @admin.display(description="Show starts", ordering="show__starts_at")
    def starts(self, booking: Booking) -> str:
        return local_times.start_of(booking.show)

    @admin.display(description="Show")
    def show_link(self, booking: Booking) -> SafeString:
        link = reverse("admin:cinema_show_change", args=[booking.show_id])
        return format_html('<a href="{}" class="text-link">{}</a>', link, self.show_name(booking))

    @admin.display(description="Show")
    def show_name(self, booking: Booking) -> str:
        return f"{booking.show.movie}, {self.starts(booking)}"

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


def _live_tickets(booking: Booking) -> list[int]:
    """The keys of the tickets that can be cancelled. None if the show is cancelled."""
    return [
        ticket.pk for ticket in booking.tickets.all() if ticket.released_at is None and not booking.show.cancelled_at
    ]


def may_view_customers(request: HttpRequest) -> bool:
    """Names and email addresses are personal data."""
    return request.user.has_perm("cinema.view_user")
