"""Admin pages of price lists."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelect2Widget

from cinema.admin.base import DeletingAdmin, UseCaseForm
from cinema.admin.price_forms import PRICE_FIELDS, PricesForm
from cinema.admin.searching import FoldedSearch
from cinema.admin.seat_plans import NAMES
from cinema.admin.theaters import currencies
from cinema.catalog import price_lists
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import PriceList
from cinema.catalog.prices import currency_of, in_currency
from cinema.catalog.rules import rules
from cinema.core.errors import CinemaError


class PriceListForm(PricesForm, UseCaseForm):
    currency = forms.ChoiceField(
        choices=currencies,
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="The list can be used for theaters with this currency.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            amounts = price_lists.amounts(self.instance)
            self.initial.update({PRICE_FIELDS[category]: amount for category, amount in amounts.items()})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_prices(cleaned.get("currency") or rules().currency)
        return cleaned

    def fields_of(self, source: str | CinemaError) -> list[str]:
        return [PRICE_FIELDS[SeatCategory.STANDARD]] if source == "prices" else super().fields_of(source)


@admin.register(PriceList)
class PriceListAdmin(FoldedSearch, DeletingAdmin):
    """Changing or deleting a list does not change the prices of shows."""

    form = PriceListForm
    list_display = ["name", "amounts", "used_currency"]
    search_fields = ["name"]
    search_help_text = "Name"
    fieldsets = [
        (None, {"fields": ["name", "currency"]}),
        (
            "Prices",
            {
                "fields": [tuple(PRICE_FIELDS.values())[:2], tuple(PRICE_FIELDS.values())[2:]],
                "description": "A show gets a copy of these prices when it is created. "
                "A change of the list does not change the prices of shows.",
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceList]:
        lists: QuerySet[PriceList] = super().get_queryset(request)
        return lists.prefetch_related("prices")

    def get_fieldsets(self, request: HttpRequest, obj: PriceList | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ["name", "amounts"]})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> list[str]:
        if obj is not None and not self.has_change_permission(request, obj):
            return ["name", "amounts"]
        return []

    def save_model(self, request: HttpRequest, obj: PriceList, form: PriceListForm, change: bool) -> None:
        name, currency = form.cleaned_data["name"], form.cleaned_data["currency"]
        if change:
            price_lists.change(price_list_id=obj.pk, name=name, currency=currency, prices=form.prices())
        else:
            obj.pk = price_lists.add(name=name, currency=currency, prices=form.prices()).pk

    def remove(self, request: HttpRequest, obj: PriceList) -> None:
        price_lists.remove(price_list_id=obj.pk)

    @admin.display(description="Prices")
    def amounts(self, price_list: PriceList) -> str:
        return ", ".join(
            f"{NAMES[category]} {in_currency(amount, price_list.currency)}"
            for category, amount in price_lists.amounts(price_list).items()
        )

    @admin.display(description="Currency", ordering="currency")
    def used_currency(self, price_list: PriceList) -> str:
        return currency_of(price_list)
