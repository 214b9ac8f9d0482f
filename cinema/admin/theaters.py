"""Theaters and screens."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from iso4217 import Currency
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelect2Widget

from cinema.admin import screens, seat_plans
from cinema.admin.base import DeletingAdmin, UseCaseAdmin, UseCaseForm, may_view, staff
from cinema.admin.searching import FoldedSearch
from cinema.booking.errors import SeatsSold
from cinema.catalog import layouts, theaters, time_zones
from cinema.catalog.layouts import InvalidPlan, Layout, SeatNumbering
from cinema.catalog.models import Screen, Show, Theater
from cinema.catalog.prices import currency_of
from cinema.catalog.rules import rules
from cinema.catalog.theaters import PlanFields
from cinema.core.errors import CinemaError
from cinema.core.money import is_currency
from cinema.core.text import counted


def currencies() -> list[tuple[str, str]]:
    """The choices of a currency. Empty: the currency of the settings."""
    default = f"Default ({rules().currency})"
    names = sorted((currency.code, currency.currency_name) for currency in Currency if is_currency(currency.code))
    return [("", default), *((code, f"{code}: {name}") for code, name in names)]


class TheaterForm(UseCaseForm):
    currency = forms.ChoiceField(
        choices=currencies,
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="It cannot be changed while the theater has shows that have not ended.",
    )
    time_zone = forms.ChoiceField(
        choices=[("", ""), *((name, name) for name in sorted(time_zones.names()))],
        widget=UnfoldAdminSelect2Widget,
        help_text="Shows are entered and listed in the local time of their theater. If you change the time zone, "
        "scheduled shows start at the same moment, so at another local time.",
    )


@admin.register(Theater)
class TheaterAdmin(FoldedSearch, DeletingAdmin):
    form = TheaterForm
    fieldsets = [
        (None, {"fields": ["name", "city", "time_zone", "currency"]}),
        (
            "Rules",
            {
                "fields": [
                    ("booking_closes_minutes_before_start", "cancelling_closes_minutes_before_start"),
                    "day_ends_at",
                ],
                "description": "Leave a number of minutes empty to use the default of the server. A negative number is "
                "a time after the start. A show that starts after midnight and before the end of the day belongs to "
                "the previous day of the schedule.",
            },
        ),
    ]
    list_display = ["name", "city", "time_zone", "used_currency", "screens"]
    search_fields = ["name", "city"]
    search_help_text = "Name or city"
    ordering = ["sort_key", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theater]:
        theaters: QuerySet[Theater] = super().get_queryset(request)
        return theaters.annotate(screen_count=Count("screens"))

    def save_model(self, request: HttpRequest, obj: Theater, form: TheaterForm, change: bool) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            theaters.change_theater(theater_id=obj.pk, **changes)
            if "time_zone" in changes:
                self._warn_of_local_times(request, obj, before=form.initial["time_zone"])
        else:
            obj.pk = theaters.add_theater(**form.cleaned_data).pk

    def _warn_of_local_times(self, request: HttpRequest, theater: Theater, *, before: str) -> None:
        """Customers have emails and tickets with the earlier local time."""
        earlier, new = time_zones.zone_of(before), time_zones.zone_of(theater.time_zone)
        shows = Show.objects.not_cancelled().not_ended().filter(screen__theater=theater)
        starts = shows.values_list("starts_at", flat=True)
        changed = sum(at.astimezone(earlier).utcoffset() != at.astimezone(new).utcoffset() for at in starts)
        if changed:
            scheduled = counted(changed, "scheduled show")
            message = f"The local time of {scheduled} has changed, because the moment of the start stays the same."
            self.message_user(request, message, messages.WARNING)

    def check_removable(self, obj: Theater) -> None:
        theaters.check_removable_theater(obj)

    def remove(self, request: HttpRequest, obj: Theater) -> None:
        theaters.remove_theater(theater_id=obj.pk)

    @admin.display(description="Currency", ordering="currency")
    def used_currency(self, theater: Theater) -> str:
        return currency_of(theater)

    @admin.display(ordering="screen_count")
    def screens(self, theater: Any) -> int:
        count: int = theater.screen_count
        return count


class ScreenForm(UseCaseForm):
    plan = seat_plans.PlanField(
        help_text=(
            "One line per row, front row first: S standard, P premium, W wheelchair space, C companion seat, _ gap. "
            "Seats in parentheses, such as (SS), are sold only together: a love seat or a table. "
            "A blank line is a cross aisle. Rows are labeled A, B, and so on, and a blank line uses up a letter: after "
            'row A and a blank line comes row C. To choose the labels, begin each line with one, such as "K: SSS_SSS". '
            "Then a line without seats needs no label."
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without the permission to change screens, the form has no fields.
        if "plan" in self.fields:
            entered = self.data.get(self.add_prefix("numbering"))
            numbering = entered if entered in SeatNumbering.values else self.instance.numbering
            self.fields["plan"].widget.numbering = SeatNumbering(numbering)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("plan") and cleaned.get("numbering") and "plan" in self.changed_data and self.refusal is None:
            self._check_plan(Layout.from_text(cleaned["plan"], SeatNumbering(cleaned["numbering"])))
        return cleaned

    def _check_plan(self, layout: Layout) -> None:
        """The domain checks it, too, but it does not see a form with errors of other fields."""
        try:
            layouts.parse(layout)
        except InvalidPlan as error:
            self.add_error("plan", str(error))

    def plan_fields(self) -> PlanFields:
        """The entered plan."""
        layout = Layout.from_text(self.cleaned_data["plan"])
        return {
            "rows": layout.rows,
            "row_labels": layout.row_labels,
            "numbering": SeatNumbering(self.cleaned_data["numbering"]),
        }

    def fields_of(self, source: str | CinemaError) -> list[str]:
        if source in {"rows", "row_labels"} or isinstance(source, SeatsSold):
            return ["plan"]
        return super().fields_of(source)


class ScreenList(ChangeList):
    """Lists "Screen 2" before "Screen 10", which a database cannot do."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        is_whole = not self.multi_page or (self.show_all and self.can_show_all)
        first = 0 if is_whole else (self.page_num - 1) * self.list_per_page
        self.result_list = screens.sort(self.queryset)[first : None if is_whole else first + self.list_per_page]


@admin.register(Screen)
class ScreenAdmin(FoldedSearch, UseCaseAdmin):
    """A screen cannot be deleted or moved to another theater, because its shows and tickets refer to it."""

    form = ScreenForm
    list_display = ["name", "theater", "seats"]
    list_filter = ["theater"]
    search_fields = ["name", "theater__name"]
    search_help_text = "Name of the screen or theater"
    # `ScreenList` sorts the list.
    ordering = ["pk"]
    sortable_by = ()

    class Media:
        css = {"all": ["cinema/admin/seat_plan.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Screen]:
        found: QuerySet[Screen] = super().get_queryset(request)
        return found.select_related("theater")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScreenList

    @admin.display(description="Seats")
    def seats(self, screen: Screen) -> int:
        return screen.seat_count

    def get_fields(self, request: HttpRequest, obj: Screen | None = None) -> list[Any]:
        if obj is not None and not self.has_change_permission(request, obj):
            return [_theater(request), "name", "seats", "drawn_plan"]
        return [_theater(request) if obj else "theater", "name", "numbering", "plan"]

    def get_readonly_fields(self, request: HttpRequest, obj: Screen | None = None) -> list[str]:
        return [_theater(request)] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Screen | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Screen, form: ScreenForm, change: bool) -> None:
        data = form.cleaned_data
        if change:
            theaters.change_screen(screen_id=obj.pk, name=data["name"], by=staff(request), **form.plan_fields())
        else:
            obj.pk = theaters.add_screen(theater_id=data["theater"].pk, name=data["name"], **form.plan_fields()).pk

    @admin.display(description="Theater")
    def theater_name(self, screen: Screen) -> str:
        return str(screen.theater)

    @admin.display(description="Plan")
    def drawn_plan(self, screen: Screen) -> SafeString:
        return seat_plans.draw(screen.layout)


def _theater(request: HttpRequest) -> str:
    """The field of a screen that names its theater: with a link, unless the user may not follow it."""
    return "theater" if may_view(request, Theater) else "theater_name"
