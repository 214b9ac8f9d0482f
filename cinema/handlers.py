"""The table of event handlers, with which higher slices take part in the use cases of lower ones."""

from cinema.booking import bookings, guards
from cinema.booking import events as booking
from cinema.catalog import events as catalog
from cinema.core.events import Handlers
from cinema.realtime import booking_feed, seat_feed

HANDLERS: Handlers = {
    catalog.SeatsRetiring: [guards.refuse_retiring_sold_seats],
    catalog.ShowMoving: [guards.refuse_moving_booked_show],
    catalog.ShowsChanged: [seat_feed.publish],
    catalog.ShowCancelled: [bookings.cancel_all_of_show],
    booking.SeatsChanged: [seat_feed.publish, booking_feed.publish],
}
