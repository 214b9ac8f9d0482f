"""The order of screens on pages for staff: by theater, and then by name, with "Screen 2" before "Screen 10"."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.forms import ModelChoiceField
from django.forms.models import ModelChoiceIterator

from cinema.catalog.models import Screen
from cinema.core.text import caseless

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def by_name(screen: Screen) -> tuple[Any, ...]:
    """The sort key of a screen of a theater."""
    # Every second part is a number.
    parts = _DIGITS.split(caseless(screen.name))
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], screen.pk


def in_order(theater_id: int | None = None) -> list[Screen]:
    """All screens, or those of one theater, with their theaters."""
    screens = Screen.objects.select_related("theater")
    if theater_id is not None:
        screens = screens.filter(theater=theater_id)
    return sort(screens)


def sort(screens: Iterable[Screen]) -> list[Screen]:
    """Sort screens by theater and name. Their theaters should be loaded."""
    return sorted(screens, key=lambda screen: (screen.theater.sort_key, screen.theater_id, by_name(screen)))


class _InOrder(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from (self.choice(screen) for screen in in_order())


class ScreenField(ModelChoiceField):
    """A screen of any theater."""

    iterator = _InOrder

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "queryset": Screen.objects.select_related("theater")})
