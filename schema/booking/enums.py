"""The enums of bookings and tickets. Each value is described by its label in the domain."""

from cinema.booking.models import BookingStatus, TicketEventKind, TicketStatus
from schema.engine.enums import describe

__all__ = ["BookingStatus", "TicketEventKind", "TicketStatus"]


describe(BookingStatus, "The status of a booking.")
describe(TicketEventKind, "The kind of an event in the history of a seat.")
describe(TicketStatus, "The status of a ticket.")
