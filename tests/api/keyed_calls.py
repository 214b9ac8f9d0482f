"""A call of each mutation that takes an idempotency key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cinema.booking import holds
from cinema.models import Booking, Show, User
from tests import situations
from tests.conftest import Api, ApiResponse, global_id

KEY = "3f0c1f9e-1b7e-4b52-9d3a-5f6c7a8b9c0d"


@dataclass
class World:
    """A show, and bookings of the buyer that can be extended, confirmed and cancelled."""

    show: Show
    hold: Booking
    other_hold: Booking
    booking: Booking


def a_world(show: Show, buyer: User) -> World:
    return World(
        show,
        hold=holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=buyer),
        other_hold=holds.acquire(show_id=show.pk, wanted=["B4"], by=buyer),
        booking=situations.a_booking("C3", "C4", show=show, by=buyer),
    )


CALLS: dict[str, Callable[[World], dict[str, Any]]] = {
    "bookSeat": lambda world: {"showId": global_id(world.show), "seat": "A1"},
    "holdSeats": lambda world: {"showId": global_id(world.show), "selection": {"seats": ["A1", "A2"]}},
    "holdSeats best": lambda world: {"showId": global_id(world.show), "selection": {"bestAvailable": {"count": 2}}},
    "extendHold": lambda world: {"bookingId": global_id(world.hold)},
    "confirmBooking": lambda world: {"bookingId": global_id(world.hold)},
    "cancelBooking": lambda world: {"bookingId": global_id(world.booking)},
    "cancelBooking seats": lambda world: {"bookingId": global_id(world.booking), "seats": ["C3"]},
}
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


def send(api: Api, call: str, arguments: dict[str, Any], key: str | None = KEY) -> ApiResponse:
    name = call.partition(" ")[0]
    type_name = f"{name[0].upper()}{name[1:]}Input"
    document = f"""
        mutation ($input: {type_name}!) {{
          {name}(input: $input) {{
            __typename
            ... on Booking {{
              id status expiresAt confirmedAt cancelledAt total {{ amount }} tickets {{ seat status }}
            }}
            ... on Problem {{ message }}
          }}
        }}
    """
    return api(document, input=arguments if key is None else {**arguments, "idempotencyKey": key})


def result_of(api: Api, call: str, arguments: dict[str, Any], key: str | None = KEY) -> Any:
    (result,) = send(api, call, arguments, key).data.values()
    return result


def booking_with(global_id_: str) -> Booking:
    return next(booking for booking in Booking.objects.all() if global_id(booking) == global_id_)
