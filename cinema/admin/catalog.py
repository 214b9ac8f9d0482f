"""Genres, movies, theaters and screens. Shows are in `shows`."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from iso4217 import Currency
from unfold.widgets import UnfoldAdminSelect2Widget

from cinema.admin import seat_plans
from cinema.admin.base import DeletingAdmin, UseCaseAdmin, UseCaseForm, staff
from cinema.booking.errors import SeatsSold
from cinema.catalog import genres, movies, theaters, time_zones
from cinema.catalog.models import Genre, Movie, Screen, Theater
from cinema.catalog.movies import MovieFields
from cinema.catalog.prices import currency_of
from cinema.core.errors import CinemaError
from cinema.core.money import is_currency
from cinema.core.text import folded


@admin.register(Genre)
class GenreAdmin(DeletingAdmin):
    form = UseCaseForm
    fields = ["name"]
    search_fields = ["name"]

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
        names = [f"{name} (movies: {count})" for name, count in found.values_list("name", "movie_count")]
        return names, *super().get_deleted_objects(objs, request)[1:]


class MovieForm(UseCaseForm):
    def values(self, names: Iterable[str]) -> MovieFields:
        """The entered values of the fields `names`. Genres are returned as names."""
        entered = {name: self.cleaned_data[name] for name in names}
        if "genres" in entered:
            entered["genres"] = [genre.name for genre in entered["genres"]]
        return cast("MovieFields", entered)


@admin.register(Movie)
class MovieAdmin(DeletingAdmin):
    form = MovieForm
    list_display = [
        "title",
        "release_date",
        "duration_minutes",
        "duration_is_estimate",
        "certificate",
        "language",
    ]
    list_filter = ["duration_is_estimate", "genres"]
    search_fields = ["search_text"]
    search_help_text = "Search by title"
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["genres"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["title", "synopsis", "genres", "poster_url"]}),
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
        else:
            obj.pk = movies.add(**form.values(form.fields)).pk

    def remove(self, request: HttpRequest, obj: Movie) -> None:
        movies.remove(movie_id=obj.pk)


def _currencies() -> list[tuple[str, str]]:
    names = sorted((currency.code, currency.currency_name) for currency in Currency if is_currency(currency.code))
    return [("", "Default"), *((code, f"{code}: {name}") for code, name in names)]


class TheaterForm(UseCaseForm):
    currency = forms.ChoiceField(
        choices=_currencies,
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="It cannot be changed while the theater has shows that have not ended.",
    )
    time_zone = forms.ChoiceField(
        choices=[("", ""), *((name, name) for name in sorted(time_zones.names()))],
        widget=UnfoldAdminSelect2Widget,
        help_text="Shows are entered and listed in the local time of their theater.",
    )


@admin.register(Theater)
class TheaterAdmin(DeletingAdmin):
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
    ordering = ["name", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theater]:
        theaters: QuerySet[Theater] = super().get_queryset(request)
        return theaters.annotate(screen_count=Count("screens"))

    def save_model(self, request: HttpRequest, obj: Theater, form: TheaterForm, change: bool) -> None:
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            theaters.change_theater(theater_id=obj.pk, **changes)
        else:
            obj.pk = theaters.add_theater(**form.cleaned_data).pk

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
            "One line per row, front row first: S standard, P premium, W wheelchair space, C companion seat, _ gap."
        )
    )

    def fields_of(self, source: str | CinemaError) -> list[str]:
        if source == "rows" or isinstance(source, SeatsSold):
            return ["plan"]
        return super().fields_of(source)


@admin.register(Screen)
class ScreenAdmin(UseCaseAdmin):
    """A screen cannot be deleted or moved to another theater, because its shows and tickets refer to it."""

    form = ScreenForm
    list_display = ["name", "theater", "seat_count"]
    list_select_related = ["theater"]
    list_filter = ["theater"]
    search_fields = ["name", "theater__name"]
    ordering = ["theater__name", "name", "pk"]

    class Media:
        css = {"all": ["cinema/admin/seat_plan.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Screen]:
        screens: QuerySet[Screen] = super().get_queryset(request)
        return screens.select_related("theater")

    def get_fields(self, request: HttpRequest, obj: Screen | None = None) -> list[Any]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ["theater", "name", "seat_count", "drawn_plan"]
        return ["theater", "name", "plan"]

    def get_readonly_fields(self, request: HttpRequest, obj: Screen | None = None) -> list[str]:
        return ["theater"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Screen | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Screen, form: ScreenForm, change: bool) -> None:
        data = form.cleaned_data
        if change:
            theaters.change_screen(
                screen_id=obj.pk, name=data["name"], rows=data["plan"].splitlines(), by=staff(request)
            )
        else:
            obj.pk = theaters.add_screen(
                theater_id=data["theater"].pk, name=data["name"], rows=data["plan"].splitlines()
            ).pk

    @admin.display(description="Plan")
    def drawn_plan(self, screen: Screen) -> SafeString:
        return seat_plans.draw(screen.rows)
