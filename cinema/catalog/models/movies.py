"""Movies and their genres."""

from collections.abc import Iterable
from typing import Any

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from cinema.catalog import poster_urls
from cinema.core.fields import SORT_KEY_LENGTH, CodePointOrderedField, GeneratedSortKey
from cinema.core.rows import Row
from cinema.core.text import caseless, searchable

MAX_MOVIE_MINUTES = 24 * 60

validate_language = RegexValidator(
    r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Enter a BCP 47 language tag, such as en or pt-BR."
)


class GenreQuerySet(models.QuerySet["Genre"]):
    def bulk_create(self, objs: Iterable["Genre"], *args: Any, **kwargs: Any) -> list["Genre"]:
        genres = list(objs)
        for genre in genres:
            genre.set_key()
        return super().bulk_create(genres, *args, **kwargs)


class Genre(Row):
    """A kind of movie. Names that differ only in case are the same genre."""

    name = models.CharField(max_length=50)
    # `caseless(name)`. It is stored, because SQLite ignores the case of ASCII letters only.
    name_key = models.TextField(editable=False)

    objects = GenreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                # An expression, so that a violation is reported for the genre and not for this field.
                "name_key",
                name="one_genre_per_name",
                violation_error_code="unique",
                violation_error_message="There is already a genre with this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_key()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.set_key()

    def set_key(self) -> None:
        self.name_key = caseless(self.name)


class PosterURLField(models.URLField):  # type: ignore[type-arg]  # not generic at runtime
    """The URL of a poster on another server, or the path of one that staff uploaded to this server."""

    default_validators = [poster_urls.validate]


class Movie(Row):
    """A movie in the catalog. Movies can have the same title. The year distinguishes them. Titles are `normalized`."""

    title = models.CharField(max_length=200)
    # Only forms check `max_length` of a text field, so models need the validator.
    synopsis = models.TextField(blank=True, max_length=5000, validators=[MaxLengthValidator(5000)])
    duration_minutes = models.PositiveSmallIntegerField(
        "running time (minutes)",
        validators=[MinValueValidator(1), MaxValueValidator(MAX_MOVIE_MINUTES)],
    )
    duration_is_estimate = models.BooleanField(
        "running time is an estimate",
        default=False,
        help_text="The exact running time is not known yet. Shows of this movie need an explicit end.",
    )
    genres = models.ManyToManyField(Genre, blank=True, related_name="movies")
    certificate = models.CharField(max_length=20, blank=True, help_text="Age rating, such as PG-13.")
    language = models.CharField(
        max_length=35,
        blank=True,
        validators=[validate_language],
        help_text="Original language, as a BCP 47 tag such as en or pt-BR.",
    )
    release_date = models.DateField(null=True, blank=True)
    # Use `poster_urls.for_clients` to read it.
    poster_url = PosterURLField("URL of a poster on another server", blank=True, max_length=500)
    # The previous release, which does not know the next two columns, can still write to the table.
    trailer_url = models.URLField(
        blank=True, default="", db_default="", max_length=500, help_text="A web page with the trailer."
    )
    cast = models.TextField(
        blank=True,
        default="",
        db_default="",
        max_length=2000,
        validators=[MaxLengthValidator(2000)],
        help_text="One name per line, the leading roles first.",
    )
    # `searchable(title)`. It has no limit, because it can be many times longer than the title.
    search_text = models.TextField(editable=False)
    # It has a limit, because an index cannot contain longer texts.
    sort_key = GeneratedSortKey(
        expression=Left("search_text", SORT_KEY_LENGTH),
        output_field=CodePointOrderedField(max_length=SORT_KEY_LENGTH),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], name="movies_by_sort_key"),
            models.Index("release_date", "id", name="movies_by_release_date"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(duration_minutes__gt=0), name="a_movie_takes_time"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.release_date.year})" if self.release_date else self.title

    @property
    def cast_names(self) -> list[str]:
        return self.cast.splitlines()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = searchable(self.title)
        super().save(*args, **kwargs)
