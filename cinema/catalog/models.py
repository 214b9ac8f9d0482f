"""Movies, theaters with their screens and seats, and shows."""

import secrets
from collections.abc import Iterable
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Lower

from cinema.catalog import layouts
from cinema.catalog.layouts import MAX_LABEL_LENGTH, SeatCategory
from cinema.catalog.rules import MINUTES_BEFORE_START
from cinema.catalog.time_zones import DAY_ENDS_AT, time_of_day, validate_time_zone, zone_of
from cinema.core.clock import Now
from cinema.core.fields import CodePointOrderedField, GeneratedSortKey
from cinema.core.money import MAX_DECIMALS, validate_currency
from cinema.core.rows import Row
from cinema.core.text import caseless, searchable

MAX_MOVIE_MINUTES = 24 * 60

validate_language = RegexValidator(
    r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", "Enter a BCP 47 language tag, such as en or pt-BR."
)


def new_plan_version() -> int:
    """A random number. It differs from all earlier versions, including those of transactions that were rolled back."""
    return secrets.randbits(62)


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
    poster_url = models.URLField(blank=True, max_length=500)
    # `searchable(title)`. It has no limit, because it can be many times longer than the title.
    search_text = models.TextField(editable=False)
    # It has a limit, because an index cannot contain longer texts.
    sort_key = GeneratedSortKey(
        expression=Left("search_text", 200), output_field=CodePointOrderedField(max_length=200), db_persist=True
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = searchable(self.title)
        super().save(*args, **kwargs)


def _deadline(verbose_name: str) -> Any:
    first, last = MINUTES_BEFORE_START.start, MINUTES_BEFORE_START.stop - 1
    return models.IntegerField(
        verbose_name, null=True, blank=True, validators=[MinValueValidator(first), MaxValueValidator(last)]
    )


def validate_day_end(value: time) -> None:
    if value >= time(12):
        raise ValidationError("The day must end before noon.", code="max_value")


class Theater(Row):
    """A theater with screens. Dates and times of its schedule are in its time zone.

    A deadline that is null and a currency that is empty are those of the settings.
    """

    name = models.CharField(max_length=100)
    city = models.CharField(max_length=100)
    time_zone = models.CharField(
        max_length=64, validators=[validate_time_zone], help_text="An IANA name, such as Europe/Lisbon."
    )
    currency = models.CharField(max_length=3, blank=True, db_default="", validators=[validate_currency])
    booking_closes_minutes_before_start = _deadline("booking closes (minutes before the start)")
    cancelling_closes_minutes_before_start = _deadline("cancelling closes (minutes before the start)")
    day_ends_at = models.TimeField(default=DAY_ENDS_AT, db_default=DAY_ENDS_AT, validators=[validate_day_end])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                Lower("city"),
                name="one_theater_per_name_and_city",
                violation_error_code="unique",
                violation_error_message="There is already a theater with this name in this city.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


class Screen(Row):
    """An auditorium with a seat plan. `seat_count` and the seats are derived from `plan`.

    Only `theaters` changes screens, so that these are consistent.
    """

    theater = models.ForeignKey(Theater, on_delete=models.PROTECT, related_name="screens")
    name = models.CharField(max_length=50)
    plan = models.TextField(
        help_text=(
            "One line per row, front row first: S standard, P premium, W wheelchair space, C companion seat, _ gap."
        )
    )
    seat_count = models.PositiveIntegerField(editable=False)
    # Each change of the seats sets a new version. See `plans`.
    plan_version = models.BigIntegerField(default=new_plan_version, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "theater",
                Lower("name"),
                name="one_screen_per_name_in_a_theater",
                violation_error_code="unique",
                violation_error_message="This theater already has a screen with this name.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theater}: {self.name}"

    def clean(self) -> None:
        try:
            layouts.parse(self.rows)
        except layouts.InvalidPlan as error:
            raise ValidationError({"plan": ValidationError(str(error), code="invalid_plan")}) from error

    @property
    def rows(self) -> list[str]:
        """The plan as a list: one string per row, front row first."""
        return self.plan.splitlines()

    @property
    def categories(self) -> list[SeatCategory]:
        """The seat categories in the plan."""
        return [category for letter, category in layouts.CATEGORY_OF_LETTER.items() if letter in self.plan]


class SeatQuerySet(models.QuerySet["Seat"]):
    def current(self) -> "SeatQuerySet":
        """Seats of the current plan."""
        return self.filter(retired_at=None)

    def in_plan_order(self) -> "SeatQuerySet":
        """Front row first, from the left."""
        return self.order_by("row_index", "column", "pk")


class Seat(Row):
    """A seat of a screen. It never changes.

    If the plan moves it or changes its category, it is retired, and a new seat gets its label. So an old ticket still
    shows the seat for which it was sold.
    """

    # Without an index of its own: PostgreSQL would read a whole screen with it to find a few labels.
    screen = models.ForeignKey(Screen, on_delete=models.CASCADE, related_name="seats", db_index=False)
    label = models.CharField(max_length=MAX_LABEL_LENGTH)
    row = models.CharField(max_length=4)
    row_index = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=10, choices=SeatCategory.choices)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["screen", "label"],
                condition=Q(retired_at=None),
                name="one_current_seat_per_label_of_a_screen",
            ),
        ]
        indexes = [
            models.Index(
                fields=["screen", "retired_at"],
                condition=Q(retired_at__isnull=False),
                name="retired_seats_of_a_screen",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ShowFormat(models.TextChoices):
    TWO_D = "TWO_D", "Standard 2D picture"
    THREE_D = "THREE_D", "3D picture, with glasses"
    IMAX = "IMAX", "IMAX picture"
    IMAX_THREE_D = "IMAX_THREE_D", "IMAX 3D picture, with glasses"
    FOUR_DX = "FOUR_DX", "2D picture with moving seats, wind and water effects"


class ShowQuerySet(models.QuerySet["Show"]):
    def not_cancelled(self) -> "ShowQuerySet":
        return self.filter(cancelled_at=None)

    def not_ended(self) -> "ShowQuerySet":
        """Shows that are upcoming or running now."""
        return self.filter(ends_at__gt=Now())

    def with_details(self) -> "ShowQuerySet":
        """Also load the movies, screens and theaters."""
        return self.select_related("movie", "screen__theater")


class Show(Row):
    """A screening of a movie. Only `scheduling` changes shows, so that no two shows overlap."""

    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="shows")
    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="shows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    format = models.CharField(max_length=15, choices=ShowFormat.choices, default=ShowFormat.TWO_D)
    language = models.CharField(
        max_length=35,
        blank=True,
        validators=[validate_language],
        help_text="Language of the sound, as a BCP 47 tag. Leave empty for the original language.",
    )
    subtitles = models.CharField(
        max_length=35,
        blank=True,
        default="",
        # The previous release, which does not know the column, can still write to the table.
        db_default="",
        validators=[validate_language],
        help_text="Language of the subtitles, as a BCP 47 tag. Leave empty if there are none.",
    )
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # Bookings made until then can be cancelled until the show starts, because staff moved it by more than 15 minutes.
    moved_at = models.DateTimeField(null=True, editable=False)
    # When the show, its prices or its seat plan last changed, by the database's clock. Null: not since it was created.
    changed_at = models.DateTimeField(null=True, editable=False)
    # The screens from which the show was moved to another one.
    earlier_screens = models.ManyToManyField(Screen, editable=False, related_name="+")

    objects = ShowQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "id"], name="shows_by_start"),
            models.Index(fields=["screen", "starts_at"], name="shows_of_a_screen"),
            models.Index(fields=["movie", "starts_at", "id"], name="shows_of_a_movie"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_show_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        local = self.starts_at.astimezone(zone_of(self.screen.theater.time_zone))
        return f"{self.movie} on {local:%Y-%m-%d} at {time_of_day(local)}"


class Price(Row):
    """The price of a seat category in a show."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="prices")
    category = models.CharField(max_length=10, choices=SeatCategory.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=MAX_DECIMALS, validators=[MinValueValidator(0)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "category"], name="one_price_per_category_of_a_show"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="no_price_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.amount}"
