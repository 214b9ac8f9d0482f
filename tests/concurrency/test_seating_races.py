"""Staff move a customer to another seat while the customer cancels, or while others buy the seat.

The control comes first: without the locks, the race is lost.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from cinema.booking import bookings, promises, seating, seats
from cinema.booking import locks as buyers
from cinema.booking.errors import SeatsNotBooked, SeatsTaken
from cinema.catalog import locks
from cinema.models import Booking, Show, Ticket
from tests import situations
from tests.concurrency.racing import lost_only_in_read_committed, many_writers, race, run_on_another_connection
from tests.concurrency.staff import ROUNDS

pytestmark = pytest.mark.django_db(transaction=True)


def moving(booking: Booking, label: str) -> Callable[[], list[Ticket]]:
    ids = list(booking.tickets.values_list("pk", flat=True))
    manager = situations.a_staff_member("change_booking")
    return partial(seating.move, show_id=booking.show_id, ticket_ids=ids, labels=[label], by=manager)


def seats_sold(show: Show) -> dict[str, Booking | None]:
    live = Ticket.objects.live().filter(show=show).select_related("seat", "booking")
    return {ticket.seat.label: ticket.booking for ticket in live}


@lost_only_in_read_committed
@many_writers
def test_without_the_locks_a_cancelled_booking_gets_a_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    show = situations.a_show(rows=["SS"])
    booking = situations.a_booking("A1", show=show)
    move = seats.move

    def cancel_and_move(*args: Any, **kwargs: Any) -> Any:
        run_on_another_connection(partial(bookings.cancel, booking_id=booking.pk, by=booking.user))
        return move(*args, **kwargs)

    monkeypatch.setattr(locks, "show", lambda pk: Show.objects.get(pk=pk))
    monkeypatch.setattr(buyers, "bookings", lambda pks: list(Booking.objects.filter(pk__in=pks)))
    monkeypatch.setattr(seats, "move", cancel_and_move)

    moving(booking, "A2")()

    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    assert seats_sold(show) == {"A2": booking}
    assert promises.violations() != []


def test_booking_is_moved_or_cancelled_and_its_seat_has_one_owner() -> None:
    for _ in range(ROUNDS):
        show = situations.a_show(rows=["SS"])
        booking = situations.a_booking("A1", show=show)
        other = partial(bookings.book, show_id=show.pk, labels=["A2"], by=situations.a_user())
        cancel = partial(bookings.cancel, booking_id=booking.pk, by=booking.user)

        moved, cancelled, sold = race(moving(booking, "A2"), cancel, other)

        assert isinstance(cancelled, Booking)
        assert isinstance(moved, list | SeatsNotBooked | SeatsTaken)
        if isinstance(sold, Booking):
            assert seats_sold(show) == {"A2": sold}
        else:
            assert isinstance(sold, SeatsTaken)
            assert seats_sold(show) == {}
    assert promises.violations() == []
