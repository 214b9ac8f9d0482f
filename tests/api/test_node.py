from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from cinema.booking import blocks
from cinema.models import Genre, Show, Ticket, User
from tests import situations
from tests.conftest import Api, global_id

NODE = """
query ($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Movie { title }
    ... on Theater { name }
    ... on Screen { name theater { name } }
    ... on Show { movie { title } seatsAvailable }
    ... on Booking { reference tickets { seat } show { id } }
    ... on Ticket { seat category ticketStatus: status price { amount } }
    ... on User { username email }
  }
}
"""


def node(api: Api, instance: Any) -> Any:
    return api(NODE, id=global_id(instance)).data["node"]


def test_anonymous_users_see_public_nodes(api: Api, show: Show) -> None:
    movie, screen, theater = show.movie, show.screen, show.screen.theater

    assert node(api, movie) == {"__typename": "Movie", "id": global_id(movie), "title": movie.title}
    assert node(api, theater) == {"__typename": "Theater", "id": global_id(theater), "name": theater.name}
    assert node(api, screen) == {
        "__typename": "Screen",
        "id": global_id(screen),
        "name": screen.name,
        "theater": {"name": theater.name},
    }
    assert node(api, show) == {
        "__typename": "Show",
        "id": global_id(show),
        "movie": {"title": movie.title},
        "seatsAvailable": 21,
    }


def test_buyers_see_their_booking_and_its_tickets(api: Api, show: Show, buyer: User) -> None:
    booking = situations.a_booking("B1", show=show, by=buyer)
    ticket = booking.tickets.get()
    viewer = api.logged_in_as(buyer)

    assert node(viewer, booking) == {
        "__typename": "Booking",
        "id": global_id(booking),
        "reference": booking.reference,
        "tickets": [{"seat": "B1"}],
        "show": {"id": global_id(show)},
    }
    assert node(viewer, ticket) == {
        "__typename": "Ticket",
        "id": global_id(ticket),
        "seat": "B1",
        "category": "PREMIUM",
        "ticketStatus": "VALID",
        "price": {"amount": "15.50"},
    }


def test_another_users_booking_and_its_tickets_are_null(api: Api, show: Show) -> None:
    booking = situations.a_booking(show=show)

    for viewer in (
        api,
        api.logged_in_as(situations.a_user()),
        api.logged_in_as(situations.a_staff_member("change_show")),
    ):
        assert node(viewer, booking) is None
        assert node(viewer, booking.tickets.get()) is None


def test_staff_with_the_permission_see_every_booking(api: Api, show: Show) -> None:
    booking = situations.a_booking(show=show)
    staff = api.logged_in_as(situations.a_staff_member("view_booking"))

    assert node(staff, booking)["reference"] == booking.reference
    assert node(staff, booking.tickets.get())["seat"] == "A1"


def test_a_blocked_seat_has_no_ticket_node(api: Api, show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A1"])

    assert node(api, Ticket.objects.get()) is None
    assert node(api.logged_in_as(situations.a_staff_member("view_booking")), Ticket.objects.get()) is None


def test_users_see_themselves(api: Api, buyer: User) -> None:
    assert node(api.logged_in_as(buyer), buyer) == {
        "__typename": "User",
        "id": global_id(buyer),
        "username": buyer.username,
        "email": buyer.email,
    }


def test_other_users_are_null(api: Api, buyer: User) -> None:
    staff = situations.a_staff_member("view_user", "view_booking")

    for viewer in (api, api.logged_in_as(situations.a_user()), api.logged_in_as(staff)):
        assert node(viewer, buyer) is None


@pytest.mark.parametrize("kind", ["Movie", "Theater", "Screen", "Show", "Booking", "Ticket", "User"])
def test_a_nonexistent_node_is_null(api: Api, buyer: User, kind: str) -> None:
    assert api.logged_in_as(buyer)(NODE, id=to_base64(kind, 2**63 - 1)).data == {"node": None}


@pytest.mark.parametrize(
    "kind", ["Genre", "Seat", "Price", "RefreshToken", "Permission", "Query", "Money", "movie", ""]
)
def test_types_that_are_not_nodes_are_null(api: Api, kind: str) -> None:
    genre = Genre.objects.create(name="Drama")

    assert api(NODE, id=to_base64(kind, genre.pk)).data == {"node": None}


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "1",
        "garbage",
        "TW92aWU",
        "Movie:1",
        "\N{CLAPPER BOARD}",
        to_base64("Movie", ""),
        to_base64("Movie", "x"),
        to_base64("Movie", "-1"),
        to_base64("Movie", "1.0"),
        to_base64("Movie", " 1"),
        to_base64("Movie", "\N{ARABIC-INDIC DIGIT ONE}"),
        to_base64("Movie", "\N{SUPERSCRIPT ONE}"),
        to_base64("Movie", 2**63),
        to_base64("Movie", "9" * 5000),
        to_base64("Movie", "1 OR 1=1"),
    ],
    ids=lambda id_: repr(id_[:24]),
)
def test_a_malformed_id_is_refused(api: Api, id_: str) -> None:
    assert api(NODE, id=id_).code == "BAD_USER_INPUT"
