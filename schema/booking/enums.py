"""The enums of bookings and tickets. Each value is described by its label in the domain."""

from cinema.booking.models import BookingStatus, TicketEventKind, TicketStatus
from schema.engine.enums import describe

__all__ = ["BookingStatus", "TicketEventKind", "TicketStatus"]


describe(BookingStatus, "How far a booking has got.")
describe(TicketEventKind, "What can happen to a seat of a show.")
describe(TicketStatus, "What a ticket is good for.")
