"""Admin pages of shows: list with the number of sold seats, schedule, change and cancel."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.views import ChangeList

from cinema.admin import local_times
from cinema.admin.after_saving import AfterSaving
from cinema.admin.base import UseCaseAdmin, label, may_view, staff
from cinema.admin.bulk_pages import BulkPages
from cinema.admin.cancellations import Cancellations, is_final
from cinema.admin.price_changes import PriceChanges
from cinema.admin.price_forms import PRICE_FIELDS
from cinema.admin.schedule import DayForm, draw, selection
from cinema.admin.screens import ScreenField
from cinema.admin.seat_plans import NAMES
from cinema.admin.show_filters import DayFilter, ScreenFilter
from cinema.admin.show_forms import ShowForm
from cinema.admin.show_history import ShowHistory
from cinema.admin.show_seats import ShowSeatsPages
from cinema.booking import queries
from cinema.booking.models import Booking, BookingStatus
from cinema.booking.rules import rules
from cinema.booking.status import ShowStatus
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Movie, Screen, Show, ShowFormat
from cinema.catalog.prices import currency_of, in_currency
from cinema.core.text import counted, folded

STATUS_COLORS = {
    ShowStatus.ON_SALE: "success",
    ShowStatus.SOLD_OUT: "warning",
    ShowStatus.CANCELLED: "danger",
}


class ShowList(ChangeList):
    """A page of shows with their availability and occupancy, which are read for all of them at once."""

    result_list: Iterable[Any]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shows = list(self.result_list)
        availability, occupancy = queries.availability(shows), queries.occupancy(shows)
        for show in shows:
            show.availability, show.occupancy = availability[show.pk], occupancy[show.pk]
        self.result_list = shows


@admin.register(Show)
class ShowAdmin(ShowSeatsPages, BulkPages, PriceChanges, Cancellations, AfterSaving, ShowHistory, UseCaseAdmin):
    """A show cannot be deleted, only cancelled."""

    form = ShowForm
    list_display = ["starts", "movie", "screen", "usual_format", "taken", "status"]
    list_filter = [DayFilter, "screen__theater", ScreenFilter]
    search_fields = ["movie__search_text"]
    search_help_text = "Words of the movie's title"
    ordering = ["starts_at", "pk"]
    autocomplete_fields = ["movie"]
    actions = ["apply_price_list", "cancel_selected"]
    list_disable_select_all = True
    actions_list = ["schedule", "copy_days"]
    actions_detail = ["seats", "bookings", "seat_history", "repeat_show", "cancel_this_show"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Show]:
        shows: QuerySet[Show] = super().get_queryset(request)
        return shows.select_related("movie", "screen__theater")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ShowList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Show], search_term: str
    ) -> tuple[QuerySet[Show], bool]:
        found: tuple[QuerySet[Show], bool] = super().get_search_results(request, queryset, folded(search_term))
        return found

    # ---------------------------------------------------------------- permissions

    def has_delete_permission(self, request: HttpRequest, obj: Show | None = None) -> bool:
        return False

    def has_view_bookings_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("cinema.view_booking")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        actions: list[Any] = super().get_actions_detail(request, object_id)
        show = self.get_object(request, object_id)
        if show is not None and not is_final(show):
            return actions
        return [each for each in actions if each.path != "cancel"]

    # ---------------------------------------------------------------- the form

    def get_fieldsets(self, request: HttpRequest, obj: Show | None = None) -> list[Any]:
        if obj is not None and self._is_read_only(request, obj):
            movie = "movie" if may_view(request, Movie) else "movie_name"
            screen = "screen" if may_view(request, Screen) else "screen_name"
            return [
                (None, {"fields": [movie, screen, "starts", "ends", "usual_format", "sound", "subtitled"]}),
                ("Sales", {"fields": ["status", "taken", "listed_prices"]}),
            ]
        names = list(PRICE_FIELDS.values())
        sales = [("Sales", {"fields": ["status", "taken"]})] if obj else []
        return [
            (None, {"fields": ["movie", "screen", ("starts_at", "ends_at"), "format", ("language", "subtitles")]}),
            (
                f"Prices in {currency_of(obj.screen.theater)}" if obj else "Prices",
                {
                    "fields": ["price_list", tuple(names[:2]), tuple(names[2:])],
                    "description": "In the currency of the theater. "
                    + (
                        "Change the prices, or replace them with those of a price list."
                        if obj
                        else "Choose a price list, or enter a price for each category of seats that the screen has."
                    ),
                },
            ),
            (
                "Clocks go back",
                {
                    # One below the other: Django opens a part with an error only if its fields are not in a group.
                    "fields": ["starts_at_occurrence", "ends_at_occurrence"],
                    "classes": ["collapse"],
                    "description": "For a local time that occurs twice in the night when the clocks go back.",
                },
            ),
            *sales,
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Show | None = None) -> list[str]:
        if obj is not None and self._is_read_only(request, obj):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return ["status", "taken"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "screen":
            kwargs["form_class"] = ScreenField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "format":
            kwargs["choices"] = [(value, value.usual_name) for value in ShowFormat]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        show = context["original"]
        if show is not None and self._is_read_only(request, show):
            context |= {
                "show_save": False,
                "show_save_and_continue": False,
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Show, form: ShowForm, change: bool) -> None:
        data = form.cleaned_data
        if change:
            changes = form.changes()
            scheduling.reschedule(show_id=obj.pk, by=staff(request), **changes)
            if "starts_at" in changes:
                self._report_move(request, obj)
            if data["price_list"]:
                # The form showed the earlier prices.
                self.message_user(request, f"New prices: {self.listed_prices(obj)}.")
        else:
            obj.pk = scheduling.schedule(
                movie_id=data["movie"].pk,
                screen_id=data["screen"].pk,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                format=data["format"],
                language=data["language"],
                subtitles=data["subtitles"],
                prices=form.all_prices(),
            ).pk

    def _report_move(self, request: HttpRequest, show: Show) -> None:
        count = Booking.objects.filter(show=show, status=BookingStatus.CONFIRMED).count()
        if count:
            emails = " Customers get an email if their address is verified." if rules().sends_emails else ""
            self.message_user(
                request, f"The new time applies to {counted(count, 'booking')}.{emails}", messages.WARNING
            )

    def _is_read_only(self, request: HttpRequest, show: Show) -> bool:
        # POST requests for a show that can no longer be changed are passed to the domain, which refuses with a reason.
        return not self.has_change_permission(request, show) or (request.method != "POST" and is_final(show))

    # ---------------------------------------------------------------- columns and read-only fields

    @admin.display(description="Starts", ordering="starts_at")
    def starts(self, show: Show) -> str:
        return local_times.start_of(show)

    @admin.display(description="Movie")
    def movie_name(self, show: Show) -> str:
        return str(show.movie)

    @admin.display(description="Screen")
    def screen_name(self, show: Show) -> str:
        return str(show.screen)

    @admin.display(description="Ends")
    def ends(self, show: Show) -> str:
        return local_times.date_and_time(show.ends_at, show.screen.theater)

    @admin.display(description="Format", ordering="format")
    def usual_format(self, show: Show) -> str:
        return ShowFormat(show.format).usual_name

    # Without the help texts of the form.
    @admin.display(description="Language")
    def sound(self, show: Show) -> str:
        return show.language

    @admin.display(description="Subtitles")
    def subtitled(self, show: Show) -> str:
        return show.subtitles

    @admin.display(description="Seats")
    def taken(self, show: Any) -> str:
        known: queries.Occupancy | None = getattr(show, "occupancy", None)
        return str(known or queries.occupancy([show])[show.pk])

    @admin.display(description="Status")
    def status(self, show: Show) -> SafeString:
        status = _availability(show).status
        return label(str(status), STATUS_COLORS.get(status))

    @admin.display(description="Prices")
    def listed_prices(self, show: Show) -> str:
        prices = sorted(show.prices.all(), key=lambda price: list(SeatCategory).index(SeatCategory(price.category)))
        return ", ".join(
            f"{NAMES[SeatCategory(p.category)]} {in_currency(p.amount, show.screen.theater.currency)}" for p in prices
        )

    # ---------------------------------------------------------------- actions

    @action(description="Day by day", icon="calendar_view_day", url_path="schedule", permissions=["view"])
    def schedule(self, request: HttpRequest) -> HttpResponse:
        """The shows of a theater on one day."""
        theater, day = selection(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Day by day",
            "model_admin": self,
            "media": self.media,
            "form": DayForm(initial={"theater": theater, "day": day}),
            "may_add": self.has_add_permission(request),
            "schedule": draw(theater, day) if theater else None,
            "statuses": ShowStatus,
        }
        return TemplateResponse(request, "cinema/admin/schedule.html", context)

    @action(description="Bookings", icon="confirmation_number", url_path="bookings", permissions=["view_bookings"])
    def bookings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:cinema_booking_changelist", query={"show": object_id}))

    @action(description="Seat events", icon="history", url_path="seat-history", permissions=["view_bookings"])
    def seat_history(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:cinema_ticketevent_changelist", query={"ticket__show": object_id}))


def _availability(show: Any) -> queries.Availability:
    """The availability of the show. `ShowList` has read it for all shows of a page. On other pages, it is read here."""
    known: queries.Availability | None = getattr(show, "availability", None)
    return known or queries.availability([show])[show.pk]
