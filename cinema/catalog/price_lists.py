"""Use cases for price lists: named sets of prices, which staff choose when they create shows."""

from decimal import Decimal

from cinema.catalog import locks
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ListPrice, PriceList, Screen
from cinema.catalog.prices import check_prices, currency_of, in_currency
from cinema.catalog.scheduling import Prices
from cinema.core.errors import InvalidInput, NotFound
from cinema.core.text import normalized
from cinema.core.transactions import use_case
from cinema.core.validation import save_checked


@use_case
def add(*, name: str, prices: Prices, currency: str = "") -> PriceList:
    """Create a price list. An empty currency is that of the settings. Raises `InvalidInput`."""
    price_list = PriceList(name=normalized(name), currency=currency.upper())
    save_checked(price_list, field="name")
    _set_prices(price_list, prices)
    return price_list


@use_case
def change(
    *, price_list_id: int, name: str | None = None, currency: str | None = None, prices: Prices | None = None
) -> PriceList:
    """Change what is not None. `prices` replaces all prices of the list. The prices of shows do not change.

    Raises `NotFound` and `InvalidInput`.
    """
    price_list = locks.price_list(price_list_id)
    price_list.name = price_list.name if name is None else normalized(name)
    price_list.currency = price_list.currency if currency is None else currency.upper()
    save_checked(price_list, field="name")
    _set_prices(price_list, amounts(price_list) if prices is None else prices)
    return price_list


@use_case
def remove(*, price_list_id: int) -> None:
    """Delete a price list. The prices of shows do not change. Raises `NotFound`."""
    locks.price_list(price_list_id).delete()


def amounts(price_list: PriceList) -> dict[SeatCategory, Decimal]:
    """The prices of a list by category, in the order of the categories."""
    currency = price_list.currency
    found = {p.category: in_currency(p.amount, currency).rounded for p in price_list.prices.all()}
    return {category: found[category] for category in SeatCategory if category in found}


def prices_for(screen: Screen, *, price_list_id: int) -> dict[SeatCategory, Decimal]:
    """The prices of a list for the categories on a screen. The list may lack some of them.

    Raises `NotFound`, and `InvalidInput` if the list is in another currency than the prices of the theater.
    """
    price_list = PriceList.objects.prefetch_related("prices").filter(pk=price_list_id).first()
    if price_list is None:
        raise NotFound("price list")
    check_currency(price_list, screen)
    return {category: amount for category, amount in amounts(price_list).items() if category in screen.categories}


def check_currency(price_list: PriceList, screen: Screen) -> None:
    """Raise `InvalidInput` if the list is in another currency than the prices of the theater."""
    theirs, ours = currency_of(price_list), currency_of(screen.theater)
    if theirs != ours:
        message = f"This price list is in {theirs}, and the prices of {screen.theater} are in {ours}."
        raise InvalidInput.of("price_list_id", "currency", message)


def _set_prices(price_list: PriceList, prices: Prices) -> None:
    new = [ListPrice(price_list=price_list, category=category, amount=amount) for category, amount in prices.items()]
    if not new:
        raise InvalidInput.of("prices", "required", "Enter at least one price.")
    check_prices(new, currency=currency_of(price_list))
    price_list.prices.all().delete()
    ListPrice.objects.bulk_create(new)
