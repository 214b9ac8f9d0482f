"""Genres and movies."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from cinema.admin.base import DeletingAdmin, SearchedByForms, UseCaseForm
from cinema.admin.movie_forms import MovieForm
from cinema.admin.searching import FoldedSearch
from cinema.catalog import genres, movies, poster_urls
from cinema.catalog.models import Genre, Movie, Show
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
            message = (
                "The new running time applies to new shows, but not to copies of existing ones. "
                f"The times of {scheduled} stay the same."
            )
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
