"""Relay connections with keyset pagination: added or removed rows do not shift a page, and every page is fast.

The keyset queries, cursors and edges are strawberry-django's. The connection is ours, because the library's connection
does not read rows for `nodes`, and reads nested pages with one query per parent (docs/decisions/0003).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from django.db import DataError
from django.db.models import Count, Model, QuerySet
from django.utils.functional import cached_property
from strawberry import relay
from strawberry_django.relay import (
    DjangoCursorEdge,
    OrderedCollectionCursor,
    OrderingDescriptor,
    apply_cursor_pagination,
)
from strawberry_django.relay.cursor_connection import annotate_ordering_fields

from schema.engine.batching import Peers, gather, once
from schema.engine.context import Info
from schema.engine.errors import BadUserInput

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

M = TypeVar("M", bound=Model)
NodeType = TypeVar("NodeType", bound=relay.Node)


@dataclass(frozen=True)
class ChildrenOf:
    """The rows whose foreign key `by` refers to `row`. One query reads those of all peers.

    `by` is a lookup, such as movie_id or screen__theater_id. The relations in it must be loaded with the rows.
    """

    row: Model
    by: str


@dataclass(frozen=True)
class PageRequest:
    """The four arguments of a connection, validated."""

    first: int | None
    last: int | None
    after: str | None
    before: str | None

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> "PageRequest":
        """Validate the arguments. Raises `BadUserInput` for a page size out of range, or if both sizes are given."""
        for name, size in (("first", first), ("last", last)):
            if size is not None and not 0 <= size <= MAX_PAGE_SIZE:
                raise BadUserInput(f"`{name}` must be between 0 and {MAX_PAGE_SIZE}, not {size}.")
        if first is not None and last is not None:
            raise BadUserInput("Use `first` or `last`, not both.")
        if first is None and last is None:
            first = DEFAULT_PAGE_SIZE
        return cls(first, last, after, before)

    @property
    def is_first_page(self) -> bool:
        return self.first is not None and self.after is None and self.before is None

    def without(self, count: int) -> "PageRequest":
        """The same request for `count` rows less."""
        first, last = (size if size is None else size - count for size in (self.first, self.last))
        return replace(self, first=first, last=last)

    @property
    def size(self) -> int:
        size = self.first if self.first is not None else self.last
        assert size is not None
        return size


@dataclass
class Page:
    """One page of a list. It is read when a field first needs it."""

    # Returns the list. It is not called if the next two functions return all that is needed.
    make: Callable[[], QuerySet[Any]]
    request: PageRequest
    info: Info
    # Returns the given number of first rows of the list, faster than the queryset. See also `with_order_value`.
    first_rows: Callable[[int], list[Any]] | None = field(default=None, kw_only=True)
    # Returns the number of rows in the list, faster than the queryset.
    count: Callable[[], int] | None = field(default=None, kw_only=True)
    # The same list in consecutive parts, ordered by the same columns. The database reads a page of a part faster.
    parts: Sequence[Callable[[], QuerySet[Any]]] = field(default=(), kw_only=True)

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        return self.make()

    @property
    def rows(self) -> list[Any]:
        return self._read[0]

    @property
    def has_more(self) -> bool:
        """Whether there are more rows in the direction of paging."""
        return self._read[1]

    @cached_property
    def edges(self) -> list[Any]:
        ordering = self._ordering
        return [Edge.resolve_edge(row, cursor=OrderedCollectionCursor.from_model(row, ordering)) for row in self.rows]

    @cached_property
    def total(self) -> int:
        return self.count() if self.count else self.queryset.order_by().count()

    @property
    def _ordering(self) -> list[OrderingDescriptor]:
        return self._paged[1]

    @cached_property
    def _paged(self) -> tuple[QuerySet[Any], list[OrderingDescriptor]]:
        return _paged(self.queryset, self.request, self.info)

    @cached_property
    def _read(self) -> tuple[list[Any], bool]:
        size = self.request.size
        if self.first_rows and self.request.is_first_page:
            rows = self.first_rows(size + 1)
        elif self.parts:
            rows = self._rows_of_parts()
        else:
            rows = _evaluated(self._paged[0])
        return gather(_in_order(rows[:size], self.request)), len(rows) > size

    def _rows_of_parts(self) -> list[Any]:
        """The rows of the page and the next one, in the direction of paging. A part is read only if they need it."""
        rows: list[Any] = []
        for part in self.parts if self.request.last is None else reversed(self.parts):
            if len(rows) <= self.request.size:
                paged, _ = _paged(part(), self.request.without(len(rows)), self.info)
                rows += _evaluated(paged)
        return rows


@dataclass
class NestedPage(Page):
    """One page of the children of a row. One query reads the pages of all peers."""

    children: ChildrenOf

    @cached_property
    def total(self) -> int:
        def load(peers: Peers[Any]) -> dict[int, int]:
            of_peers = self.queryset.order_by().filter(**{f"{self.children.by}__in": [peer.pk for peer in peers]})
            return dict(of_peers.values_list(self.children.by).annotate(count=Count("pk")))

        return once(self.children.row, (*_path(self.info), "total"), load).get(self.children.row.pk, 0)

    @property
    def _ordering(self) -> list[OrderingDescriptor]:
        return self._loaded[1]

    @cached_property
    def _read(self) -> tuple[list[Any], bool]:
        rows = self._loaded[0].get(self.children.row.pk, [])
        return _in_order(rows[: self.request.size], self.request), len(rows) > self.request.size

    @property
    def _loaded(self) -> tuple[dict[int, list[Any]], list[OrderingDescriptor]]:
        def load(peers: Peers[Any]) -> tuple[dict[int, list[Any]], list[OrderingDescriptor]]:
            of_peers = self.queryset.filter(**{f"{self.children.by}__in": [peer.pk for peer in peers]})
            queryset, ordering = _paged(of_peers, self.request, self.info, related_field=self.children.by)
            rows_by_parent = defaultdict(list)
            parent_of = attrgetter(self.children.by.replace("__", "."))
            for row in gather(_evaluated(queryset)):
                rows_by_parent[parent_of(row)].append(row)
            return rows_by_parent, ordering

        return once(self.children.row, _path(self.info), load)


def with_order_value(row: M, value: object) -> M:
    """`row` with the value of the first column of the order, if that is an expression. Cursors are made of it."""
    # The library's name for it.
    row.__dict__["_strawberry_order_field_0"] = value
    return row


def for_peers(row: Model, info: Info, make: Callable[[], QuerySet[Any]]) -> QuerySet[Any]:
    """The queryset from `make`, which is called once for all peers of `row` at this position in the document."""
    return once(row, (*_path(info), "queryset"), lambda _: make())


def _path(info: Info) -> tuple[str, ...]:
    """The position of the field in the document. It has the same arguments for all rows of a list."""
    return tuple(step for step in info.path.as_list() if isinstance(step, str))


def _paged(
    queryset: QuerySet[Any], page: PageRequest, info: Info, related_field: str | None = None
) -> tuple[QuerySet[Any], list[OrderingDescriptor]]:
    try:
        if page.after or page.before:
            queryset = _bounded(queryset, page)
        paged, ordering = apply_cursor_pagination(
            queryset,
            related_field_id=related_field,
            info=info,
            first=page.first,
            last=page.last,
            after=page.after,
            before=page.before,
            max_results=MAX_PAGE_SIZE,
        )
    except (ValueError, RecursionError) as error:
        raise BadUserInput("`after` or `before` is not a valid cursor of this list.") from error
    return paged, ordering


def _bounded(queryset: QuerySet[Any], page: PageRequest) -> QuerySet[Any]:
    """`queryset` without rows whose first column of the order is outside the cursors. Raises `ValueError`.

    The library compares all columns of the order in one condition, for which databases do not find the first row with
    an index. This condition has no other effect.
    """
    _, ordering, _ = annotate_ordering_fields(queryset)
    for cursor, follows in ((page.after, True), (page.before, False)):
        if cursor:
            position = OrderedCollectionCursor.from_cursor(cursor, ordering)
            _check_moments(position)
            first, value = ordering[0], position.field_values[0]
            if not first.maybe_null:
                lookup = "gte" if follows != first.order_by.descending else "lte"
                queryset = queryset.filter(**{f"{first.attname}__{lookup}": value})
    return queryset


def _check_moments(cursor: OrderedCollectionCursor) -> None:
    """Raise `ValueError` for a datetime without a time zone, as a date in the cursor of another list is parsed."""
    if any(isinstance(value, datetime) and value.tzinfo is None for value in cursor.field_values):
        raise ValueError("a datetime must have a time zone")


def _evaluated(queryset: QuerySet[Any]) -> list[Any]:
    try:
        return list(queryset)
    except (OverflowError, UnicodeEncodeError, DataError) as error:
        raise BadUserInput("`after` or `before` is not a valid cursor of this list.") from error


def _in_order(rows: Sequence[Any], page: PageRequest) -> list[Any]:
    return list(rows) if page.last is None else list(reversed(rows))


@strawberry.type(name="Edge", description="A node and its cursor.")
class Edge(DjangoCursorEdge[NodeType]):
    """The library's edge and cursor, under the name in the schema."""


@strawberry.type(name="Connection", description="A page of a list.")
class Connection(Generic[NodeType]):
    page: strawberry.Private[Page]

    @strawberry.field(description="The nodes of this page, each with its cursor.")
    def edges(self) -> list[Edge[NodeType]]:
        return self.page.edges

    @strawberry.field(description="The nodes of this page, without their cursors.")
    def nodes(self) -> list[NodeType]:
        return self.page.rows

    @strawberry.field(description="The position of this page in the list.")
    def page_info(self) -> relay.PageInfo:
        page = self.page
        forward = page.request.last is None
        return relay.PageInfo(
            has_next_page=page.has_more if forward else page.request.before is not None,
            has_previous_page=page.request.after is not None if forward else page.has_more,
            start_cursor=page.edges[0].cursor if page.edges else None,
            end_cursor=page.edges[-1].cursor if page.edges else None,
        )

    @strawberry.field(description="The number of nodes in the whole list.")
    def total_count(self) -> int:
        return self.page.total


First = Annotated[int | None, strawberry.argument(description="Return the first n nodes (default 20, maximum 100).")]
After = Annotated[str | None, strawberry.argument(description="Return nodes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="Return the last n nodes (maximum 100).")]
Before = Annotated[str | None, strawberry.argument(description="Return nodes before this cursor.")]
