"""The enums of shows and seats. Each value is described by its label in the domain."""

from cinema.booking.status import SeatStatus, ShowStatus
from cinema.catalog.layouts import SeatCategory
from cinema.catalog.models import ShowFormat
from schema.engine.enums import describe

__all__ = ["SeatCategory", "SeatStatus", "ShowFormat", "ShowStatus"]


describe(SeatCategory, "The category of a seat. Each category has its price.")
describe(SeatStatus, "Whether a seat of a show is available.")
describe(ShowFormat, "The projection format of a show.")
describe(ShowStatus, "Whether seats of a show can be booked.")
