"""The enums of shows and seats. Each value is described by its label in the domain."""

from cinema.booking.status import SeatStatus, ShowStatus
from cinema.catalog.layouts import SeatCategory, SeatNumbering
from cinema.catalog.models import ShowFormat
from schema.engine.enums import describe

__all__ = ["SeatCategory", "SeatNumbering", "SeatStatus", "ShowFormat", "ShowStatus"]


describe(SeatCategory, "The category of a seat. Each category has its own price.")
describe(SeatNumbering, "The direction in which the seats of each row are numbered.")
describe(SeatStatus, "The status of a seat in a show.")
describe(ShowFormat, "The projection format of a show.")
describe(ShowStatus, "The status of a show.")
