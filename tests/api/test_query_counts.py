"""What whole documents of clients cost, in queries: the same for one row as for thirty.

A number that changes is to be looked at. What each query is for stands beside it.
"""

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import blocks, bookings, holds
from cinema.models import Show, User
from tests import situations
from tests.conftest import Api, global_id
from tests.situations import in_hours

ONE_OR_MANY = pytest.mark.parametrize("count", [1, 30])

FRONT_PAGE = """
query ($day: Date!) {
  movies(filter: { onSale: true, showingOn: $day }, first: 30) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id title synopsis durationMinutes genres certificate language posterUrl
      shows(filter: { date: $day, bookable: true }, first: 3) {
        totalCount
        nodes {
          id startsAt format status seatsAvailable
          priceFrom { amount currency }
          screen { name theater { name city timeZone } }
        }
      }
    }
  }
}
"""
FRONT_PAGE_OF_EDGES = """
query ($day: Date!) {
  movies(filter: { onSale: true, showingOn: $day }, first: 30) {
    edges {
      cursor
      node {
        ...Card
        today: shows(filter: { date: $day }, first: 3) { ...Times }
        later: shows(filter: { from: "2026-01-01T00:00:00Z" }, last: 3) { ...Times }
      }
    }
    pageInfo { endCursor }
    totalCount
  }
}

fragment Card on Movie { id title genres posterUrl }

fragment Times on ShowConnection {
  edges {
    cursor
    node {
      id startsAt
      ...Availability
      ... on Show { again: seatsAvailable }
      house: screen { theater { ...Where } }
      screen { name theater { id ...Where } }
      movie { genres alias: title }
    }
  }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}

fragment Availability on Show { status seatsAvailable seatsTotal priceFrom { amount } }

fragment Where on Theater { name timeZone }
"""
PROGRAM_OF_A_DAY = """
query ($day: Date!) {
  shows(filter: { date: $day }, first: 30) {
    totalCount
    pageInfo { hasNextPage }
    nodes {
      id startsAt endsAt format language status seatsTotal seatsAvailable
      priceFrom { amount }
      prices { category price { amount currency } }
      movie { id title genres certificate }
      screen { name seatCount theater { id name city timeZone } }
    }
  }
}
"""
PROGRAM_OF_EDGES = """
query ($day: Date!) {
  shows(filter: { date: $day }, first: 30) {
    edges { cursor node { ...Row ...Row other: movie { shows(first: 2) { nodes { ...Row } } } } }
  }
}

fragment Row on Show {
  id
  status
  seatsAvailable
  prices { category price { amount } }
  movie { title genres }
  screen { theater { name screens { name } } }
}
"""
SEAT_MAP = """
query ($id: ID!) {
  show(id: $id) {
    id status seatsAvailable
    movie { title }
    screen { name theater { name } }
    seatMap { cursor rows { label seats { label column category price { amount currency } status mine } } }
  }
}
"""
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
MY_BOOKINGS_OF_EDGES = """
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
THEATERS = """
query { theaters(first: 30) { totalCount nodes { name city screens { name seatCount rows theater { name } } } } }
"""


def a_full_day(count: int) -> list[Show]:
    """Shows of movies and on screens of their own, each with genres, bookings, holds and blocks."""
    shows = []
    starts_at = in_hours(24)
    for number in range(count):
        movie = situations.a_movie(genres=["Drama", f"Genre {number}"])
        show = situations.a_show(movie=movie, starts_at=starts_at)
        situations.a_booking("A1", "B1", show=show)
        situations.a_hold("A2", show=show)
        blocks.block(show_id=show.pk, labels=["A3"])
        shows.append(show)
    return shows


def many_bookings(count: int, *, by: User) -> None:
    for show in a_full_day(count):
        situations.a_booking("C3", "C4", show=show, by=by)


@ONE_OR_MANY
def test_a_front_page(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    day = a_full_day(count)[0].starts_at.date()

    # time zones, count, movies, genres; time zones, their shows, counts of shows, seats taken, prices
    with django_assert_num_queries(9):
        movies = api(FRONT_PAGE, day=day).data["movies"]

    assert (movies["totalCount"], len(movies["nodes"])) == (count, count)
    assert all(len(movie["shows"]["nodes"]) == 1 for movie in movies["nodes"])


@ONE_OR_MANY
def test_a_front_page_of_edges_fragments_and_aliases(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    day = a_full_day(count)[0].starts_at.date()

    # time zones, movies, genres, count; time zones; for each alias shows, seats taken, prices, genres
    with django_assert_num_queries(13):
        movies = api(FRONT_PAGE_OF_EDGES, day=day).data["movies"]

    assert (movies["totalCount"], len(movies["edges"])) == (count, count)
    assert all(len(edge["node"]["later"]["edges"]) == 1 for edge in movies["edges"])


@ONE_OR_MANY
def test_many_shows_of_a_movie(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    movie = situations.a_movie()
    starts_at = in_hours(24)
    for _ in range(count):
        situations.a_show(movie=movie, starts_at=starts_at)

    document = FRONT_PAGE.replace("first: 3)", "first: 30)")
    # as above
    with django_assert_num_queries(9):
        movies = api(document, day=starts_at.date()).data["movies"]

    assert len(movies["nodes"][0]["shows"]["nodes"]) == count


@ONE_OR_MANY
def test_the_program_of_a_day(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    day = a_full_day(count)[0].starts_at.date()

    # time zones, count, shows, seats taken, prices, genres
    with django_assert_num_queries(6):
        shows = api(PROGRAM_OF_A_DAY, day=day).data["shows"]

    assert (shows["totalCount"], len(shows["nodes"])) == (count, count)
    assert all(show["seatsAvailable"] == 17 for show in shows["nodes"])


@ONE_OR_MANY
def test_a_program_of_edges_fragments_and_aliases(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    day = a_full_day(count)[0].starts_at.date()

    # time zones; and twice, the second time by way of the movies: shows, seats taken, prices, genres, screens
    with django_assert_num_queries(11):
        shows = api(PROGRAM_OF_EDGES, day=day).data["shows"]

    assert len(shows["edges"]) == count
    assert all(len(edge["node"]["other"]["shows"]["nodes"]) == 1 for edge in shows["edges"])


@pytest.mark.parametrize(("rows", "buyers"), [(["S"], 1), (["SSSSS"] * 6, 30)], ids=["one seat", "thirty seats"])
def test_a_seat_map(api: Api, django_assert_num_queries: DjangoAssertNumQueries, rows: list[str], buyers: int) -> None:
    show = situations.a_show(rows=rows)
    viewer = situations.a_user()
    labels = [seat.label for seat in show.screen.seats.all()]
    for label in labels[: buyers // 2]:
        situations.a_booking(label, show=show)
    for label in labels[buyers // 2 :]:
        situations.a_hold(label, show=show, by=viewer)
    viewing = api.signed_in(viewer)

    # show, seats taken, viewer, clock, tickets, prices, seats
    with django_assert_num_queries(7):
        answer = viewing(SEAT_MAP, id=global_id(show)).data["show"]

    seats = [seat for row in answer["seatMap"]["rows"] for seat in row["seats"]]
    assert len(seats) == len(labels)
    assert sum(seat["mine"] for seat in seats) == len(labels) - buyers // 2


@ONE_OR_MANY
def test_my_bookings(api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    many_bookings(count, by=buyer)
    viewing = api.signed_in(buyer)

    # viewer, count, bookings, tickets, seats, seats taken, prices, genres
    with django_assert_num_queries(8):
        bookings = viewing(MY_BOOKINGS).data["myBookings"]

    assert (bookings["totalCount"], len(bookings["nodes"])) == (count, count)
    assert all(len(booking["tickets"]) == 2 for booking in bookings["nodes"])


@ONE_OR_MANY
def test_my_bookings_of_edges_fragments_and_aliases(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    many_bookings(count, by=buyer)
    viewing = api.signed_in(buyer)

    # viewer, bookings, tickets, seats, genres, seats taken; bookings, of which there are none
    with django_assert_num_queries(7):
        answer = viewing(MY_BOOKINGS_OF_EDGES).data

    assert (len(answer["upcoming"]["edges"]), len(answer["cancelled"]["edges"])) == (count, 0)


@ONE_OR_MANY
def test_my_bookings_with_their_timelines(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    staff = situations.a_staff_member("view_booking")
    many_bookings(count, by=staff)
    viewing = api.signed_in(staff)

    # viewer, bookings, permissions of the user and of their groups, events; by way of them shows, movies, events again
    with django_assert_num_queries(8):
        mine = viewing(MY_BOOKINGS_WITH_TIMELINES).data["myBookings"]["nodes"]

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
    viewing = api.signed_in(situations.a_staff_member("view_booking"))

    # viewer, permissions of the user and of their groups, seat, events; of their bookings tickets, seats, clock, shows,
    # movies, events
    with django_assert_num_queries(11):
        events = viewing(SEAT_TIMELINE, id=global_id(show)).data["seatTimeline"]

    assert [event["kind"] for event in events] == ["HELD", "CANCELLED"] * count


@ONE_OR_MANY
def test_theaters_with_their_screens(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    for _ in range(count):
        theater = situations.a_theater()
        for _ in range(2):
            situations.a_screen(["SS"], theater=theater)

    # count, theaters, screens
    with django_assert_num_queries(3):
        theaters = api(THEATERS).data["theaters"]

    assert (theaters["totalCount"], len(theaters["nodes"])) == (count, count)


def test_what_nobody_asks_for_is_not_loaded(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_full_day(2)

    with django_assert_num_queries(1):
        api("{ shows { nodes { id startsAt } } }")


def test_nobody_is_looked_up_where_it_does_not_matter_who_asks(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewing = api.signed_in(buyer)

    with django_assert_num_queries(1):
        viewing("{ movies { nodes { id } } }")


def test_a_count_alone_reads_no_page(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_full_day(2)

    with django_assert_num_queries(1):
        assert api("{ shows { totalCount } }").data == {"shows": {"totalCount": 2}}
