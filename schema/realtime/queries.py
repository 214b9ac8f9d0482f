"""Changes of a seat map, for clients that poll."""

from typing import Annotated

import strawberry
import strawberry_django

from cinema.booking import seat_maps
from schema.catalog.inputs import ShowId
from schema.catalog.seat_maps import SEAT_MAP_COST, moment_of
from schema.engine.context import Info
from schema.engine.costs import cost
from schema.engine.ids import key_of
from schema.realtime.types import SeatChanges

Since = Annotated[
    str,
    strawberry.argument(description="The cursor of a seat map or of earlier changes."),
]


@strawberry.type
class RealtimeQueries:
    @strawberry_django.field(
        metadata=cost(extra=SEAT_MAP_COST),
        description="The current state of the seats that may have changed since a cursor. This query is for polling; "
        "the subscription of the same name pushes the same data.",
    )
    def seat_changes(self, info: Info, show_id: ShowId, since: Since) -> SeatChanges | None:
        viewer = info.context.viewer
        changes = seat_maps.changes(key_of("Show", show_id), since=moment_of(since))
        return SeatChanges.of(changes, viewer, load_show=lambda: changes.show)
