from decimal import Decimal

import pytest

from cinema.catalog import price_lists, scheduling
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import PriceList
from cinema.core.errors import InvalidInput, NotFound
from tests import situations

pytestmark = pytest.mark.django_db

STANDARD, PREMIUM = SeatCategory.STANDARD, SeatCategory.PREMIUM
MATINEE = {STANDARD: Decimal("7.5"), PREMIUM: Decimal(9)}


def stored() -> list[tuple[str, str, dict[SeatCategory, Decimal]]]:
    return [(each.name, each.currency, price_lists.amounts(each)) for each in PriceList.objects.all()]


def reasons(error: InvalidInput) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in error.fields]


def test_a_list_is_added_and_changed() -> None:
    added = price_lists.add(name="  Matinee ", prices=MATINEE, currency="eur")
    assert stored() == [("Matinee", "EUR", MATINEE)]
    price_lists.change(price_list_id=added.pk, name="Weekdays")
    assert stored() == [("Weekdays", "EUR", MATINEE)]
    price_lists.change(price_list_id=added.pk, prices={PREMIUM: Decimal(12)})
    assert stored() == [("Weekdays", "EUR", {PREMIUM: Decimal(12)})]
    price_lists.remove(price_list_id=added.pk)
    assert stored() == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "MATINEE"}, ("name", "unique")),
        ({"name": "ÉTÉ"}, ("name", "unique")),
        ({"name": ""}, ("name", "blank")),
        ({"currency": "XXL"}, ("currency", "unknown_currency")),
        ({"prices": {}}, ("prices", "required")),
        ({"prices": {STANDARD: Decimal(-1)}}, ("prices", "min_value")),
        ({"prices": {STANDARD: Decimal("1.001")}}, ("prices", "max_decimal_places")),
        ({"prices": {"BALCONY": Decimal(1)}}, ("prices", "invalid_choice")),
        ({"currency": "JPY"}, ("prices", "max_decimal_places")),
    ],
)
def test_an_invalid_list_is_refused(fields: dict[str, object], reason: tuple[str, str]) -> None:
    for name in ("Matinee", "été"):
        price_lists.add(name=name, prices=MATINEE)
    evening = price_lists.add(name="Evening", prices=MATINEE)
    before = stored()
    with pytest.raises(InvalidInput) as refused:
        price_lists.change(price_list_id=evening.pk, **fields)  # type: ignore[arg-type]
    assert reasons(refused.value) == [reason]
    with pytest.raises(InvalidInput):
        price_lists.add(**{"name": "Late", "prices": MATINEE, **fields})  # type: ignore[arg-type]
    assert stored() == before


def test_a_show_keeps_the_prices_that_it_got_from_a_list() -> None:
    screen = situations.a_screen(["SSPP"])
    listed = price_lists.add(name="Matinee", prices={**MATINEE, SeatCategory.COMPANION: Decimal(1)})
    prices = price_lists.prices_for(screen, price_list_id=listed.pk)
    # The screen has no companion seats.
    assert prices == MATINEE
    show = situations.a_show(screen=screen, prices=prices)
    price_lists.change(price_list_id=listed.pk, prices={STANDARD: Decimal(99)})
    price_lists.remove(price_list_id=listed.pk)
    assert dict(show.prices.values_list("category", "amount")) == MATINEE


def test_a_list_in_another_currency_is_refused() -> None:
    screen = situations.a_screen(theater=situations.a_theater(currency="EUR", name="Odeon"))
    listed = price_lists.add(name="Matinee", prices=MATINEE, currency="USD")
    with pytest.raises(InvalidInput) as refused:
        price_lists.prices_for(screen, price_list_id=listed.pk)
    assert str(refused.value) == "This price list is in USD, and the prices of Odeon, Lisbon are in EUR."
    with pytest.raises(NotFound):
        price_lists.prices_for(screen, price_list_id=listed.pk + 1)


def test_the_currency_of_the_settings_is_the_default() -> None:
    listed = price_lists.add(name="Matinee", prices=MATINEE)
    for currency in ("", "USD"):
        screen = situations.a_screen(["SSPP"], theater=situations.a_theater(currency=currency))
        assert price_lists.prices_for(screen, price_list_id=listed.pk) == MATINEE
    with pytest.raises(InvalidInput):
        scheduling.schedule(
            movie_id=situations.a_movie().pk,
            screen_id=situations.a_screen().pk,
            starts_at=situations.in_hours(24),
            prices=price_lists.prices_for(screen, price_list_id=listed.pk),
        )
