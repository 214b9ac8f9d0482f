"""The number of queries of whole documents about movies, shows and theaters. It is the same for one row and for ten.

If a number changes, find out why, and update the comment that lists the queries.
"""

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.models import User
from tests import situations
from tests.api.full_days import ONE_OR_MANY, a_full_day
from tests.conftest import Api, global_id
from tests.situations import in_hours

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
FRONT_PAGE_WITH_EDGES = """
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
      auditorium: screen { theater { ...Where } }
      screen { name theater { id ...Where } }
      movie { genres alias: title }
    }
  }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}

fragment Availability on Show { status seatsAvailable seatsTotal priceFrom { amount } }

fragment Where on Theater { name timeZone }
"""
SHOWS_OF_A_DAY = """
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
SHOWS_WITH_EDGES = """
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
THEATERS = """
query { theaters(first: 30) { totalCount nodes { name city screens { name seatCount rows theater { name } } } } }
"""


@ONE_OR_MANY
def test_a_front_page(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    day = situations.day_of(a_full_day(count)[0])

    # time zones, count, movies, genres; time zones, their shows, counts of shows, seats taken, prices
    with django_assert_num_queries(9):
        movies = api(FRONT_PAGE, day=day).data["movies"]

    assert (movies["totalCount"], len(movies["nodes"])) == (count, count)
    assert all(len(movie["shows"]["nodes"]) == 1 for movie in movies["nodes"])


@ONE_OR_MANY
def test_a_front_page_with_edges_fragments_and_aliases(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    day = situations.day_of(a_full_day(count)[0])

    # time zones, movies, genres, count; time zones; for each alias shows, seats taken, prices, genres
    with django_assert_num_queries(13):
        movies = api(FRONT_PAGE_WITH_EDGES, day=day).data["movies"]

    assert (movies["totalCount"], len(movies["edges"])) == (count, count)
    assert all(len(edge["node"]["later"]["edges"]) == 1 for edge in movies["edges"])


@ONE_OR_MANY
def test_many_shows_of_a_movie(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    movie = situations.a_movie()
    starts_at = in_hours(24)
    shows = [situations.a_show(movie=movie, starts_at=starts_at) for _ in range(count)]

    document = FRONT_PAGE.replace("first: 3)", "first: 30)")
    # the same queries as for the front page
    with django_assert_num_queries(9):
        movies = api(document, day=situations.day_of(shows[0])).data["movies"]

    assert len(movies["nodes"][0]["shows"]["nodes"]) == count


@ONE_OR_MANY
def test_the_shows_of_a_day(api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    day = situations.day_of(a_full_day(count)[0])

    # time zones, count, shows, seats taken, prices, genres
    with django_assert_num_queries(6):
        shows = api(SHOWS_OF_A_DAY, day=day).data["shows"]

    assert (shows["totalCount"], len(shows["nodes"])) == (count, count)
    assert all(show["seatsAvailable"] == 17 for show in shows["nodes"])


@ONE_OR_MANY
def test_the_shows_of_a_day_with_edges_fragments_and_aliases(
    api: Api, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    day = situations.day_of(a_full_day(count)[0])

    # time zones; twice, the second time for the shows of the movies: shows, seats taken, prices, genres, screens
    with django_assert_num_queries(11):
        shows = api(SHOWS_WITH_EDGES, day=day).data["shows"]

    assert len(shows["edges"]) == count
    assert all(len(edge["node"]["other"]["shows"]["nodes"]) == 1 for edge in shows["edges"])


@pytest.mark.parametrize(("rows", "buyers"), [(["S"], 1), (["SSSSS"] * 2, 10)], ids=["one seat", "ten seats"])
def test_a_seat_map(api: Api, django_assert_num_queries: DjangoAssertNumQueries, rows: list[str], buyers: int) -> None:
    show = situations.a_show(rows=rows)
    viewer = situations.a_user()
    labels = [seat.label for seat in show.screen.seats.all()]
    for label in labels[: buyers // 2]:
        situations.a_booking(label, show=show)
    for label in labels[buyers // 2 :]:
        situations.a_hold(label, show=show, by=viewer)
    as_viewer = api.logged_in_as(viewer)

    # show, seats taken; prices, plan (which is then cached), tickets; viewer
    with django_assert_num_queries(6):
        result = as_viewer(SEAT_MAP, id=global_id(show)).data["show"]

    seats = [seat for row in result["seatMap"]["rows"] for seat in row["seats"]]
    assert len(seats) == len(labels)
    assert sum(seat["mine"] for seat in seats) == len(labels) - buyers // 2


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


def test_data_that_is_not_selected_is_not_loaded(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_full_day(2)

    with django_assert_num_queries(1):
        api("{ shows { nodes { id startsAt } } }")


def test_the_viewer_is_not_loaded_if_not_needed(
    api: Api, buyer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_viewer = api.logged_in_as(buyer)

    with django_assert_num_queries(1):
        as_viewer("{ movies { nodes { id } } }")


def test_a_count_alone_reads_no_page(api: Api, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    a_full_day(2)

    with django_assert_num_queries(1):
        assert api("{ shows { totalCount } }").data == {"shows": {"totalCount": 2}}
