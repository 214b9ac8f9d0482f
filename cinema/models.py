"""The models of all slices, imported here because Django loads models from this module."""

from cinema.accounts.mail_queue import QueuedMail
from cinema.accounts.models import User
from cinema.accounts.throttle_storage import AttemptCount
from cinema.accounts.tokens import RefreshToken
from cinema.booking.email_queue import BookingEmail, HistoryRead
from cinema.booking.models import Booking, HoldOrigin, Ticket, TicketEvent
from cinema.catalog.models import Genre, ListPrice, Movie, Price, PriceList, Screen, Seat, Show, Theater
from cinema.catalog.moves import EarlierStart
from cinema.core.idempotency import IdempotencyKey

__all__ = [
    "AttemptCount",
    "Booking",
    "BookingEmail",
    "EarlierStart",
    "Genre",
    "HistoryRead",
    "HoldOrigin",
    "IdempotencyKey",
    "ListPrice",
    "Movie",
    "Price",
    "PriceList",
    "QueuedMail",
    "RefreshToken",
    "Screen",
    "Seat",
    "Show",
    "Theater",
    "Ticket",
    "TicketEvent",
    "User",
]
