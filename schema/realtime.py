"""The seat map, live: what changed since a cursor, asked again and again or pushed."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry
import strawberry_django

from cinema.booking import seat_maps
from cinema.realtime import seat_feed
from schema.catalog import ShowId
from schema.context import Info, Onlooker
from schema.ids import key_of
from schema.seat_map import SeatChanges, Sight, moment_of

Since = Annotated[
    str,
    strawberry.argument(description="The cursor of a seat map, or of changes: what may have changed since is told."),
]
OptionalSince = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor of a seat map, or of the last changes that came: what may have changed since is told "
        "first. Without one it begins now."
    ),
]


@strawberry.type
class RealtimeQuery:
    @strawberry_django.field(
        description="What the seats of a show are now that may have changed since a cursor. A subscription pushes the "
        "same; this is for those who poll."
    )
    def seat_changes(self, info: Info, show_id: ShowId, since: Since) -> SeatChanges:
        viewer = info.context.viewer
        return SeatChanges.of(seat_maps.changes(key_of("Show", show_id), since=moment_of(since)), viewer)


@strawberry.type
class RealtimeSubscription:
    @strawberry.subscription(
        graphql_type=SeatChanges,
        description="What seats of a show have become, as soon as they have: after each sale, hold and return, and "
        "when a hold runs out. Each is told as it is now; to be told twice does no harm. Who comes back with the "
        "cursor of the last changes misses nothing.",
    )
    async def seat_changes(
        self, info: strawberry.Info[Onlooker, None], show_id: ShowId, since: OptionalSince = None
    ) -> AsyncGenerator[Sight, None]:
        moment = None if since is None else moment_of(since)
        async with aclosing(seat_feed.subscribe(key_of("Show", show_id), since=moment)) as feed:
            async for changes in feed:
                yield Sight.of(changes, info.context.viewer)
                del changes
