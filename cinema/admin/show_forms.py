from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget

from cinema.admin import local_times
from cinema.admin.base import ENTER_LANGUAGE, UseCaseForm
from cinema.admin.price_forms import PRICE_FIELDS, PriceListField, PricesForm
from cinema.booking.errors import ShowHasBookings
from cinema.catalog import price_lists, scheduling
from cinema.catalog.errors import ScreenOccupied
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Movie, PriceList, Screen, Show
from cinema.catalog.prices import currency_of, in_currency
from cinema.catalog.scheduling import ShowFields
from cinema.core.errors import CinemaError, InvalidInput


class OccurrenceField(forms.ChoiceField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, choices=local_times.OCCURRENCES, widget=UnfoldAdminSelectWidget)


class ShowForm(PricesForm, UseCaseForm):
    """A show, with times in the local time of the theater and a price for each seat category of the screen.

    The categories of a chosen price list get the prices of the list, also those that an existing show already has. Only
    a price that is entered, or changed, takes precedence.
    """

    starts_at = local_times.WallClockField(label="Starts", help_text="Local time of the theater.")
    ends_at = local_times.WallClockField(
        label="Ends",
        required=False,
        help_text="Leave empty to use the running time of the movie.",
    )
    starts_at_occurrence = OccurrenceField("Start")
    ends_at_occurrence = OccurrenceField("End")
    price_list = PriceListField(empty="None", help_text="Prices that you enter below take precedence over the list.")

    class Meta:
        help_texts = {
            "language": "Language of the sound, such as en or pt-BR. Leave empty for the original language.",
            "subtitles": "Language of the subtitles, such as en or pt-BR. Leave empty if there are none.",
        }

    refusal_messages: ClassVar[Mapping[tuple[str, str], str]] = {
        # Of a show that moves to a theater with another currency. Other missing prices are reported before.
        ("prices", "unpriced_category"): "Enter the price in the currency of the new theater.",
        ("language", "invalid"): ENTER_LANGUAGE,
        ("subtitles", "invalid"): ENTER_LANGUAGE,
    }
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
            if zone is None:
                # It is not known which moment is meant.
                cleaned.pop(name, None)
            elif cleaned.get(name):
                self._convert_to_utc(zone, name)
        if self.errors and self.refusal is None:
            self._check_times()
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        match source:
            case "movie_id" | "screen_id":
                return [source.removesuffix("_id")]
            case "prices":
                return [name for name in self._unlisted().values() if name not in self.changed_data]
            case ScreenOccupied():
                return ["starts_at"]
            case ShowHasBookings():
                return [name for name in ("movie", "screen") if name in self.changed_data]
        return super().fields_of(source)

    def all_prices(self) -> dict[SeatCategory, Decimal]:
        """The prices of the list, if one is chosen, and the entered ones."""
        return {**self._listed(), **self.prices()}

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
        entered = {category: amount for category, amount in self.prices().items() if PRICE_FIELDS[category] in changed}
        fields["prices"] = {**self._listed(), **entered}
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
        self.fields["price_list"].help_text = (
            "When you save, the prices of the list replace the prices below, except those that you change here. "
            "Seats that are already booked keep their price."
        )
        for price in show.prices.all():
            name = PRICE_FIELDS[SeatCategory(price.category)]
            self.initial[name] = in_currency(price.amount, theater.currency).rounded
            # A price can be changed but not removed.
            self.fields[name].required = True

    def _check_prices(self) -> None:
        screen: Screen | None = self.cleaned_data.get("screen")
        if screen is None:
            return
        self.check_prices(currency_of(screen.theater))
        price_list: PriceList | None = self.cleaned_data.get("price_list")
        if price_list is not None:
            try:
                price_lists.check_currency(price_list, screen)
            except InvalidInput as error:
                self.add_error("price_list", str(error))
                return
        prices = self.prices()
        for category, name in self._unlisted().items():
            if category not in prices and name not in self.errors:
                self.add_error(name, "Enter a price.")

    def _check_times(self) -> None:
        """The domain does not see a form with errors. Its errors of a new start are shown with them, at once."""
        screen, starts_at, ends_at = self.cleaned_data.get("screen"), self.cleaned_data.get("starts_at"), self._end()
        if "starts_at" not in self.changed_data or not (screen and starts_at and ends_at):
            return
        try:
            scheduling.check_times(screen=screen, starts_at=starts_at, ends_at=ends_at, show_id=self.instance.pk)
        except CinemaError as refusal:
            for field, message in self._reasons(refusal):
                self.add_error(field, message)

    def _end(self) -> datetime | None:
        """When the show would end. None if the entries do not say it."""
        starts_at: datetime | None = self.cleaned_data.get("starts_at")
        ends_at: datetime | None = self.cleaned_data.get("ends_at")
        movie: Movie | None = self.cleaned_data.get("movie")
        if "ends_at" in self.changed_data and ends_at:
            return ends_at
        if starts_at and self.instance.pk and not {"movie", "ends_at"} & set(self.changed_data):
            return starts_at + (self.instance.ends_at - self.instance.starts_at)
        if starts_at and movie and not movie.duration_is_estimate:
            return starts_at + timedelta(minutes=movie.duration_minutes)
        return None

    def _convert_to_utc(self, zone: tzinfo, name: str) -> None:
        try:
            occurrence = self.cleaned_data.get(f"{name}_occurrence", "")
            self.cleaned_data[name] = local_times.from_wall_clock(self.cleaned_data[name], zone, occurrence)
        except ValidationError as error:
            self.add_error(name, error)
            if error.code == "ambiguous_time":
                # Opens the part of the form with this field.
                self.add_error(f"{name}_occurrence", "Choose the first or the second one.")

    def _zone(self) -> tzinfo | None:
        """The time zone of the theater. None without a valid screen: then the form is refused."""
        screen: Screen | None = self.cleaned_data.get("screen")
        return local_times.zone_of(screen.theater) if screen else None

    def _listed(self) -> dict[SeatCategory, Decimal]:
        price_list: PriceList | None = self.cleaned_data.get("price_list")
        if price_list is None:
            return {}
        categories = self.cleaned_data["screen"].categories
        return {key: amount for key, amount in price_lists.amounts(price_list).items() if key in categories}

    def _unlisted(self) -> dict[SeatCategory, str]:
        """The fields of the categories of the screen that are not in the chosen price list."""
        listed = self._listed()
        return {key: PRICE_FIELDS[key] for key in self.cleaned_data["screen"].categories if key not in listed}
