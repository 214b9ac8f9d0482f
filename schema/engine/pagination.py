"""Relay connections that page by key: a page neither shifts when rows come and go, nor slows as the table grows.

The keyset queries and cursors are strawberry-django's. The envelope is ours: its connection neither knows a default
page nor the `nodes` shortcut, and reads a page that nobody asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from django.db import DataError
from django.db.models import Count, Model, QuerySet
from strawberry import relay
from strawberry_django.relay import (
    DjangoCursorEdge,
    OrderedCollectionCursor,
    OrderingDescriptor,
    apply_cursor_pagination,
)

from schema.engine.batching import Peers, gather, once
from schema.engine.context import Info
from schema.engine.errors import BadUserInput

DEFAULT_PAGE = 20
LARGEST_PAGE = 100

NodeType = TypeVar("NodeType", bound=relay.Node)


@dataclass(frozen=True)
class PartOf:
    """The rows that belong to `row` by their foreign key `by`, such as movie_id; read for all its peers at once."""

    row: Model
    by: str


@dataclass(frozen=True)
class PageRequest:
    """Which page: the four arguments of a connection, checked."""

    first: int | None
    last: int | None
    after: str | None
    before: str | None

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> "PageRequest":
        """Raises `BadUserInput` for a page nobody can have."""
        for name, size in (("first", first), ("last", last)):
            if size is not None and not 0 <= size <= LARGEST_PAGE:
                raise BadUserInput(f"`{name}` is between 0 and {LARGEST_PAGE}, not {size}.")
        if first is not None and last is not None:
            raise BadUserInput("Ask for the `first` or for the `last`, not for both.")
        if first is None and last is None:
            first = DEFAULT_PAGE
        return cls(first, last, after, before)

    @property
    def size(self) -> int:
        size = self.first if self.first is not None else self.last
        assert size is not None
        return size


@dataclass
class Page:
    """One page of `queryset`, read when it is first needed."""

    queryset: QuerySet[Any]
    request: PageRequest
    info: Info

    @property
    def rows(self) -> list[Any]:
        return self._read[0]

    @property
    def is_cut(self) -> bool:
        """Whether more follow in the direction of paging."""
        return self._read[1]

    @cached_property
    def edges(self) -> list[Any]:
        ordering = self._read[2]
        return [Edge.resolve_edge(row, cursor=OrderedCollectionCursor.from_model(row, ordering)) for row in self.rows]

    @cached_property
    def total(self) -> int:
        return self.queryset.order_by().count()

    @cached_property
    def _read(self) -> tuple[list[Any], bool, list[OrderingDescriptor]]:
        queryset, ordering = _paged(self.queryset, self.request, self.info)
        rows = _evaluated(queryset)
        page = gather(_in_order(rows[: self.request.size], self.request))
        return page, len(rows) > self.request.size, ordering


@dataclass
class PageOfPart(Page):
    """One page of each part, read for all peers in one query."""

    part: PartOf

    @cached_property
    def total(self) -> int:
        def load(peers: Peers[Any]) -> dict[int, int]:
            of_peers = self.queryset.order_by().filter(**{f"{self.part.by}__in": [peer.pk for peer in peers]})
            return dict(of_peers.values_list(self.part.by).annotate(count=Count("pk")))

        return once(self.part.row, (*_place(self.info), "total"), load).get(self.part.row.pk, 0)

    @cached_property
    def _read(self) -> tuple[list[Any], bool, list[OrderingDescriptor]]:
        def load(peers: Peers[Any]) -> tuple[dict[int, list[Any]], list[OrderingDescriptor]]:
            of_peers = self.queryset.filter(**{f"{self.part.by}__in": [peer.pk for peer in peers]})
            queryset, ordering = _paged(of_peers, self.request, self.info, part=self.part.by)
            parts = defaultdict(list)
            for row in gather(_evaluated(queryset)):
                parts[getattr(row, self.part.by)].append(row)
            return parts, ordering

        parts, ordering = once(self.part.row, _place(self.info), load)
        rows = parts.get(self.part.row.pk, [])
        return _in_order(rows[: self.request.size], self.request), len(rows) > self.request.size, ordering


def for_peers(row: Model, info: Info, make: Callable[[], QuerySet[Any]]) -> QuerySet[Any]:
    """What `make` returns, called once for all peers of `row` at this place of the document: it may cost a query."""
    return once(row, (*_place(info), "queryset"), lambda _: make())


def _place(info: Info) -> tuple[str, ...]:
    """Where in the document: the same field of the same list has the same arguments."""
    return tuple(step for step in info.path.as_list() if isinstance(step, str))


def _paged(
    queryset: QuerySet[Any], page: PageRequest, info: Info, part: str | None = None
) -> tuple[QuerySet[Any], list[OrderingDescriptor]]:
    try:
        paged, ordering = apply_cursor_pagination(
            queryset,
            related_field_id=part,
            info=info,
            first=page.first,
            last=page.last,
            after=page.after,
            before=page.before,
            max_results=LARGEST_PAGE,
        )
        for cursor in filter(None, (page.after, page.before)):
            _check_moments(OrderedCollectionCursor.from_cursor(cursor, ordering))
    except (ValueError, RecursionError) as error:
        raise BadUserInput("`after` or `before` is not a cursor of this list.") from error
    return paged, ordering


def _check_moments(cursor: OrderedCollectionCursor) -> None:
    """A day, from the cursor of another list, is read as a moment in no time zone. Raises `ValueError`."""
    if any(isinstance(value, datetime) and value.tzinfo is None for value in cursor.field_values):
        raise ValueError("a moment has a time zone")


def _evaluated(queryset: QuerySet[Any]) -> list[Any]:
    try:
        return list(queryset)
    except (OverflowError, UnicodeEncodeError, DataError) as error:
        raise BadUserInput("`after` or `before` is not a cursor of this list.") from error


def _in_order(rows: Sequence[Any], page: PageRequest) -> list[Any]:
    return list(rows) if page.last is None else list(reversed(rows))


@strawberry.type(name="Edge", description="A node and its cursor.")
class Edge(DjangoCursorEdge[NodeType]):
    """The library's edge and cursor, under the name that clients know."""


@strawberry.type(name="Connection", description="A page of a list.")
class Connection(Generic[NodeType]):
    page: strawberry.Private[Page]

    @strawberry.field(description="The nodes of this page, each with its cursor.")
    def edges(self) -> list[Edge[NodeType]]:
        return self.page.edges

    @strawberry.field(description="The nodes of this page, for clients that need no cursors of their own.")
    def nodes(self) -> list[NodeType]:
        return self.page.rows

    @strawberry.field(description="Where this page stands in the list.")
    def page_info(self) -> relay.PageInfo:
        page = self.page
        forward = page.request.last is None
        return relay.PageInfo(
            has_next_page=page.is_cut if forward else page.request.before is not None,
            has_previous_page=page.request.after is not None if forward else page.is_cut,
            start_cursor=page.edges[0].cursor if page.edges else None,
            end_cursor=page.edges[-1].cursor if page.edges else None,
        )

    @strawberry.field(description="How many nodes the whole list has.")
    def total_count(self) -> int:
        return self.page.total


First = Annotated[int | None, strawberry.argument(description="The first so many nodes (20 unless told, 100 at most).")]
After = Annotated[str | None, strawberry.argument(description="Only nodes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="The last so many nodes (100 at most).")]
Before = Annotated[str | None, strawberry.argument(description="Only nodes before this cursor.")]
