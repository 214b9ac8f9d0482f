"""The fields that a document selects, for resolvers whose work depends on them."""

from collections.abc import Iterable, Iterator
from typing import Any

import strawberry
from strawberry.types.nodes import SelectedField, Selection


def fields_below(info: strawberry.Info[Any, Any], name: str) -> set[str]:
    """The names of all fields that are selected below the field `name` of the resolver's value, at any depth.

    Fields with `@skip` or `@include` count, whatever their condition.
    """
    return {field.name for each in _fields(info.selected_fields) for field in _below(each.selections, name)}


def _below(selections: Iterable[Selection], name: str) -> Iterator[SelectedField]:
    for field in _fields(selections):
        if field.name == name:
            yield from _all(field.selections)


def _all(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for field in _fields(selections):
        yield field
        yield from _all(field.selections)


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    """The selected fields, also those in fragments."""
    for selection in selections:
        if isinstance(selection, SelectedField):
            yield selection
        else:
            yield from _fields(selection.selections)
