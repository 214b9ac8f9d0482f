"""Form fields for the prices of the seat categories."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import PriceList
from cinema.catalog.prices import currency_of
from cinema.core.money import MAX_DECIMALS, read_amount, validate_amount

PRICE_FIELDS = {category: f"price_{category.lower()}" for category in SeatCategory}


class PriceField(forms.DecimalField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=Decimal(0),
            max_digits=12,
            decimal_places=MAX_DECIMALS,
            # A browser removes the comma of 12,50 from a field of numbers.
            widget=UnfoldAdminTextInputWidget({"inputmode": "decimal"}),
        )

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return super().to_python(read_amount(str(value)))
        except ValueError:
            raise ValidationError("Enter an amount such as 12.50.", code="invalid") from None


class PriceListField(forms.ModelChoiceField):
    """A price list. `empty` is the text of the choice of none."""

    def __init__(self, *, empty: str, help_text: str, required: bool = False) -> None:
        super().__init__(
            PriceList.objects.prefetch_related("prices"),
            label="Price list",
            required=required,
            empty_label=empty,
            widget=UnfoldAdminSelectWidget,
            help_text=help_text,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({currency_of(obj)})"


class PricesForm(forms.Form):
    """A price for each seat category. All are optional."""

    # For `RefusableForm`.
    refusal_messages: ClassVar[Mapping[tuple[str, str], str]] = {("prices", "unpriced_category"): "Enter a price."}

    price_standard = PriceField("Standard")
    price_premium = PriceField("Premium")
    price_wheelchair = PriceField("Wheelchair space")
    price_companion = PriceField("Companion seat")

    def prices(self) -> dict[SeatCategory, Decimal]:
        """The entered prices."""
        amounts = {category: self.cleaned_data.get(name) for category, name in PRICE_FIELDS.items()}
        return {category: amount for category, amount in amounts.items() if amount is not None}

    def check_prices(self, currency: str) -> None:
        """Add an error to each price that is not an amount in this currency."""
        for category, amount in self.prices().items():
            try:
                validate_amount(amount, currency)
            except ValidationError as error:
                self.add_error(PRICE_FIELDS[category], error)
