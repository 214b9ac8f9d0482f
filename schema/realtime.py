"""The seat map, live: what changed since a cursor, asked again and again or pushed."""

from typing import Annotated

import strawberry
import strawberry_django

from cinema.booking import seat_maps
from schema.catalog import ShowId
from schema.context import Info
from schema.ids import key_of
from schema.seat_map import SeatChanges, moment_of

Since = Annotated[
    str,
    strawberry.argument(description="The cursor of a seat map, or of changes: what may have changed since is told."),
]


@strawberry.type
class RealtimeQuery:
    @strawberry_django.field(
        description="What the seats of a show are now that may have changed since a cursor. A subscription pushes the "
        "same; this is for those who poll."
    )
    def seat_changes(self, info: Info, show_id: ShowId, since: Since) -> SeatChanges:
        changes = seat_maps.changes(key_of("Show", show_id), since=moment_of(since))
        return SeatChanges.of(changes, info.context.viewer)
