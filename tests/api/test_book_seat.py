from tests.conftest import Api, global_id
from cinema.models import Show, Ticket, User

BOOK_SEAT = """
mutation ($input: BookSeatInput!) {
  bookSeat(input: $input) {
    __typename
    ... on Booking {
      id reference status createdAt expiresAt confirmedAt cancelledAt
      total { amount currency }
      tickets { id seat category status price { amount currency } }
      show { id status seatsTotal seatsAvailable movie { title } screen { name theater { name city } } }
    }
    ... on Problem { message }
    ... on SeatsTaken { seats alternatives }
    ... on UnknownSeats { seats }
    ... on ShowNotOnSale { showStatus: status }
    ... on SeatLimitReached { limit alreadyTaken }
  }
}
"""


def test_a_seat_is_booked(api: Api, show: Show, buyer: User) -> None:
    answer = api.signed_in(buyer)(BOOK_SEAT, input={"showId": global_id(show), "seat": "b3"})
    booking = answer.data["bookSeat"]
    print(booking)
    assert booking["__typename"] == "Booking"
    again = api.signed_in(buyer)(BOOK_SEAT, input={"showId": global_id(show), "seat": "b3"})
    print(again.data)
