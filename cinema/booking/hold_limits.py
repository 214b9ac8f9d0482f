"""Limits of holds, against clients that hold seats they do not buy. Direct bookings do not have these limits.

Each limit is checked under the lock of what it counts: the user, and the network address of the client.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.crypto import salted_hmac

from cinema.accounts.models import User
from cinema.booking.errors import AddressLimitReached, HeldSeatLimitReached, SeatsReleasedRepeatedly
from cinema.booking.models import Booking, HoldOrigin
from cinema.booking.quotes import Quote
from cinema.booking.rules import rules
from cinema.booking.sql import HOLD_USAGE
from cinema.core import clock, purging, sql
from cinema.runtime.client_addresses import client_key


@dataclass(frozen=True)
class Usage:
    """What counts against the limits of holds."""

    held_by_user: int
    held_from_client: int
    # How long the user cannot hold these seats of the show, by their keys.
    pauses: Mapping[int, timedelta]


def hashed_client(address: str | None) -> str | None:
    """A keyed hash of the client at a network address. None without an address, for holds that no client makes."""
    if address is None:
        return None
    return salted_hmac("cinema.booking.hold_limits", client_key(address), algorithm="sha256").hexdigest()


def terms(user: User, client: str | None) -> dict[str, Any]:
    """The parameters of `HOLD` for these limits."""
    return {
        "client": client,
        "client_limit": rules().held_seats_per_address,
        "held_limit": _held_seat_limit(user),
        "release_limit": rules().hold_releases_per_seat,
        "release_period": rules().hold_release_period,
    }


def read(quote: Quote, *, client: str | None) -> Usage:
    """Read what the limits depend on, in one statement. The user, the client and the show must be locked."""
    parameters = {"user": quote.by.pk, "show": quote.show.pk, "client": client}
    rows = sql.fetch(HOLD_USAGE, parameters, [None, None, None, sql.TIME])
    held_by_user, held_from_client, *_ = rows[0]
    left: dict[int, list[timedelta]] = {}
    for _, _, seat_id, ended_at in rows:
        if ended_at is not None and ended_at + rules().hold_release_period > quote.now:
            left.setdefault(seat_id, []).append(ended_at + rules().hold_release_period - quote.now)
    limit = rules().hold_releases_per_seat
    return Usage(
        held_by_user,
        held_from_client,
        pauses={seat_id: sorted(pauses)[-limit] for seat_id, pauses in left.items() if len(pauses) >= limit},
    )


def check(usage: Usage, *, count: int, by: User, client: str | None) -> None:
    """Raises `AddressLimitReached`, `HeldSeatLimitReached` if `count` more seats cannot be held."""
    limit = rules().held_seats_per_address
    if client is not None and usage.held_from_client + count > limit:
        raise AddressLimitReached(limit=limit, already_taken=usage.held_from_client)
    limit_of_user = _held_seat_limit(by)
    if limit_of_user is not None and usage.held_by_user + count > limit_of_user:
        raise HeldSeatLimitReached(limit=limit_of_user, already_taken=usage.held_by_user)


def check_not_released(usage: Usage, quote: Quote) -> None:
    """Raises `SeatsReleasedRepeatedly` for seats of the quote that the user cannot hold again yet."""
    refused = [seat for seat in quote.seats if seat.pk in usage.pauses]
    if refused:
        pause = max(usage.pauses[seat.pk] for seat in refused)
        raise SeatsReleasedRepeatedly(math.ceil(pause.total_seconds()), [seat.label for seat in refused])


def store_client(hold: Booking, client: str | None) -> None:
    """Store from which client a new hold came."""
    if client is not None:
        HoldOrigin.objects.create(booking=hold, client=client)


def purge(*, at_most: int) -> int:
    """Delete at most `at_most` clients of holds that have ended. Returns the number deleted."""
    ended = HoldOrigin.objects.filter(created_at__lte=clock.Now() - rules().hold_lifetime_at_most)
    return purging.purge(ended, at_most=at_most)


def _held_seat_limit(user: User) -> int | None:
    return None if user.email_verified else rules().held_seats_per_unverified_user
