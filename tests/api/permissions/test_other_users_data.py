"""Data of other users is not accessible in any way, while the owner has access to it."""

from typing import Any

import pytest
from django.db.models import QuerySet

from cinema.accounts import sessions
from cinema.core.idempotency import IdempotencyKey
from cinema.models import Booking, Ticket, TicketEvent, User
from tests import situations
from tests.api.permissions.actors import create_viewer
from tests.api.permissions.calls import INPUTS, Arguments, call, send
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

OTHER_ACTORS = ["other", "staff", "lacking", "superuser"]
KEY = "5b0c1d1e-7f0a-4b6c-8f43-2f6a4f3c9d10"
WITH_KEYS = {name: INPUTS[name] for name in ("bookSeat", "holdSeats", "extendHold", "confirmBooking", "cancelBooking")}
OWN_DATA_CALLS: dict[str, Arguments] = {
    "logout": INPUTS["logout"],
    "logout everywhere": lambda world: {"everywhere": True},
    "changePassword": INPUTS["changePassword"],
    "requestEmailVerification": INPUTS["requestEmailVerification"],
    "bookSeat": INPUTS["bookSeat"],
    "holdSeats": INPUTS["holdSeats"],
    "holdSeats best": lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 3}}},
}


def owner_rows(world: World) -> dict[str, Any]:
    """Every stored row of the owner and of their data."""
    tables: dict[str, QuerySet[Any]] = {
        "user": User.objects.filter(pk=world.owner.pk),
        "groups": world.owner.groups.all(),
        "permissions": world.owner.user_permissions.all(),
        "sessions": world.owner.session_tokens.all(),
        "bookings": Booking.objects.filter(user=world.owner),
        "tickets": Ticket.objects.filter(booking__user=world.owner),
        "events": TicketEvent.objects.filter(ticket__booking__user=world.owner),
        "keys": IdempotencyKey.objects.filter(user=world.owner),
    }
    return {name: list(found.order_by("pk").values()) for name, found in tables.items()}


def test_the_owner_sees_all_their_data(api: Api, world: World) -> None:
    """Otherwise, tests that other users do not see it would prove nothing."""
    owner = create_viewer("owner", api, world).api

    shown = [world.secrets_in(str(call(owner, name, world).body)) for name in ("me", "myBookings", "booking", "node")]

    # `myBookings` returns two of the three bookings, and `booking` returns the third.
    assert set().union(*shown) == world.secrets()


def test_viewers_with_the_permission_see_bookings_in_timelines(api: Api, world: World) -> None:
    staff = create_viewer("allowed", api, world, permission="view_booking").api

    shown = world.secrets_in(str(call(staff, "seatTimeline", world).body))

    assert shown >= {world.booking.reference, global_id(world.booking), global_id(world.owner)}


@pytest.mark.parametrize("actor", ["allowed", "superuser"])
def test_my_bookings_are_those_of_the_viewer_whatever_their_permissions(api: Api, world: World, actor: str) -> None:
    viewer = create_viewer(actor, api, world)
    own = situations.a_booking("A8", show=world.show, by=viewer.user)

    response = send(viewer.api, "myBookings", {})

    assert [booking["reference"] for booking in response.data["myBookings"]["nodes"]] == [own.reference]
    assert response.data["myBookings"]["totalCount"] == 1
    assert world.secrets_in(str(response.body)) == set()


@pytest.mark.parametrize("actor", [*OTHER_ACTORS, "anonymous"])
def test_a_cursor_of_another_users_list_reveals_nothing(api: Api, world: World, actor: str) -> None:
    owner, other = (create_viewer(each, api, world).api for each in ("owner", actor))
    document = "query ($after: String) { myBookings(first: 1, after: $after) { totalCount edges { cursor } } }"
    cursor = owner(document).data["myBookings"]["edges"][0]["cursor"]

    response = other(document, after=cursor)

    if actor == "anonymous":
        assert response.code == "UNAUTHENTICATED"
    else:
        assert response.data == {"myBookings": {"totalCount": 0, "edges": []}}


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{:.4}-{:.4}"])
@pytest.mark.parametrize("actor", ["other", "lacking"])
def test_a_reference_reveals_nothing_to_other_users_in_any_spelling(
    api: Api, world: World, actor: str, spelling: str
) -> None:
    reference = world.booking.reference
    written = spelling.format(reference, reference[4:]).lower()
    document = "query ($reference: String!) { booking(reference: $reference) { id } }"
    owner, other = (create_viewer(each, api, world, permission="view_booking").api for each in ("owner", actor))

    assert owner(document, reference=written).data == {"booking": {"id": global_id(world.booking)}}
    assert other(document, reference=written).data == {"booking": None}


@pytest.mark.parametrize("actor", OTHER_ACTORS)
@pytest.mark.parametrize("name", ["extendHold", "confirmBooking", "cancelBooking"])
@pytest.mark.parametrize("state", ["booking", "hold", "released"])
def test_another_users_booking_cannot_be_changed_in_any_state(
    api: Api, world: World, name: str, state: str, actor: str
) -> None:
    other = create_viewer(actor, api, world).api
    nonexistent = send(other, name, {"bookingId": global_id(world.nonexistent().booking)})

    with nothing_changes():
        response = send(other, name, {"bookingId": global_id(getattr(world, state))})

    assert response.code == "NOT_FOUND"
    assert response.body == nonexistent.body


@pytest.mark.parametrize("actor", ["other", "superuser"])
@pytest.mark.parametrize("name", WITH_KEYS)
def test_another_users_idempotency_key_reveals_nothing(api: Api, world: World, name: str, actor: str) -> None:
    arguments = WITH_KEYS[name](world) | {"idempotencyKey": KEY}
    first = send(create_viewer("owner", api, world).api, name, arguments)
    assert first.data[name]["__typename"] == "Booking"
    other = create_viewer(actor, api, world).api
    before = owner_rows(world)

    with nothing_changes():
        response = send(other, name, arguments)

    # The response is the same as without a key.
    assert response.body == send(other, name, WITH_KEYS[name](world)).body
    assert "SeatsTaken" in str(response.body) if name in {"bookSeat", "holdSeats"} else response.code == "NOT_FOUND"
    assert owner_rows(world) == before


@pytest.mark.parametrize("actor", OTHER_ACTORS)
@pytest.mark.parametrize("call_name", OWN_DATA_CALLS)
def test_calls_for_ones_own_data_do_not_change_other_users(api: Api, world: World, call_name: str, actor: str) -> None:
    name, arguments = call_name.split(maxsplit=1)[0], OWN_DATA_CALLS[call_name](world)
    other = create_viewer(actor, api, world).api
    before = owner_rows(world)

    response = send(other, name, arguments)

    assert response.data[name]["__typename"] in {"LoggedOut", "Session", "MailOnItsWay", "Booking"}
    assert owner_rows(world) == before


def test_a_refresh_token_ends_only_its_own_session(api: Api, world: World) -> None:
    other = situations.a_user()
    token = sessions.login(name=other.username, password=PASSWORD, address="127.0.0.1").refresh_token
    owner = create_viewer("owner", api, world).api
    before = owner_rows(world)

    response = send(owner, "logout", {"refreshToken": token, "everywhere": True})

    assert response.data["logout"] == {"__typename": "LoggedOut", "everywhere": True}
    assert not other.session_tokens.filter(revoked=None).exists()
    assert owner_rows(world) == before
