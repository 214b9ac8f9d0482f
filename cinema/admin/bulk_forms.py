"""Forms that schedule many shows at once."""

import re
import uuid
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from cinema.admin.base import RefusableForm
from cinema.admin.price_forms import PRICE_FIELDS, PriceListField, PricesForm
from cinema.admin.screens import ScreenField
from cinema.catalog.bulk_scheduling import Pricing
from cinema.catalog.copying import DaysCopy, Repetition, local_start
from cinema.catalog.models import Screen, Show, Theater
from cinema.catalog.prices import currency_of
from cinema.catalog.queries import theaters
from cinema.core.errors import CinemaError

DAY = timedelta(days=1)
DAYS_OF_A_WEEK = 7
MAX_DAYS = 366
_MAX_QUOTED = 20
_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)", re.ASCII)
WEEKDAYS = [(str(number), f"{date(2024, 1, 1) + number * DAY:%A}") for number in range(DAYS_OF_A_WEEK)]


class DayField(forms.DateField):
    def __init__(self, label: str, *, required: bool = True, help_text: str = "") -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))],
            widget=UnfoldAdminTextInputWidget({"type": "date"}),
        )


class WeekdaysField(forms.MultipleChoiceField):
    def __init__(self, *, help_text: str) -> None:
        super().__init__(
            choices=WEEKDAYS,
            label="Weekdays",
            required=False,
            help_text=help_text,
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        )


class TimesField(forms.CharField):
    """Times of a day, separated by commas or spaces."""

    widget = UnfoldAdminTextInputWidget

    def clean(self, value: Any) -> list[time]:
        found = []
        for text in super().clean(value).replace(",", " ").split():
            match = _TIME.fullmatch(text)
            if match is None:
                raise ValidationError(f"{text[:_MAX_QUOTED]} is not a time such as 14:00.", code="invalid")
            found.append(time(int(match[1]), int(match[2])))
        if not found:
            raise ValidationError("Enter times such as 14:00, 17:30.", code="invalid")
        return found


class BulkForm(PricesForm, RefusableForm):
    """A request for many shows. Prices are entered only for categories that have none.

    Subclasses define `theater` and `request`.
    """

    # The theater of the new shows. None if it is not chosen.
    theater: Callable[[], Theater | None]
    # The request of a valid form.
    request: Callable[[], DaysCopy | Repetition]

    price_list = PriceListField(empty="The original prices", help_text="New shows get a copy of these prices.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        theater = self.theater()
        if theater is not None:
            self.check_prices(currency_of(theater))
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        match source:
            case "price_list_id":
                return ["price_list"]
            case "prices":
                return [name for name in PRICE_FIELDS.values() if self.cleaned_data.get(name) is None]
        return super().fields_of(source)

    def pricing(self) -> Pricing:
        price_list = self.cleaned_data["price_list"]
        return Pricing(price_list.pk if price_list else None, self.prices())

    def has_valid_entries(self) -> bool:
        """Whether the form was sent and is valid, except perhaps the prices."""
        return self.is_bound and self.errors.keys() <= set(PRICE_FIELDS.values())

    def refuse(self, refusal: CinemaError) -> None:
        """Show why the use case refused the request."""
        self.refusal = refusal
        self.full_clean()

    def entries(self) -> list[forms.BoundField]:
        """The fields, without the prices."""
        return [field for field in self if field.name not in PRICE_FIELDS.values()]

    def hidden_entries(self) -> SafeString:
        """The entries as hidden fields, for the form that confirms them."""
        return mark_safe("".join(field.as_hidden(attrs={"id": False}) for field in self.entries()))  # noqa: S308 - HTML

    @staticmethod
    def new_key() -> str:
        """An idempotency key, with which a form that is sent twice adds the shows once."""
        return str(uuid.uuid4())


class CopyForm(BulkForm):
    """Copies a day or a week of a theater or a screen."""

    from_theater = forms.ModelChoiceField(theaters(), label="Theater", empty_label=None, widget=UnfoldAdminSelectWidget)
    screen = ScreenField(
        required=False,
        empty_label="All screens of the theater",
        widget=UnfoldAdminSelectWidget,
    )
    days = forms.TypedChoiceField(
        choices=[("1", "One day"), ("7", "A week (7 days)")],
        coerce=int,
        label="Copy",
        widget=UnfoldAdminSelectWidget,
    )
    first_day = DayField("From", help_text="The day, or the first day of the week.")
    to = DayField("To", help_text="The first date of the copy.")
    until = DayField(
        "Repeat until", required=False, help_text="Copies each day, or each week, that starts on or before this date."
    )
    weekdays = WeekdaysField(help_text="For copies of one day: only to these weekdays. Leave empty for all of them.")
    field_order = ["from_theater", "screen", "days", "first_day", "to", "until", "weekdays", "price_list"]

    def clean_screen(self) -> Screen | None:
        screen: Screen | None = self.cleaned_data["screen"]
        if screen is not None and screen.theater != self.cleaned_data.get("from_theater"):
            raise ValidationError("This screen belongs to another theater.", code="other_theater")
        return screen

    def clean_until(self) -> date | None:
        return _checked_range(self.cleaned_data.get("to"), self.cleaned_data["until"])

    def clean_weekdays(self) -> list[str]:
        weekdays: list[str] = self.cleaned_data["weekdays"]
        if weekdays and self.cleaned_data.get("days") == DAYS_OF_A_WEEK:
            raise ValidationError("Weekdays can only be chosen for copies of one day.", code="not_for_weeks")
        return _checked_weekdays(self.cleaned_data, first="to")

    def theater(self) -> Theater | None:
        theater: Theater | None = self.cleaned_data.get("from_theater")
        return theater

    def request(self) -> DaysCopy:
        data = self.cleaned_data
        return DaysCopy(
            theater_id=data["from_theater"].pk,
            screen_id=data["screen"].pk if data["screen"] else None,
            first_day=data["first_day"],
            days=data["days"],
            to=_dates(data["to"], data["until"], step=data["days"], weekdays=data["weekdays"]),
        )


class RepeatForm(BulkForm):
    """Repeats a show, `show`, which is loaded with its screen and theater."""

    first_day = DayField("From")
    until = DayField("Until", help_text="The last day. A show after midnight belongs to the day before.")
    weekdays = WeekdaysField(help_text="Leave empty for every day.")
    times = TimesField(label="Starts", help_text="One or more local times, such as 14:00, 17:30, 20:45.")
    field_order = ["first_day", "until", "weekdays", "times", "price_list"]

    def __init__(self, *args: Any, show: Show, **kwargs: Any) -> None:
        self.show = show
        super().__init__(*args, **kwargs)

    @staticmethod
    def defaults(show: Show, day: date) -> dict[str, Any]:
        """The initial values for a show of this cinema day: at the same time, on the six days that follow."""
        return {
            "first_day": day + DAY,
            "until": day + (DAYS_OF_A_WEEK - 1) * DAY,
            "times": f"{local_start(show):%H:%M}",
        }

    def clean_until(self) -> date | None:
        return _checked_range(self.cleaned_data.get("first_day"), self.cleaned_data["until"])

    def clean_weekdays(self) -> list[str]:
        return _checked_weekdays(self.cleaned_data, first="first_day")

    def theater(self) -> Theater:
        return self.show.screen.theater

    def request(self) -> Repetition:
        data = self.cleaned_data
        days = _dates(data["first_day"], data["until"], step=1, weekdays=data["weekdays"])
        return Repetition(show_id=self.show.pk, days=days, times=tuple(data["times"]))


def _checked_range(first: date | None, last: date | None) -> date | None:
    if first and last and last < first:
        raise ValidationError("The last date is before the first one.", code="before_first")
    if first and last and (last - first).days >= MAX_DAYS:
        raise ValidationError(f"Choose at most {MAX_DAYS} days.", code="too_many")
    return last


def _checked_weekdays(entered: dict[str, Any], *, first: str) -> list[str]:
    weekdays: list[str] = entered["weekdays"]
    # Dates that were refused are not in `entered`.
    if {first, "until"} <= entered.keys() and not _dates(entered[first], entered["until"], step=1, weekdays=weekdays):
        raise ValidationError("None of the dates is one of these weekdays.", code="no_date")
    return weekdays


def _dates(first: date, last: date | None, *, step: int, weekdays: list[str]) -> tuple[date, ...]:
    count = 1 if last is None else (last - first).days // step + 1
    dates = (first + number * step * DAY for number in range(count))
    return tuple(day for day in dates if not weekdays or str(day.weekday()) in weekdays)
