"""The part of the schema for bookings and holds."""

from cinema.booking import queries
from schema.accounts.types import User
from schema.booking.lists import UserBookings
from schema.booking.mutations import BookingMutations
from schema.booking.problems import PROBLEM_HANDLERS
from schema.booking.queries import BookingQueries
from schema.engine.slices import Slice

booking = Slice(
    queries=BookingQueries,
    mutations=BookingMutations,
    problems=PROBLEM_HANDLERS,
    extensions={User: UserBookings},
    nodes={
        "Booking": lambda context: queries.bookings_seen_by(context.viewer),
        "Ticket": lambda context: queries.tickets_seen_by(context.viewer),
    },
)
