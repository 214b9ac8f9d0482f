"""Calls of every operation of the schema, made up by Schemathesis, with arguments that mostly get somewhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import graphql
import schemathesis
from graphql import FieldNode, NameNode, OperationDefinitionNode, SelectionSetNode
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from schema.root import schema

# Which dictionary the arguments and the fields of inputs are taken from.
ARGUMENTS = {
    "username": ["input.username"],
    "email": ["input.email"],
    "password": ["input.password", "input.currentPassword", "input.newPassword"],
    "refresh_token": ["input.refreshToken"],
    "movie": ["input.movieId", "filter.movieId"],
    "theater": ["input.theaterId", "filter.theaterId"],
    "screen": ["input.screenId"],
    "show": ["input.showId", "showId"],
    "booking": ["input.bookingId"],
    "reference": ["reference"],
    "cursor": ["after", "before"],
    "moment": ["since"],
    "seat": ["seat", "input.seat", "input.seats[*]", "input.selection.seats[*]"],
    "row": ["input.rows[*]"],
    "time_zone": ["input.timeZone"],
    "text": ["input.title", "input.name", "input.city", "input.synopsis", "input.language", "filter.search"],
    "genre": ["input.genres[*]", "filter.genre"],
    "key": ["input.idempotencyKey"],
    "page": ["first", "last"],
    "count": ["input.selection.bestAvailable.count"],
    "minutes": ["input.durationMinutes"],
}
IDS = {"node": "Query.node.id", "movie": "Query.movie.id", "show": "Query.show.id"}
OFTEN = 0.85


def _times() -> st.SearchStrategy[str]:
    today = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    soon = st.integers(-48, 24 * 30).map(lambda hours: (today + timedelta(hours=hours)).isoformat())
    ends = st.sampled_from(["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"])
    nonsense = st.sampled_from(["0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", "1", "", "\u0000"])
    return st.one_of(soon, soon, soon, ends, nonsense)


def _days() -> st.SearchStrategy[str]:
    today = datetime.now(UTC).date()
    soon = st.integers(-2, 30).map(lambda days: (today + timedelta(days=days)).isoformat())
    ends = st.sampled_from(["9999-12-31", "0001-01-01"])
    return st.one_of(soon, soon, ends, ends, st.sampled_from(["2026-02-30", "yesterday", ""]))


def _amounts() -> st.SearchStrategy[str]:
    usual = st.integers(0, 5_000).map(lambda cents: f"{cents / 100:.2f}")
    edges = st.sampled_from(["-1", "0.001", "1e3", "1e999", "9" * 40, "NaN", "-Infinity", "", "ten", "\u0663"])
    # A show has several: one that is refused is enough for the call to get nowhere.
    return st.one_of(*[usual] * 20, edges)


SCALARS = {"DateTime": _times, "Date": _days, "Decimal": _amounts}


def operations(dictionaries: dict[str, list[str | int]]) -> Iterator[Any]:
    """Every query and mutation, as Schemathesis has it."""
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy().map(nodes.String))
    bound = {f"*.*.{path}": name for name, paths in ARGUMENTS.items() for path in paths}
    bound |= {path: name for name, path in IDS.items()}
    config = SchemathesisConfig.from_dict(
        {
            "dictionaries": {name: {"values": values} for name, values in dictionaries.items()},
            "parameters": {path: {"dictionary": name, "probability": OFTEN} for path, name in bound.items()},
        }
    )
    sdl = graphql.build_schema(schema.as_str())
    loaded = schemathesis.graphql.from_dict({**graphql.introspection_from_schema(sdl)}, config=config)
    for found in loaded.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def spelled(document: str, *, plausible: bool) -> str:
    """The document, which also asks for the name of the type of what its one field answers with.

    Where `plausible`, it leaves out what is null, and asks for no list from both of its ends.
    """
    parsed = graphql.parse(document)
    if plausible:
        parsed = graphql.visit(parsed, _Plausible())
    (operation,) = parsed.definitions
    assert isinstance(operation, OperationDefinitionNode)
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    if field.selection_set is not None:
        name = FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
        field.selection_set = SelectionSetNode(selections=(name, *field.selection_set.selections))
    return graphql.print_ast(parsed)


class _Plausible(graphql.Visitor):
    def leave_object_field(self, node: graphql.ObjectFieldNode, *_: Any) -> Any:
        return graphql.REMOVE if isinstance(node.value, graphql.NullValueNode) else None

    def leave_argument(self, node: graphql.ArgumentNode, *_: Any) -> Any:
        return graphql.REMOVE if isinstance(node.value, graphql.NullValueNode) else None

    def leave_field(self, node: FieldNode, *_: Any) -> Any:
        if "first" in {argument.name.value for argument in node.arguments}:
            node.arguments = tuple(each for each in node.arguments if each.name.value not in {"last", "before"})
        return node
