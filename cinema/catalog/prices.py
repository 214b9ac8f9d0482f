"""The prices of seats, by category."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import ExpressionWrapper, Min, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce

from cinema.catalog.layouts import CATEGORY_OF_LETTER, RESERVED_FOR_NEED, SEPARATOR, SeatCategory
from cinema.catalog.models import ListPrice, Price, PriceList, Screen, Show, Theater
from cinema.catalog.rules import rules
from cinema.core import sql
from cinema.core.errors import InvalidInput
from cinema.core.money import Money, validate_amount
from cinema.core.validation import check_fields

_AMOUNTS = "SELECT show_id, category, amount FROM cinema_price WHERE show_id {in_shows}"


def currency_of(owner: Theater | PriceList) -> str:
    """The currency of the prices of a theater or in a price list (ISO 4217)."""
    return owner.currency or rules().currency


def check_prices(prices: Iterable[Price | ListPrice], *, currency: str) -> None:
    """Raise `InvalidInput` for "prices" if a category or an amount is invalid."""
    for price in prices:
        try:
            validate_amount(price.amount, currency)
            check_fields(price, exclude={"show", "price_list"})
        except ValidationError as error:
            raise InvalidInput.from_django(error, field="prices") from error
        except InvalidInput as refusal:
            raise refusal.at("prices") from refusal


def in_currency(amount: Decimal, currency: str) -> Money:
    """`amount` in the currency of a theater, which is empty if the theater does not have its own."""
    return Money(amount, currency or rules().currency)


def of_shows(shows: Iterable[Show]) -> Mapping[int, Mapping[SeatCategory, Decimal]]:
    """The prices of the categories on the screen of each show, by the key of the show. Takes one query.

    If the screen has since lost all of these categories, all prices of the show. The screens of the shows must be
    loaded.
    """
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    amounts = sql.fetch(_AMOUNTS, {"shows": [show.pk for show in shows]}, (None, None, sql.AMOUNT))
    for show_id, category, amount in amounts:
        found[show_id][category] = amount
    return {show.pk: _of_screen(show.screen, found[show.pk]) for show in shows}


def lowest_of(amounts: Mapping[SeatCategory, Decimal]) -> Decimal:
    """The lowest price of a seat that anyone can buy, or of any seat if there are no others."""
    for_everyone = [amount for category, amount in amounts.items() if category not in RESERVED_FOR_NEED]
    return min(for_everyone or amounts.values())


def lowest() -> Subquery:
    """An SQL expression: `lowest_of` the prices that `of_shows` returns for a show. Null if it has no prices."""
    plan = ExpressionWrapper(OuterRef("screen__plan"), output_field=TextField())
    on_screen = Q()
    for letter, category in CATEGORY_OF_LETTER.items():
        # The letter in a row of the plan. In its label, a colon follows.
        on_screen |= Q(category=category, plan__regex=f"{letter}[^{SEPARATOR}\n]*(\n|$)")
    for_everyone = ~Q(category__in=RESERVED_FOR_NEED)
    preferred = (on_screen & for_everyone, on_screen, for_everyone, None)
    prices = Price.objects.filter(show=OuterRef("pk")).annotate(plan=plan).values("show")
    found = prices.annotate(lowest=Coalesce(*(Min("amount", filter=condition) for condition in preferred)))
    return Subquery(found.values("lowest"))


def _of_screen(screen: Screen, amounts: Mapping[str, Decimal]) -> Mapping[SeatCategory, Decimal]:
    of_screen = {category: amounts[category] for category in screen.categories if category in amounts}
    return of_screen or {category: amounts[category] for category in SeatCategory if category in amounts}
