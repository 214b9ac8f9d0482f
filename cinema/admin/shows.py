"""Admin pages of shows: list with the number of sold seats, schedule, change and cancel."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.views import ChangeList

from cinema.admin import local_times
from cinema.admin.base import UseCaseAdmin, label, staff
from cinema.admin.schedule import DayForm, draw, selection
from cinema.admin.seat_plans import NAMES
from cinema.admin.show_filters import DayFilter, ScreenFilter
from cinema.admin.show_forms import PRICE_FIELDS, ShowForm
from cinema.booking import queries
from cinema.booking.models import Ticket
from cinema.booking.status import ShowStatus
from cinema.catalog import scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Screen, Show
from cinema.catalog.prices import currency_of, in_currency
from cinema.core import clock
from cinema.core.errors import CinemaError
from cinema.core.text import folded

STATUS_COLORS = {
    ShowStatus.ON_SALE: "success",
    ShowStatus.SOLD_OUT: "warning",
    ShowStatus.CANCELLED: "danger",
}


class ShowList(ChangeList):
    """A page of shows with their availability, which one query reads for all of them."""

    result_list: Iterable[Any]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        shows = list(self.result_list)
        availability = queries.availability(shows)
        for show in shows:
            show.availability = availability[show.pk]
        self.result_list = shows


@admin.register(Show)
class ShowAdmin(UseCaseAdmin):
    """A show cannot be deleted, only cancelled."""

    form = ShowForm
    list_display = ["starts", "movie", "screen", "taken", "status"]
    list_filter = [DayFilter, "screen__theater", ScreenFilter]
    search_fields = ["movie__search_text"]
    search_help_text = "Words of the movie's title"
    ordering = ["starts_at", "pk"]
    autocomplete_fields = ["movie"]
    actions = ["cancel_selected"]
    list_disable_select_all = True
    actions_list = ["schedule"]
    actions_detail = ["bookings", "seat_history", "cancel_this_show"]

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
        if show is not None and not _is_final(show):
            return actions
        return [each for each in actions if each.path != "cancel"]

    # ---------------------------------------------------------------- the form

    def get_fieldsets(self, request: HttpRequest, obj: Show | None = None) -> list[Any]:
        if obj is not None and self._is_read_only(request, obj):
            return [
                (None, {"fields": ["movie", "screen", "starts", "ends", "format", "language", "subtitles"]}),
                ("Sales", {"fields": ["status", "taken", "price_list"]}),
            ]
        names = list(PRICE_FIELDS.values())
        sales = [("Sales", {"fields": ["status", "taken"]})] if obj else []
        return [
            (None, {"fields": ["movie", "screen", ("starts_at", "ends_at"), "format", ("language", "subtitles")]}),
            (
                f"Prices in {currency_of(obj.screen.theater)}" if obj else "Prices",
                {
                    "fields": [tuple(names[:2]), tuple(names[2:])],
                    "description": "In the currency of the theater. Leave empty if the screen has no such seats.",
                },
            ),
            (
                "Clocks go back",
                {
                    "fields": [("starts_at_occurrence", "ends_at_occurrence")],
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
            kwargs["queryset"] = Screen.objects.select_related("theater").order_by("theater__name", "name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
            scheduling.reschedule(show_id=obj.pk, by=staff(request), **form.changes())
        else:
            obj.pk = scheduling.schedule(
                movie_id=data["movie"].pk,
                screen_id=data["screen"].pk,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                format=data["format"],
                language=data["language"],
                subtitles=data["subtitles"],
                prices=form.prices(),
            ).pk

    def _is_read_only(self, request: HttpRequest, show: Show) -> bool:
        # POST requests for a show that can no longer be changed are passed to the domain, which refuses with a reason.
        return not self.has_change_permission(request, show) or (request.method != "POST" and _is_final(show))

    # ---------------------------------------------------------------- columns and read-only fields

    @admin.display(description="Starts", ordering="starts_at")
    def starts(self, show: Show) -> str:
        return local_times.date_and_time(show.starts_at, show.screen.theater)

    @admin.display(description="Ends")
    def ends(self, show: Show) -> str:
        return local_times.date_and_time(show.ends_at, show.screen.theater)

    @admin.display(description="Sold, held or blocked")
    def taken(self, show: Show) -> str:
        availability = _availability(show)
        return f"{availability.seats_taken} of {availability.total}"

    @admin.display(description="Status")
    def status(self, show: Show) -> SafeString:
        status = _availability(show).status
        return label(str(status), STATUS_COLORS.get(status))

    @admin.display(description="Prices")
    def price_list(self, show: Show) -> str:
        prices = sorted(show.prices.all(), key=lambda price: list(SeatCategory).index(SeatCategory(price.category)))
        return ", ".join(
            f"{NAMES[SeatCategory(p.category)]} {in_currency(p.amount, show.screen.theater.currency)}" for p in prices
        )

    # ---------------------------------------------------------------- actions

    @action(description="Schedule", icon="calendar_view_day", url_path="schedule", permissions=["view"])
    def schedule(self, request: HttpRequest) -> HttpResponse:
        """The shows of a theater on one day."""
        theater, day = selection(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Schedule",
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

    @action(description="Seat history", icon="history", url_path="seat-history", permissions=["view_bookings"])
    def seat_history(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(reverse("admin:cinema_ticketevent_changelist", query={"ticket__show": object_id}))

    @action(description="Cancel selected shows", permissions=["change"])
    def cancel_selected(self, request: HttpRequest, shows: QuerySet[Show]) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self._confirm_cancellation(request, shows)
        self._cancel(request, shows)
        return None

    @action(
        description="Cancel this show",
        icon="event_busy",
        url_path="cancel",
        permissions=["change"],
        variant=ActionVariant.DANGER,
    )
    def cancel_this_show(self, request: HttpRequest, object_id: str) -> HttpResponse:
        show = self.get_object(request, object_id)
        if show is None:
            return redirect("admin:cinema_show_changelist")
        if request.method != "POST":
            return self._confirm_cancellation(request, [show])
        self._cancel(request, [show])
        return redirect("admin:cinema_show_change", show.pk)

    def _confirm_cancellation(self, request: HttpRequest, shows: Iterable[Show]) -> HttpResponse:
        sold = Ticket.objects.live().sold().filter(show__in=shows).order_by().values("show")
        losses = {
            each["show"]: each for each in sold.annotate(bookings=Count("booking", distinct=True), seats=Count("pk"))
        }
        rows = [{"show": show, "starts": self.starts(show), "loss": losses.get(show.pk)} for show in shows]
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel shows",
            "opts": self.opts,
            "media": self.media,
            "rows": rows,
            "back": request.path.removesuffix("cancel/"),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "cinema/admin/cancel_shows.html", context)

    def _cancel(self, request: HttpRequest, shows: Iterable[Show]) -> None:
        for show in list(shows):
            name = f"{show.movie}, {self.starts(show)}"
            try:
                scheduling.cancel(show_id=show.pk, by=staff(request))
            except CinemaError as error:
                self.message_user(request, f"{name}: {error}", messages.ERROR)
            else:
                self.log_change(request, show, "Cancelled.")
                self.message_user(request, f"Cancelled with its bookings: {name}.", messages.SUCCESS)


def _is_final(show: Show) -> bool:
    """Whether the show can no longer be changed."""
    return show.cancelled_at is not None or show.ends_at <= clock.now()


def _availability(show: Any) -> queries.Availability:
    """The availability of the show. `ShowList` has read it for all shows of a page. On other pages, it is read here."""
    known: queries.Availability | None = getattr(show, "availability", None)
    return known or queries.availability([show])[show.pk]
