"""The documents that are measured, and the requests with them."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from strawberry.relay.utils import to_base64

from cinema.models import Show
from tests.bench.buyers import Buyer, Buyers
from tests.bench.driver import Request

TYPENAME = "{ __typename }"
ME = "{ me { id username email } }"
MOVIES = "{ movies(first: 20) { totalCount nodes { id title durationMinutes releaseDate certificate } } }"
SEARCH = """
query Search($words: String!) {
  movies(first: 20, filter: { search: $words }) { nodes { id title durationMinutes releaseDate certificate } }
}
"""
DAY = """
query Day($day: Date!) {
  shows(first: 100, filter: { date: $day }) {
    nodes {
      id startsAt movie { title } screen { name theater { name } } seatsAvailable priceFrom { amount currency }
    }
  }
}
"""
MAP = """
query Map($show: ID!) {
  show(id: $show) {
    seatMap { rows { label seats { label number category status price { amount currency } } } }
  }
}
"""
BOOKINGS = """
query Bookings {
  myBookings(first: 20) {
    nodes {
      id reference status total { amount currency }
      show { startsAt movie { title } screen { name } }
      tickets { seat status price { amount } }
    }
  }
}
"""
BOOK = """
mutation Book($show: ID!, $seat: String!) {
  bookSeat(input: { showId: $show, seat: $seat, needsAccessible: true }) {
    __typename
    ... on Booking { id reference total { amount currency } tickets { seat } }
    ... on SeatsTaken { seats alternatives }
  }
}
"""
HOLD_BEST = """
mutation Hold($show: ID!) {
  holdSeats(input: { showId: $show, selection: { bestAvailable: { count: 2 } } }) {
    __typename
    ... on Booking { id reference expiresAt tickets { seat } }
  }
}
"""
INVALID = "{ movies(first: 20) { nodes { title director } } }"
# Reads without a login are sent from this many addresses.
ADDRESSES = 100


def graphql(document: str, by: Buyer | None = None, **variables: Any) -> Request:
    """A request with this document, sent by the buyer or without a login."""
    body = json.dumps({"query": " ".join(document.split()), "variables": variables})
    if by is None:
        return Request("/graphql", body)
    return Request("/graphql", body, token=by.token, address=by.address)


def from_many_addresses(variants: Sequence[Request]) -> list[Request]:
    """These requests repeatedly, each from a different address."""
    numbered = zip(itertools.cycle(variants), range(ADDRESSES), strict=False)
    return [replace(request, address=f"10.1.0.{n}") for request, n in numbered]


def bookings(seats: Sequence[tuple[Show, str]], buyers: Buyers) -> list[Request]:
    """`bookSeat` for each of these seats, each by a different buyer."""
    return [graphql(BOOK, buyers.next(), show=show_id(show), seat=label) for show, label in seats]


def holds(shows: Sequence[Show], buyers: Buyers, *, of_each: int) -> list[Request]:
    """Holds of the best available seats: one for each show, then another for each, `of_each` times."""
    repeated = itertools.chain.from_iterable(itertools.repeat(shows, of_each))
    return [graphql(HOLD_BEST, buyers.next(), show=show_id(show)) for show in repeated]


def show_id(show: Show) -> str:
    return to_base64("Show", show.pk)
