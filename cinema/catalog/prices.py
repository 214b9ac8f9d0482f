"""The prices of seats, by category."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import Screen, Show
from cinema.catalog.rules import rules
from cinema.core import sql
from cinema.core.money import Money

_AMOUNTS = "SELECT show_id, category, amount FROM cinema_price WHERE show_id {in_shows}"


def in_currency(amount: Decimal) -> Money:
    """`amount` in the currency of all prices."""
    return Money(amount, rules().currency)


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


def _of_screen(screen: Screen, amounts: Mapping[str, Decimal]) -> Mapping[SeatCategory, Decimal]:
    of_screen = {category: amounts[category] for category in screen.categories if category in amounts}
    return of_screen or {category: amounts[category] for category in SeatCategory if category in amounts}
