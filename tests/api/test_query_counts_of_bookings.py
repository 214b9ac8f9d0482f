"""The number of queries of documents about bookings. It is the same for one row and for ten.

If a number changes, find out why, and update the comment that lists the queries.
"""

from pytest_django import DjangoAssertNumQueries

from cinema.booking import bookings, holds
from cinema.models import Show, User
from tests import situations
from tests.api.full_days import ONE_OR_MANY, a_full_day
from tests.conftest import Api, global_id

MY_BOOKINGS = """
query {
  myBookings(first: 30) {
    totalCount
    pageInfo { hasNextPage }
    nodes {
      id reference status createdAt
      total { amount currency }
      tickets { id seat category status price { amount } }
      show {
        startsAt status seatsAvailable
        priceFrom { amount }
        movie { title posterUrl genres }
        screen { name theater { name city timeZone } }
      }
    }
  }
}
"""
MY_BOOKINGS_WITH_EDGES = """
query {
  upcoming: myBookings(first: 30, filter: { upcoming: true }) { ...Bookings }
  cancelled: myBookings(first: 30, filter: { status: CANCELLED }) { ...Bookings }
}

fragment Bookings on BookingConnection {
  edges { cursor node { ...Stub } }
}

fragment Stub on Booking {
  reference
  tickets { seat price { amount } }
  seats: tickets { seat category }
  show { movie { title genres } screen { theater { name } } status }
}
"""
MY_BOOKINGS_WITH_TIMELINES = """
query {
  myBookings(first: 30) {
    nodes {
      reference
      timeline { kind at until seat by { username } booking { reference show { movie { title } } } }
      again: timeline { kind booking { timeline { seat } } }
    }
  }
}
"""
SEAT_TIMELINE = """
query ($id: ID!) {
  seatTimeline(showId: $id, seat: "A1") {
    kind at until seat by { username }
    booking { reference status tickets { seat status } show { movie { title } } timeline { kind } }
  }
}
"""


def many_bookings(count: int, *, by: User) -> None:
    for show in a_full_day(count):
        situations.a_booking("C3", "C4", show=show, by=by)


@ONE_OR_MANY
def test_my_bookings(api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    many_bookings(count, by=buyer)
    as_viewer = api.logged_in_as(buyer)

    # viewer, count, bookings, tickets, seats, seats taken, prices, genres
    with django_assert_num_queries(8):
        bookings = as_viewer(MY_BOOKINGS).data["myBookings"]

    assert (bookings["totalCount"], len(bookings["nodes"])) == (count, count)
    assert all(len(booking["tickets"]) == 2 for booking in bookings["nodes"])


@ONE_OR_MANY
def test_my_bookings_with_edges_fragments_and_aliases(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    many_bookings(count, by=buyer)
    as_viewer = api.logged_in_as(buyer)

    # viewer, bookings, tickets, seats, genres, seats taken; an empty page of bookings
    with django_assert_num_queries(7):
        result = as_viewer(MY_BOOKINGS_WITH_EDGES).data

    assert (len(result["upcoming"]["edges"]), len(result["cancelled"]["edges"])) == (count, 0)


@ONE_OR_MANY
def test_my_bookings_with_their_timelines(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    staff = situations.a_staff_member("view_booking")
    many_bookings(count, by=staff)
    as_viewer = api.logged_in_as(staff)

    # viewer, bookings, permissions of the user and of their groups, events; for the events shows, movies, other events
    with django_assert_num_queries(8):
        mine = as_viewer(MY_BOOKINGS_WITH_TIMELINES).data["myBookings"]["nodes"]

    assert len(mine) == count
    assert all(len(booking["timeline"]) == 2 for booking in mine)


@ONE_OR_MANY
def test_the_timeline_of_a_seat(
    api: Api, show: Show, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for _ in range(count):
        buyer = situations.a_user()
        hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)
        bookings.cancel(booking_id=hold.pk, by=buyer)
    as_viewer = api.logged_in_as(situations.a_staff_member("view_booking"))

    # viewer, permissions of the user and of their groups, events; for their bookings tickets, seats, clock, shows,
    # movies, events
    with django_assert_num_queries(10):
        events = as_viewer(SEAT_TIMELINE, id=global_id(show)).data["seatTimeline"]

    assert [event["kind"] for event in events] == ["HELD", "CANCELLED"] * count
