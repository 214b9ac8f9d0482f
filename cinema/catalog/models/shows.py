"""Shows and their prices."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.dateformat import format as date_format

from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models.movies import Movie, validate_language
from cinema.catalog.models.theaters import Screen
from cinema.catalog.models.unique_names import UniqueNames
from cinema.catalog.time_zones import time_of_day, zone_of
from cinema.core.clock import Now
from cinema.core.money import MAX_DECIMALS, validate_currency
from cinema.core.rows import Row


class ShowFormat(models.TextChoices):
    TWO_D = "TWO_D", "Standard 2D picture"
    THREE_D = "THREE_D", "3D picture, with glasses"
    IMAX = "IMAX", "IMAX picture"
    IMAX_THREE_D = "IMAX_THREE_D", "IMAX 3D picture, with glasses"
    FOUR_DX = "FOUR_DX", "2D picture with moving seats, wind and water effects"

    @property
    def usual_name(self) -> str:
        """The name on tickets, posters and pages, such as IMAX 3D."""
        return _USUAL_NAMES[self]


_USUAL_NAMES = {
    ShowFormat.TWO_D: "2D",
    ShowFormat.THREE_D: "3D",
    ShowFormat.IMAX: "IMAX",
    ShowFormat.IMAX_THREE_D: "IMAX 3D",
    ShowFormat.FOUR_DX: "4DX",
}


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
        return f"{self.movie}, {date_format(local, 'D, M j, Y')}, {time_of_day(local)}"


class CategoryPrice(Row):
    """The price of a seat category."""

    category = models.CharField(max_length=10, choices=SeatCategory.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=MAX_DECIMALS, validators=[MinValueValidator(0)])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.category} {self.amount}"


class Price(CategoryPrice):
    """The price of a seat category in a show."""

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="prices")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "category"], name="one_price_per_category_of_a_show"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="no_price_below_zero"),
        ]


class PriceList(UniqueNames, Row):
    """Prices for the shows of theaters with its currency. An empty currency is that of the settings.

    A show gets a copy of the prices, so a change of the list does not change the prices of shows.
    """

    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, blank=True, validators=[validate_currency])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_price_list_per_name",
                violation_error_code="unique",
                violation_error_message="There is already a price list with this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListPrice(CategoryPrice):
    """The price of a seat category in a price list."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "category"], name="one_price_per_category_of_a_list"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="no_list_price_below_zero"),
        ]
