from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.catalog import price_lists
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import PriceList, Show
from tests import situations
from tests.admin.conftest import entered, errors, messages, staff_client_with, stored_fields

pytestmark = pytest.mark.django_db

ADD = reverse("admin:cinema_pricelist_add")
LIST = reverse("admin:cinema_pricelist_changelist")
ADD_SHOW = reverse("admin:cinema_show_add")
STANDARD, PREMIUM = SeatCategory.STANDARD, SeatCategory.PREMIUM
FORM = {
    "name": "Matinee",
    "currency": "",
    "price_standard": "7.50",
    "price_premium": "9",
    "price_wheelchair": "",
    "price_companion": "",
}


@pytest.fixture
def matinee(db: None) -> PriceList:
    return price_lists.add(name="Matinee", prices={STANDARD: Decimal("7.5"), PREMIUM: Decimal(9)})


def new_show(**fields: Any) -> dict[str, Any]:
    return {
        "movie": situations.a_movie().pk,
        "screen": situations.a_screen(["SSPP"]).pk,
        "starts_at": f"{timezone.now() + timedelta(days=3):%Y-%m-%dT%H:%M}",
        "format": "TWO_D",
        **fields,
    }


def test_a_price_list_is_added_changed_and_deleted(staff_client: Client) -> None:
    assert staff_client.post(ADD, FORM).status_code == 302
    added = PriceList.objects.get()
    assert "Standard 7.50 USD, Premium 9.00 USD" in staff_client.get(LIST).content.decode()
    page = reverse("admin:cinema_pricelist_change", args=[added.pk])
    html = staff_client.get(page).content.decode()
    assert 'value="7.50"' in html
    staff_client.post(page, FORM | {"price_premium": "", "currency": "EUR"})
    added = PriceList.objects.get()
    assert (added.currency, price_lists.amounts(added)) == ("EUR", {STANDARD: Decimal("7.5")})
    staff_client.post(reverse("admin:cinema_pricelist_delete", args=[added.pk]), {"post": "yes"})
    assert not PriceList.objects.exists()


def test_a_price_can_be_written_with_a_comma(staff_client: Client) -> None:
    # A browser changes 12,50 to 1250 in a field of numbers.
    assert 'type="number"' not in staff_client.get(ADD).content.decode()
    staff_client.post(ADD, FORM | {"price_standard": "12,50", "price_premium": "$16"})
    assert price_lists.amounts(PriceList.objects.get()) == {STANDARD: Decimal("12.5"), PREMIUM: Decimal(16)}


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"price_standard": "-1"}, "price_standard"),
        ({"price_premium": "9.001"}, "price_premium"),
        ({"price_standard": "", "price_premium": ""}, "price_standard"),
        ({"name": ""}, "name"),
        ({"name": "EVENING"}, "name"),
    ],
)
def test_an_invalid_price_list_is_refused_at_its_field(staff_client: Client, entry: dict[str, str], field: str) -> None:
    price_lists.add(name="Evening", prices={STANDARD: Decimal(9)})
    assert list(errors(staff_client.post(ADD, FORM | entry))) == [field]
    assert PriceList.objects.count() == 1


def test_the_view_permission_shows_prices_but_changes_nothing(matinee: PriceList) -> None:
    page = reverse("admin:cinema_pricelist_change", args=[matinee.pk])
    viewer = staff_client_with("view_pricelist")
    assert "Standard 7.50 USD, Premium 9.00 USD" in viewer.get(page).content.decode()
    assert viewer.post(page, FORM | {"name": "Mine"}).status_code == 403
    assert staff_client_with("view_show").get(page).status_code == 403
    assert PriceList.objects.get().name == "Matinee"


def test_a_new_show_gets_the_prices_of_a_list(staff_client: Client, matinee: PriceList) -> None:
    assert "Matinee (USD)" in staff_client.get(ADD_SHOW).content.decode()
    assert staff_client.post(ADD_SHOW, new_show(price_list=matinee.pk, price_premium="11")).status_code == 302
    # An entered price takes precedence.
    prices = dict(Show.objects.get().prices.values_list("category", "amount"))
    assert prices == {STANDARD: Decimal("7.5"), PREMIUM: Decimal(11)}


def test_the_next_show_of_a_screen_has_the_same_price_list(staff_client: Client, matinee: PriceList) -> None:
    added = staff_client.post(ADD_SHOW, new_show(price_list=matinee.pk, _addanother="yes"), follow=True)
    assert f'<option value="{matinee.pk}" selected>' in added.content.decode()


def test_a_price_that_the_list_lacks_is_asked_for_at_its_field(staff_client: Client, matinee: PriceList) -> None:
    price_lists.change(price_list_id=matinee.pk, prices={STANDARD: Decimal(7)})
    assert list(errors(staff_client.post(ADD_SHOW, new_show(price_list=matinee.pk)))) == ["price_premium"]
    assert not Show.objects.exists()


def test_a_list_in_another_currency_is_refused_at_its_field(staff_client: Client, matinee: PriceList) -> None:
    price_lists.change(price_list_id=matinee.pk, currency="EUR")
    assert list(errors(staff_client.post(ADD_SHOW, new_show(price_list=matinee.pk)))) == ["price_list"]
    assert not Show.objects.exists()


def test_a_list_replaces_the_prices_of_an_existing_show(staff_client: Client, matinee: PriceList, show: Show) -> None:
    ticket = situations.a_booking(show=show).tickets.get()
    before = stored_fields(show)
    page = reverse("admin:cinema_show_change", args=[show.pk])
    assert "the prices of the list replace the prices below" in staff_client.get(page).content.decode()
    saved = staff_client.post(page, entered(show) | {"price_list": matinee.pk, "price_companion": "3"}, follow=True)
    replaced = "New prices: Standard 7.50 USD, Premium 9.00 USD, Wheelchair space 8.00 USD, Companion seat 3.00 USD."
    assert replaced in messages(saved)
    prices = dict(show.prices.values_list("category", "amount"))
    assert (prices[STANDARD], prices[PREMIUM]) == (Decimal("7.5"), Decimal(9))
    assert (prices[SeatCategory.WHEELCHAIR], prices[SeatCategory.COMPANION]) == (Decimal(8), Decimal(3))
    assert stored_fields(show)[:6] == before[:6]
    assert ticket.price == type(ticket).objects.get(pk=ticket.pk).price == Decimal(10)


def test_a_list_is_applied_to_selected_shows(staff_client: Client, matinee: PriceList) -> None:
    changed, other = situations.a_show(), situations.a_show()
    ended = situations.a_started_show(hours_ago=10)
    euros = situations.a_show(screen=situations.a_screen(theater=situations.a_theater(currency="EUR")))
    ticket = situations.a_booking(show=changed).tickets.get()
    unchanged = {show: stored_fields(show) for show in (other, ended, euros)}
    selected = {"action": "apply_price_list", "_selected_action": [changed.pk, ended.pk, euros.pk]}
    shows = f"{reverse('admin:cinema_show_changelist')}?day=all"
    asked = staff_client.post(shows, selected, follow=True)
    assert asked.redirect_chain
    assert "Apply a price list to 3 shows" in asked.content.decode()
    assert "This field is required." in staff_client.post(shows, selected | {"confirmed": "yes"}).content.decode()
    assert {show: stored_fields(show) for show in unchanged} == unchanged
    response = staff_client.post(shows, selected | {"confirmed": "yes", "price_list": matinee.pk}, follow=True)
    assert messages(response)[-1] == "Shows that now have the prices of Matinee: 1."
    assert len(messages(response)) == 3
    prices = dict(changed.prices.values_list("category", "amount"))
    assert prices == situations.PRICES | {STANDARD: Decimal("7.5"), PREMIUM: Decimal(9)}
    recorded = LogEntry.objects.get(object_id=changed.pk, change_message__contains="Matinee").get_change_message()
    assert recorded.startswith("Price list: Matinee. Prices: Standard 10.00 → 7.50, Premium ")
    assert type(ticket).objects.get(pk=ticket.pk).price == Decimal(10)
    assert {show: stored_fields(show) for show in unchanged} == unchanged


def test_a_list_without_a_price_for_the_seats_changes_nothing(staff_client: Client, matinee: PriceList) -> None:
    show = situations.a_show(screen=situations.a_screen(["WC"]))
    before = stored_fields(show)
    entry = {"action": "apply_price_list", "_selected_action": [show.pk], "confirmed": "yes", "price_list": matinee.pk}
    response = staff_client.post(f"{reverse('admin:cinema_show_changelist')}?day=all", entry, follow=True)
    assert "Matinee has no price for the seats of this screen." in messages(response)[-1]
    assert stored_fields(show) == before
    assert not LogEntry.objects.filter(change_message__contains="Matinee")


def test_the_change_permission_is_required_to_apply_a_list(matinee: PriceList, show: Show) -> None:
    before = stored_fields(show)
    entry = {"action": "apply_price_list", "_selected_action": [show.pk], "confirmed": "yes", "price_list": matinee.pk}
    staff_client_with("view_show").post(reverse("admin:cinema_show_changelist"), entry)
    assert stored_fields(show) == before
