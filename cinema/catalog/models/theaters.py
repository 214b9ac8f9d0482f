"""Theaters with their screens and seats."""

import secrets
from collections.abc import Sequence
from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from cinema.catalog import layouts
from cinema.catalog.layouts import (
    MAX_LABEL_LENGTH,
    MAX_ROW_LABEL_LENGTH,
    MAX_UNIT_LENGTH,
    Layout,
    SeatCategory,
    SeatNumbering,
)
from cinema.catalog.models.unique_names import UniqueNames
from cinema.catalog.rules import MINUTES_BEFORE_START
from cinema.catalog.time_zones import DAY_ENDS_AT, validate_time_zone
from cinema.core.fields import SORT_KEY_LENGTH, CodePointOrderedField
from cinema.core.money import validate_currency
from cinema.core.rows import Row
from cinema.core.text import folded


def new_plan_version() -> int:
    """A random number. It differs from all earlier versions, including those of transactions that were rolled back."""
    return secrets.randbits(62)


def _deadline(verbose_name: str) -> Any:
    first, last = MINUTES_BEFORE_START.start, MINUTES_BEFORE_START.stop - 1
    return models.IntegerField(
        verbose_name, null=True, blank=True, validators=[MinValueValidator(first), MaxValueValidator(last)]
    )


def validate_day_end(value: time) -> None:
    if value >= time(12):
        raise ValidationError("The day must end before noon.", code="max_value")


class Theater(UniqueNames, Row):
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
    # `folded(name)`, of limited length. The previous release, which does not know the column, writes an empty one.
    sort_key = CodePointOrderedField(max_length=SORT_KEY_LENGTH, editable=False, db_default="")

    unique_names = ("name", "city")

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = folded(self.name)[:SORT_KEY_LENGTH]
        super().save(*args, **kwargs)


class Screen(UniqueNames, Row):
    """An auditorium with a seat plan. `seat_count` and the seats are derived from `plan`.

    Only `theaters` changes screens, so that these are consistent.
    """

    theater = models.ForeignKey(Theater, on_delete=models.PROTECT, related_name="screens")
    name = models.CharField(max_length=50)
    # See `Layout.text`.
    plan = models.TextField()
    numbering = models.CharField(
        max_length=13,
        choices=SeatNumbering.choices,
        default=SeatNumbering.LEFT_TO_RIGHT,
        db_default=SeatNumbering.LEFT_TO_RIGHT,
    )
    seat_count = models.PositiveIntegerField(editable=False)
    # Each change of the seats sets a new version. See `plans`.
    plan_version = models.BigIntegerField(default=new_plan_version, editable=False)

    unique_in = ("theater",)

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
            layouts.parse(self.layout)
        except layouts.InvalidPlan as error:
            raise ValidationError({"plan": ValidationError(str(error), code="invalid_plan")}) from error

    @property
    def layout(self) -> Layout:
        return Layout.from_text(self.plan, SeatNumbering(self.numbering))

    @property
    def rows(self) -> list[str]:
        """The letters of each row, front row first."""
        return list(self.layout.rows)

    @property
    def row_labels(self) -> list[str | None]:
        """The label of each row, front row first. None for a cross aisle without a label."""
        layout = self.layout
        return [layout.label(index) for index in range(len(layout.rows))]

    @property
    def categories(self) -> Sequence[SeatCategory]:
        """The seat categories in the plan."""
        return layouts.categories_of(self.plan)


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
    row = models.CharField(max_length=MAX_ROW_LABEL_LENGTH)
    row_index = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=10, choices=SeatCategory.choices)
    # The same for all seats of a unit, or empty. See `PlannedSeat.unit`.
    unit = models.CharField(max_length=MAX_UNIT_LENGTH, default="", db_default="", editable=False)
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
