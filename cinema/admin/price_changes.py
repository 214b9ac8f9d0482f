"""An action that gives existing shows the prices of a list."""

from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.decorators import action

from cinema.admin import local_times
from cinema.admin.base import staff
from cinema.admin.confirmed_actions import ConfirmedActions, Question
from cinema.admin.price_forms import PriceListField
from cinema.admin.show_history import changed_prices
from cinema.catalog import price_lists, scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import PriceList, Show
from cinema.core.errors import CinemaError


class ChoosePriceList(forms.Form):
    price_list = PriceListField(
        empty="Choose a list",
        required=True,
        help_text="Booked seats keep their price. Categories that the list lacks keep their price.",
    )


APPLY = "apply_price_list"


class PriceChanges(ConfirmedActions):
    """The action of `ShowAdmin`."""

    @action(description="Apply a price list to selected shows", permissions=["change"])
    def apply_price_list(self, request: HttpRequest, shows: QuerySet[Show]) -> HttpResponse | None:
        """Ask for the list. Then change the shows one by one, and show which ones were refused and why."""
        if "confirmed" not in request.POST:
            return self.ask(request, APPLY, shows)
        form = ChoosePriceList(request.POST)
        if not form.is_valid():
            return self._ask_for_list(request, shows, request.get_full_path(), form)
        self._apply(request, form.cleaned_data["price_list"], shows)
        return None

    def questions(self) -> dict[str, Question]:
        return super().questions() | {APPLY: self._ask_for_list}

    def _ask_for_list(
        self, request: HttpRequest, shows: QuerySet[Show], back: str, form: ChoosePriceList | None = None
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Apply a price list",
            "opts": self.opts,
            "media": self.media,
            "form": form or ChoosePriceList(),
            "rows": [{"show": show, "starts": local_times.start_of(show)} for show in shows],
            "back": back,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "cinema/admin/apply_price_list.html", context)

    def _apply(self, request: HttpRequest, price_list: PriceList, shows: Iterable[Show]) -> None:
        changed = 0
        for show in shows:
            try:
                prices = price_lists.prices_for(show.screen, price_list_id=price_list.pk)
                if not prices:
                    missing = f"{price_list} has no price for the seats of this screen."
                    self.message_user(
                        request, f"{show.movie}, {local_times.start_of(show)}: {missing}", messages.WARNING
                    )
                    continue
                before = {SeatCategory(price.category): price.amount for price in show.prices.all()}
                scheduling.reschedule(show_id=show.pk, prices=prices, by=staff(request))
            except CinemaError as error:
                self.message_user(request, f"{show.movie}, {local_times.start_of(show)}: {error}", messages.ERROR)
            else:
                changes = changed_prices(before, prices, theater=show.screen.theater)
                self.log_change(request, show, f"Price list: {price_list}. Prices: {changes or 'not changed'}.")
                changed += 1
        if changed:
            self.message_user(request, f"Shows that now have the prices of {price_list}: {changed}.", messages.SUCCESS)
