from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from cinema.admin import local_times
from cinema.admin.base import UseCaseForm
from cinema.booking.errors import ShowHasBookings
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Screen, Show
from cinema.catalog.prices import currency_of, in_currency
from cinema.catalog.scheduling import ShowFields
from cinema.core.errors import CinemaError
from cinema.core.money import MAX_DECIMALS, validate_amount

PRICE_FIELDS = {category: f"price_{category.lower()}" for category in SeatCategory}


class PriceField(forms.DecimalField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=Decimal(0),
            max_digits=12,
            decimal_places=MAX_DECIMALS,
            widget=UnfoldAdminDecimalFieldWidget,
        )


class OccurrenceField(forms.ChoiceField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, choices=local_times.OCCURRENCES, widget=UnfoldAdminSelectWidget)


class ShowForm(UseCaseForm):
    """A show, with times in the local time of the theater and a price for each seat category of the screen."""

    starts_at = local_times.WallClockField(label="Starts", help_text="Local time of the theater.")
    ends_at = local_times.WallClockField(
        label="Ends",
        required=False,
        help_text="Leave empty to use the running time of the movie.",
    )
    starts_at_occurrence = OccurrenceField("Start")
    ends_at_occurrence = OccurrenceField("End")
    price_standard = PriceField("Standard")
    price_premium = PriceField("Premium")
    price_wheelchair = PriceField("Wheelchair space")
    price_companion = PriceField("Companion seat")

    instance: Show
    _zone_before: tzinfo | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self._fill_in(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_prices()
        zone = self._zone()
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name):
                self._convert_to_utc(zone, name)
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        match source:
            case "movie_id" | "screen_id":
                return [source.removesuffix("_id")]
            case "prices":
                return self._unpriced()
            case ScreenOccupied():
                return ["starts_at"]
            case ShowHasBookings():
                return [name for name in ("movie", "screen") if name in self.changed_data]
        return super().fields_of(source)

    def prices(self) -> dict[SeatCategory, Decimal]:
        amounts = {category: self.cleaned_data[name] for category, name in PRICE_FIELDS.items()}
        return {category: amount for category, amount in amounts.items() if amount is not None}

    def changes(self) -> ShowFields:
        """The fields that were changed. The use case does not change the others."""
        data = self.cleaned_data
        changed = {name.removesuffix("_occurrence") for name in self.changed_data}
        if self._zone() != self._zone_before:
            changed |= {"starts_at", "ends_at"}
        fields: ShowFields = {}
        if "movie" in changed:
            fields["movie_id"] = data["movie"].pk
        if "screen" in changed:
            fields["screen_id"] = data["screen"].pk
        if "starts_at" in changed:
            fields["starts_at"] = data["starts_at"]
        if "ends_at" in changed:
            fields["ends_at"] = data["ends_at"]
        if "format" in changed:
            fields["format"] = data["format"]
        if "language" in changed:
            fields["language"] = data["language"]
        if "subtitles" in changed:
            fields["subtitles"] = data["subtitles"]
        fields["prices"] = {
            category: amount for category, amount in self.prices().items() if PRICE_FIELDS[category] in changed
        }
        return fields

    def _fill_in(self, show: Show) -> None:
        theater = show.screen.theater
        self._zone_before = local_times.zone_of(theater)
        self.initial["starts_at"] = local_times.to_wall_clock(show.starts_at, theater)
        self.initial["ends_at"] = local_times.to_wall_clock(show.ends_at, theater)
        self.initial["starts_at_occurrence"] = local_times.occurrence(show.starts_at, theater)
        self.initial["ends_at_occurrence"] = local_times.occurrence(show.ends_at, theater)
        self.fields["ends_at"].help_text = (
            "If you change only the start, the duration stays the same. "
            "Leave empty to use the running time of the movie."
        )
        for price in show.prices.all():
            name = PRICE_FIELDS[SeatCategory(price.category)]
            self.initial[name] = in_currency(price.amount, theater.currency).rounded
            # A price can be changed but not removed.
            self.fields[name].required = True

    def _check_prices(self) -> None:
        screen: Screen | None = self.cleaned_data.get("screen")
        for name in PRICE_FIELDS.values():
            amount = self.cleaned_data.get(name)
            if screen and amount is not None:
                try:
                    validate_amount(amount, currency_of(screen.theater))
                except ValidationError as error:
                    self.add_error(name, error)

    def _convert_to_utc(self, zone: tzinfo, name: str) -> None:
        try:
            occurrence = self.cleaned_data.get(f"{name}_occurrence", "")
            self.cleaned_data[name] = local_times.from_wall_clock(self.cleaned_data[name], zone, occurrence)
        except ValidationError as error:
            self.add_error(name, error)

    def _zone(self) -> tzinfo:
        screen: Screen | None = self.cleaned_data.get("screen")
        # Without a screen the form is refused anyway.
        return local_times.zone_of(screen.theater) if screen else UTC

    def _unpriced(self) -> list[str]:
        categories = self.cleaned_data["screen"].seats.current().values_list("category", flat=True).distinct()
        names = [PRICE_FIELDS[SeatCategory(category)] for category in categories]
        return [name for name in names if self.cleaned_data.get(name) is None]
