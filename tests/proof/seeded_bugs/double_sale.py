"""No check for conflicts. The database constraint is dropped as well: see `prepare`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cinema.booking import quotes
from cinema.booking.quotes import Quote


def install() -> None:
    quotes.of_rows = ignoring_tickets(quotes.of_rows)


def ignoring_tickets(read: Callable[..., Quote]) -> Callable[..., Quote]:
    def quote(*args: Any, **kwargs: Any) -> Quote:
        return replace(read(*args, **kwargs), taken=[], in_the_way=False)

    return quote
