"""Changes of a seat map, and of the viewer's bookings, pushed as they happen."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from cinema.realtime import booking_feed, seat_feed
from schema.booking.types import Booking
from schema.catalog.inputs import ShowId
from schema.catalog.seat_maps import SEAT_MAP_COST, moment_of
from schema.engine.context import SocketContext
from schema.engine.costs import cost
from schema.engine.ids import key_of
from schema.engine.selection import fields_below
from schema.engine.subscriptions.events import SharedEvent
from schema.realtime.types import SeatChanges, booking_changed, seats_changed

OptionalSince = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor of a seat map or of the last changes received. Seats that may have changed since then"
        " are sent first. By default, only later changes are sent."
    ),
]


@strawberry.type
class RealtimeSubscriptions:
    @strawberry.subscription(
        metadata=cost(extra=SEAT_MAP_COST),
        graphql_type=SeatChanges,
        description="The current state of seats of a show when they change: after each booking, hold and cancellation, "
        "and when a hold expires. Also sent when the show itself changes: when it is cancelled or moved, when booking "
        "closes, and when its prices or its seat plan change. The same state may be sent twice. If a client reconnects "
        "with the cursor of the last changes, it misses no change.",
    )
    async def seat_changes(
        self, info: strawberry.Info[SocketContext, None], show_id: ShowId, since: OptionalSince = None
    ) -> AsyncGenerator[SharedEvent, None]:
        moment = None if since is None else moment_of(since)
        of_show = fields_below(info, "show")
        async with aclosing(seat_feed.subscribe(key_of("Show", show_id), since=moment)) as feed:
            async for changes in feed:
                yield seats_changed(changes, info.context, of_show=of_show)
                # Frees the changes, because the next ones may never arrive.
                del changes

    @strawberry.subscription(
        graphql_type=Booking,
        description="The viewer's bookings as they change: when one is held, extended, confirmed or cancelled, also in "
        "part or with the show, when a hold expires, and when the show or a deadline of its theater changes. Bookings "
        "that have changed in the last minute are sent first. The same state may be sent twice.",
    )
    async def booking_changes(self, info: strawberry.Info[SocketContext, None]) -> AsyncGenerator[SharedEvent, None]:
        viewer = info.context.require_user()
        async with aclosing(booking_feed.subscribe(viewer.pk)) as feed:
            async for change in feed:
                yield booking_changed(change, info.context)
                # Frees the change, because the next one may never arrive.
                del change
