"""No check for conflicts. The database constraint is dropped as well: see `prepare`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cinema.booking import sales
from cinema.booking.sales import Quote


def install() -> None:
    sales._quote = ignoring_tickets(sales._quote)  # noqa: SLF001 - a seeded bug


def ignoring_tickets(read: Callable[..., Quote]) -> Callable[..., Quote]:
    def quote(*args: Any) -> Quote:
        return replace(read(*args), taken=[], in_the_way=False)

    return quote
