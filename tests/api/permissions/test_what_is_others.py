"""What is somebody else's, through every door; and that the owner gets through them."""

from typing import Any

import pytest
from django.db.models import QuerySet

from cinema.accounts import sessions
from cinema.core.idempotency import IdempotencyKey
from cinema.models import Booking, Ticket, TicketEvent, User
from tests import situations
from tests.api.permissions.actors import viewer
from tests.api.permissions.calls import INPUTS, Given, ask, call
from tests.api.permissions.world import World
from tests.conftest import Api, global_id
from tests.situations import PASSWORD
from tests.stored import nothing_changes

STRANGERS = ["other", "staff", "almost", "superuser"]
KEY = "5b0c1d1e-7f0a-4b6c-8f43-2f6a4f3c9d10"
WITH_KEYS = {name: INPUTS[name] for name in ("bookSeat", "holdSeats", "extendHold", "confirmBooking", "cancelBooking")}
FOR_ONESELF: dict[str, Given] = {
    "logout": INPUTS["logout"],
    "logout everywhere": lambda world: {"everywhere": True},
    "changePassword": INPUTS["changePassword"],
    "requestEmailVerification": INPUTS["requestEmailVerification"],
    "bookSeat": INPUTS["bookSeat"],
    "holdSeats": INPUTS["holdSeats"],
    "holdSeats best": lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 3}}},
}


def what_is_the_owners(world: World) -> dict[str, Any]:
    """All that is stored of the owner and of what is theirs."""
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


def test_the_owner_is_shown_all_that_is_theirs(api: Api, world: World) -> None:
    """Else nothing would be proved by strangers not being shown it."""
    owner = viewer("owner", api, world).api

    shown = [world.secrets_in(str(call(owner, name, world).body)) for name in ("me", "myBookings", "booking", "node")]

    # `first: 2` of three bookings, and the one that was asked for.
    assert set().union(*shown) == world.secrets()


def test_who_may_see_bookings_is_shown_them_through_timelines(api: Api, world: World) -> None:
    clerk = viewer("clerk", api, world, permission="view_booking").api

    shown = world.secrets_in(str(call(clerk, "seatTimeline", world).body))

    assert shown >= {world.booking.reference, global_id(world.booking), global_id(world.owner)}


@pytest.mark.parametrize("actor", ["clerk", "superuser"])
def test_ones_own_bookings_are_nobody_elses_whoever_asks(api: Api, world: World, actor: str) -> None:
    who = viewer(actor, api, world)
    own = situations.a_booking("A8", show=world.show, by=who.user)

    answer = ask(who.api, "myBookings", {})

    assert [booking["reference"] for booking in answer.data["myBookings"]["nodes"]] == [own.reference]
    assert answer.data["myBookings"]["totalCount"] == 1
    assert world.secrets_in(str(answer.body)) == set()


@pytest.mark.parametrize("actor", [*STRANGERS, "anonymous"])
def test_a_cursor_of_somebody_elses_list_opens_nothing(api: Api, world: World, actor: str) -> None:
    owner, stranger = (viewer(each, api, world).api for each in ("owner", actor))
    document = "query ($after: String) { myBookings(first: 1, after: $after) { totalCount edges { cursor } } }"
    cursor = owner(document).data["myBookings"]["edges"][0]["cursor"]

    answer = stranger(document, after=cursor)

    if actor == "anonymous":
        assert answer.code == "UNAUTHENTICATED"
    else:
        assert answer.data == {"myBookings": {"totalCount": 0, "edges": []}}


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:.4}-{:.4}"])
@pytest.mark.parametrize("actor", ["other", "almost"])
def test_a_reference_opens_nothing_to_a_stranger_however_it_is_typed(
    api: Api, world: World, actor: str, typed: str
) -> None:
    reference = world.booking.reference
    written = typed.format(reference, reference[4:]).lower()
    document = "query ($reference: String!) { booking(reference: $reference) { id } }"
    owner, stranger = (viewer(each, api, world, permission="view_booking").api for each in ("owner", actor))

    assert owner(document, reference=written).data == {"booking": {"id": global_id(world.booking)}}
    assert stranger(document, reference=written).data == {"booking": None}


@pytest.mark.parametrize("actor", STRANGERS)
@pytest.mark.parametrize("name", ["extendHold", "confirmBooking", "cancelBooking"])
@pytest.mark.parametrize("whose", ["booking", "hold", "given_up"])
def test_somebody_elses_booking_is_not_touched_whatever_its_state(
    api: Api, world: World, name: str, whose: str, actor: str
) -> None:
    stranger = viewer(actor, api, world).api
    nothing_there = ask(stranger, name, {"bookingId": global_id(world.without_a_thing().booking)})

    with nothing_changes():
        answer = ask(stranger, name, {"bookingId": global_id(getattr(world, whose))})

    assert answer.code == "NOT_FOUND"
    assert answer.body == nothing_there.body


@pytest.mark.parametrize("actor", ["other", "superuser"])
@pytest.mark.parametrize("name", WITH_KEYS)
def test_somebody_elses_idempotency_key_answers_nothing_of_theirs(
    api: Api, world: World, name: str, actor: str
) -> None:
    given = WITH_KEYS[name](world) | {"idempotencyKey": KEY}
    first = ask(viewer("owner", api, world).api, name, given)
    assert first.data[name]["__typename"] == "Booking"
    stranger = viewer(actor, api, world).api
    before = what_is_the_owners(world)

    with nothing_changes():
        answer = ask(stranger, name, given)

    # Just what they would be told without a key.
    assert answer.body == ask(stranger, name, WITH_KEYS[name](world)).body
    assert "SeatsTaken" in str(answer.body) if name in {"bookSeat", "holdSeats"} else answer.code == "NOT_FOUND"
    assert what_is_the_owners(world) == before


@pytest.mark.parametrize("actor", STRANGERS)
@pytest.mark.parametrize("what", FOR_ONESELF)
def test_what_one_does_for_oneself_leaves_others_alone(api: Api, world: World, what: str, actor: str) -> None:
    name, given = what.split(maxsplit=1)[0], FOR_ONESELF[what](world)
    stranger = viewer(actor, api, world).api
    before = what_is_the_owners(world)

    answer = ask(stranger, name, given)

    assert answer.data[name]["__typename"] in {"LoggedOut", "Session", "MailOnItsWay", "Booking"}
    assert what_is_the_owners(world) == before


def test_a_refresh_token_ends_only_its_own_session(api: Api, world: World) -> None:
    other = situations.a_user()
    token = sessions.login(name=other.username, password=PASSWORD, address="127.0.0.1").refresh_token
    owner = viewer("owner", api, world).api
    before = what_is_the_owners(world)

    answer = ask(owner, "logout", {"refreshToken": token, "everywhere": True})

    assert answer.data["logout"] == {"__typename": "LoggedOut", "everywhere": True}
    assert not other.session_tokens.filter(revoked=None).exists()
    assert what_is_the_owners(world) == before
