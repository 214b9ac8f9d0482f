"""The data of the permission tests. It belongs to one owner, or is public."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cinema.accounts import sessions
from cinema.booking import blocks, bookings
from cinema.catalog.layouts import SeatCategory
from cinema.models import Booking, Movie, Screen, Show, Theater, Ticket, User
from tests import situations
from tests.conftest import global_id
from tests.situations import PASSWORD

# A key and a reference that no object has.
UNUSED_KEY = 2**62
UNUSED_REFERENCE = "22222222"


@dataclass(frozen=True)
class World:
    """The owner has a booking of A1, a hold of A4 and a released hold of A5. A3 is blocked. The other seats are free.

    The screen has another show in four days, and had `ended_show`. The movie `unscheduled_movie` has no shows.
    """

    owner: User
    session: sessions.Session
    booking: Booking
    ticket: Ticket
    hold: Booking
    released: Booking
    block: Ticket
    show: Show
    ended_show: Show
    screen: Screen
    theater: Theater
    movie: Movie
    unscheduled_movie: Movie

    def nonexistent(self) -> "World":
        """The same world, except that its bookings, tickets, shows, screens, theaters and movies do not exist."""
        return replace(
            self,
            booking=Booking(pk=UNUSED_KEY, reference=UNUSED_REFERENCE),
            ticket=Ticket(pk=UNUSED_KEY),
            hold=Booking(pk=UNUSED_KEY),
            block=Ticket(pk=UNUSED_KEY),
            show=Show(pk=UNUSED_KEY),
            screen=Screen(pk=UNUSED_KEY),
            theater=Theater(pk=UNUSED_KEY),
            movie=Movie(pk=UNUSED_KEY),
            unscheduled_movie=Movie(pk=UNUSED_KEY),
        )

    def secrets(self) -> set[str]:
        """The strings that identify the owner or their data."""
        bookings = list(Booking.objects.filter(user=self.owner))
        instances: list[Any] = [self.owner, *bookings, *Ticket.objects.filter(booking__in=bookings)]
        named = {booking.reference for booking in bookings} | {self.owner.username, self.owner.email}
        return named | {global_id(instance) for instance in instances}

    def secrets_in(self, text: str) -> set[str]:
        """The secrets in the text. The ID of booking 11 starts with the ID of booking 1, but does not contain it."""
        return {secret for secret in self.secrets() if re.search(rf"{re.escape(secret)}(?![A-Za-z0-9])", text)}


def a_world() -> World:
    owner = situations.a_user("ophelia")
    screen, movie = situations.a_screen(["SSSSSSSS"]), situations.a_movie(genres=["Drama"])
    show, _, later_show = (
        situations.a_show(
            screen=screen,
            movie=movie,
            starts_at=situations.in_hours(hours),
            prices={SeatCategory.STANDARD: Decimal(10)},
        )
        for hours in (24, 96, 192)
    )
    booking = situations.a_booking("A1", show=show, by=owner)
    released = situations.a_hold("A5", show=show, by=owner)
    blocks.block(show_id=show.pk, labels=["A3"])
    return World(
        owner=owner,
        session=sessions.login(name=owner.username, password=PASSWORD, address="127.0.0.1"),
        booking=booking,
        ticket=booking.tickets.get(),
        hold=situations.a_hold("A4", show=show, by=owner),
        released=bookings.cancel(booking_id=released.pk, by=owner),
        block=Ticket.objects.blocks().get(),
        show=show,
        ended_show=situations.start_show(later_show, hours_ago=5),
        screen=screen,
        theater=screen.theater,
        movie=movie,
        unscheduled_movie=situations.a_movie(),
    )
