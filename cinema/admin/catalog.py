"""Genres, movies, theaters and screens. Shows are in `shows`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from iso4217 import Currency
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSelect2Widget

from cinema.admin import screens, seat_plans
from cinema.admin.base import DeletingAdmin, SearchedByForms, UseCaseAdmin, UseCaseForm, may_view, staff
from cinema.admin.movie_forms import MovieForm
from cinema.admin.searching import FoldedSearch
from cinema.booking.errors import SeatsSold
from cinema.catalog import genres, layouts, movies, poster_urls, theaters, time_zones
from cinema.catalog.layouts import InvalidPlan, Layout, SeatNumbering
from cinema.catalog.models import Genre, Movie, Screen, Show, Theater
from cinema.catalog.prices import currency_of
from cinema.catalog.rules import rules
from cinema.catalog.theaters import PlanFields
from cinema.core.errors import CinemaError
from cinema.core.money import is_currency
from cinema.core.text import counted, folded


@admin.register(Genre)
class GenreAdmin(FoldedSearch, SearchedByForms, DeletingAdmin):
    searched_with = ("cinema.add_movie", "cinema.change_movie")
    form = UseCaseForm
    fields = ["name"]
    search_fields = ["name"]
    search_help_text = "Name"

    def save_model(self, request: HttpRequest, obj: Genre, form: UseCaseForm, change: bool) -> None:
        name = form.cleaned_data["name"]
        if change:
            genres.rename(genre_id=obj.pk, name=name)
        else:
            obj.pk = genres.add(name=name).pk

    def remove(self, request: HttpRequest, obj: Genre) -> None:
        genres.remove(genre_id=obj.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found = Genre.objects.filter(pk__in=[genre.pk for genre in objs]).annotate(movie_count=Count("movies"))
        names = [
            f"{name} (removed from {counted(count, 'movie')})"
            for name, count in found.values_list("name", "movie_count")
        ]
        return names, *super().get_deleted_objects(objs, request)[1:]


@admin.register(Movie)
class MovieAdmin(SearchedByForms, DeletingAdmin):
    searched_with = ("cinema.add_show", "cinema.change_show")
    form = MovieForm
    list_display = [
        "title",
        "release_date",
        "running_time",
        "age_rating",
        "language",
    ]
    list_filter = ["duration_is_estimate", "genres"]
    search_fields = ["search_text"]
    search_help_text = "Words of the title"
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["genres"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["title", "synopsis", "genres", "trailer_url", "cast"]}),
        (
            "Poster",
            {
                "fields": ["poster", "poster_url"],
                "description": "Upload a picture, or enter the URL of one on another server. The pages of this server "
                "show only uploaded pictures.",
            },
        ),
        (
            "Running time",
            {
                "fields": ["duration_minutes", "duration_is_estimate"],
                "description": "Changing the running time marks it as exact.",
            },
        ),
        ("Release", {"fields": ["release_date", "certificate", "language"]}),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movie], search_term: str
    ) -> tuple[QuerySet[Movie], bool]:
        found: tuple[QuerySet[Movie], bool] = super().get_search_results(request, queryset, folded(search_term))
        return found

    def save_model(self, request: HttpRequest, obj: Movie, form: MovieForm, change: bool) -> None:
        if change:
            # Only changed fields are passed, because an unchanged running time would be marked as exact.
            movies.change(movie_id=obj.pk, **form.values(form.changed_data))
            if "duration_minutes" in form.changed_data:
                self._report_unchanged_shows(request, obj)
        else:
            obj.pk = movies.add(**form.values(form.fields)).pk
        if {"title", "release_date"} & set(form.changed_data):
            self._warn_of_duplicates(request, obj)

    def _report_unchanged_shows(self, request: HttpRequest, movie: Movie) -> None:
        count = Show.objects.not_cancelled().not_ended().filter(movie=movie).count()
        if count:
            scheduled = counted(count, "scheduled show")
            message = f"The new running time applies to new shows. The times of {scheduled} stay the same."
            self.message_user(request, message, messages.WARNING)

    def _warn_of_duplicates(self, request: HttpRequest, movie: Movie) -> None:
        """Imports identify a movie by its title and release year."""
        others = Movie.objects.filter(title=movie.title).exclude(pk=movie.pk)
        years = {released.year if released else None for released in others.values_list("release_date", flat=True)}
        if (movie.release_date.year if movie.release_date else None) in years:
            warning = (
                "There is another movie with this title and release year. Imports of shows cannot distinguish them."
            )
            self.message_user(request, warning, messages.WARNING)

    def get_fieldsets(self, request: HttpRequest, obj: Movie | None = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        # Without the instructions of the form, for staff who may only view movies.
        texts = ["title", "synopsis_lines", "genres", "trailer_url", "cast_lines", "picture"]
        return [(None, {"fields": [*texts, "running_time", "release_date", "age_rating", "original_language"]})]

    def check_removable(self, obj: Movie) -> None:
        movies.check_removable(obj)

    def remove(self, request: HttpRequest, obj: Movie) -> None:
        movies.remove(movie_id=obj.pk)

    @admin.display(description="Age rating", ordering="certificate")
    def age_rating(self, movie: Movie) -> str:
        return movie.certificate

    @admin.display(description="Running time", ordering="duration_minutes")
    def running_time(self, movie: Movie) -> str:
        return f"{movie.duration_minutes} min" + (", estimated" if movie.duration_is_estimate else "")

    # Unfold keeps the line breaks of a method's text, but not those of a field.

    @admin.display(description="Synopsis")
    def synopsis_lines(self, movie: Movie) -> str:
        return movie.synopsis

    @admin.display(description="Cast")
    def cast_lines(self, movie: Movie) -> str:
        return movie.cast

    @admin.display(description="Language")
    def original_language(self, movie: Movie) -> str:
        return movie.language

    @admin.display(description="Poster")
    def picture(self, movie: Movie) -> str:
        if poster_urls.is_uploaded(movie.poster_url):
            return format_html('<img src="{}" alt="Poster" width="120">', movie.poster_url)
        return movie.poster_url and format_html('<a href="{0}" class="text-link">{0}</a>', movie.poster_url)


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
