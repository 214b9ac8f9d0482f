"""What there is to ask for, to change and to refuse: all of it of one owner, or of the program."""

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

# Of things that are not there.
NO_KEY = 2**62
NO_REFERENCE = "22222222"


@dataclass(frozen=True)
class World:
    """The owner has a booking of A1, a hold of A4 and one of A5 that was given up; A3 is blocked; A2 and more are free.

    There is a show four days from now on the same screen; the one that is `over` was there too. Nobody shows the
    movie `unseen`.
    """

    owner: User
    session: sessions.Session
    booking: Booking
    ticket: Ticket
    hold: Booking
    given_up: Booking
    block: Ticket
    show: Show
    over: Show
    screen: Screen
    theater: Theater
    movie: Movie
    unseen: Movie

    def without_a_thing(self) -> "World":
        """The same, for the same people, with nothing that is really there."""
        return replace(
            self,
            booking=Booking(pk=NO_KEY, reference=NO_REFERENCE),
            ticket=Ticket(pk=NO_KEY),
            hold=Booking(pk=NO_KEY),
            block=Ticket(pk=NO_KEY),
            show=Show(pk=NO_KEY),
            screen=Screen(pk=NO_KEY),
            theater=Theater(pk=NO_KEY),
            movie=Movie(pk=NO_KEY),
            unseen=Movie(pk=NO_KEY),
        )

    def secrets(self) -> set[str]:
        """What tells of the owner, or of what is theirs, wherever it appears."""
        theirs = list(Booking.objects.filter(user=self.owner))
        things: list[Any] = [self.owner, *theirs, *Ticket.objects.filter(booking__in=theirs)]
        named = {booking.reference for booking in theirs} | {self.owner.username, self.owner.email}
        return named | {global_id(thing) for thing in things}

    def secrets_in(self, text: str) -> set[str]:
        return {secret for secret in self.secrets() if secret in text}


def a_world() -> World:
    owner = situations.a_user("ophelia")
    screen, movie = situations.a_screen(["SSSSSSSS"]), situations.a_movie()
    show, _, over = (
        situations.a_show(
            screen=screen,
            movie=movie,
            starts_at=situations.in_hours(hours),
            prices={SeatCategory.STANDARD: Decimal(10)},
        )
        for hours in (24, 96, 192)
    )
    booking = situations.a_booking("A1", show=show, by=owner)
    given_up = situations.a_hold("A5", show=show, by=owner)
    blocks.block(show_id=show.pk, labels=["A3"])
    return World(
        owner=owner,
        session=sessions.login(name=owner.username, password=PASSWORD, address="127.0.0.1"),
        booking=booking,
        ticket=booking.tickets.get(),
        hold=situations.a_hold("A4", show=show, by=owner),
        given_up=bookings.cancel(booking_id=given_up.pk, by=owner),
        block=Ticket.objects.blocks().get(),
        show=show,
        over=situations.start_show(over, hours_ago=5),
        screen=screen,
        theater=screen.theater,
        movie=movie,
        unseen=situations.a_movie(),
    )
