"""Lists of the bookings of a user."""

from functools import partial
from typing import Annotated

import strawberry

from cinema import models
from cinema.booking import queries
from schema.booking.inputs import BookingFilter
from schema.booking.types import Booking
from schema.engine.batching import peers_of
from schema.engine.context import Info
from schema.engine.pagination import (
    After,
    Before,
    ChildrenOf,
    Connection,
    First,
    Last,
    NestedPage,
    Page,
    PageRequest,
    for_peers,
)

OptionalBookingFilter = Annotated[BookingFilter | None, strawberry.argument(description="The filter for the bookings.")]


@strawberry.type
class UserBookings:
    """Added to `User`."""

    @strawberry.field(
        description="The bookings of the user, the newest first. The bookings of another user require the permission "
        "`cinema.view_booking`."
    )
    def bookings(
        root: strawberry.Parent[models.User],
        info: Info,
        filter: OptionalBookingFilter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Booking] | None:
        if info.context.require_user() != root:
            info.context.require_permission("cinema.view_booking")
        page = PageRequest.of(first, after, last, before)
        if len(peers_of(root)) == 1:
            return bookings_page(root, filter, page, info)
        found = for_peers(root, info, lambda: queries.bookings((filter or BookingFilter()).criteria()))
        return Connection(page=NestedPage(lambda: found, page, info, ChildrenOf(root, "user_id")))


def bookings_page(
    user: models.User, filter: BookingFilter | None, page: PageRequest, info: Info
) -> Connection[Booking]:
    """A page of the bookings of one user. The first page without a filter is read in a fraction of the time."""
    asked = filter or BookingFilter()
    criteria = asked.criteria()
    newest = partial(queries.newest_bookings_of, user) if asked == BookingFilter() else None
    return Connection(page=Page(lambda: queries.bookings(criteria).filter(user=user), page, info, first_rows=newest))
