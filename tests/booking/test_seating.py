"""Staff cancel seats of customers, and move customers to other seats."""

from decimal import Decimal

import pytest

from cinema.booking import blocks, bookings, promises, seating
from cinema.booking.errors import SeatsNotBooked, SeatsTaken, UnknownSeats
from cinema.core import clock
from cinema.core.errors import InvalidInput, NotFound
from cinema.models import Booking, Show, Ticket, TicketEvent, User
from tests import situations
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(db: None) -> User:
    return situations.a_staff_member("change_booking")


def ids(booking: Booking, *labels: str) -> list[int]:
    found = booking.tickets.filter(seat__label__in=labels) if labels else booking.tickets
    return list(found.order_by("pk").values_list("pk", flat=True))


def seats_of(booking: Booking) -> dict[str, tuple[str, Decimal]]:
    """The status and price of each ticket, by the label of its seat."""
    tickets = booking.tickets.select_related("seat")
    return {ticket.seat.label: (ticket.status_at(clock.now()), ticket.cost().amount) for ticket in tickets}


def events(show: Show, label: str) -> list[tuple[str, User | None]]:
    found = TicketEvent.objects.filter(ticket__show=show, ticket__seat__label=label).select_related("by")
    return [(event.kind, event.by) for event in found.order_by("pk")]


def no_promise_is_broken() -> bool:
    return promises.violations() == []


def test_moved_customer_keeps_the_booking_and_the_prices(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", "B1", show=show)

    moved = seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=["B3", "a2"], by=manager)

    assert sorted(ticket.seat.label for ticket in moved) == ["A2", "B3"]
    ten, fifteen, nothing = Decimal("10.00"), Decimal("15.50"), Decimal(0)
    assert seats_of(booking) == {
        "A1": ("CANCELLED", nothing),
        "A2": ("VALID", ten),
        "B1": ("CANCELLED", nothing),
        "B3": ("VALID", fifteen),
    }
    booking.refresh_from_db()
    assert (booking.status, booking.total) == ("CONFIRMED", Decimal("25.50"))
    assert booking.agreed_price(booking.tickets.all()).amount == Decimal("25.50")
    assert events(show, "A1") == [("CONFIRMED", booking.user), ("MOVED_OUT", manager)]
    assert events(show, "B3") == [("MOVED_IN", manager)]
    assert situations.a_booking("A1", "B1", show=show).status == "CONFIRMED"
    assert no_promise_is_broken()


def test_seats_of_several_bookings_move_in_plan_order_at_their_own_prices(show: Show, manager: User) -> None:
    ann, ben = situations.a_booking("A1", show=show), situations.a_booking("B1", show=show)

    seating.move(show_id=show.pk, ticket_ids=[*ids(ben), *ids(ann)], labels=["C5", "C4"], by=manager)

    assert seats_of(ann)["C4"] == ("VALID", Decimal("10.00"))
    assert seats_of(ben)["C5"] == ("VALID", Decimal("15.50"))
    assert no_promise_is_broken()


def test_customer_keeps_a_seat_that_is_chosen_again(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    kept = ids(booking, "A2")

    seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=["A2", "A3"], by=manager)

    assert {label for label, (status, _) in seats_of(booking).items() if status == "VALID"} == {"A2", "A3"}
    assert ids(booking, "A2") == kept


def test_expired_hold_makes_way_and_can_be_moved_onto(show: Show, manager: User) -> None:
    situations.a_hold("A3", show=show, minutes_left=-1)
    booking = situations.a_booking("A1", show=show)

    seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=["A3"], by=manager)

    assert seats_of(booking)["A3"][0] == "VALID"


def test_taken_blocked_unknown_and_too_few_seats_are_refused(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    situations.a_booking("B1", show=show)
    situations.a_hold("B2", show=show)
    blocks.block(show_id=show.pk, labels=["B3"])
    for labels, taken in ((["B1", "B4"], ["B1"]), (["B2", "B3"], ["B2", "B3"])):
        with nothing_changes(), pytest.raises(SeatsTaken) as refusal:
            seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=labels, by=manager)
        assert refusal.value.seats == taken
    with nothing_changes(), pytest.raises(UnknownSeats):
        seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=["A3", "Q1"], by=manager)
    with nothing_changes(), pytest.raises(InvalidInput) as mismatch:
        seating.move(show_id=show.pk, ticket_ids=ids(booking), labels=["A3", "a3"], by=manager)
    assert str(mismatch.value) == "Choose 2 seats, one for each seat that you move."


def test_only_valid_tickets_of_the_show_move(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user, labels=["A1"])
    hold = situations.a_hold("A5", show=show)
    elsewhere = situations.a_booking("A1")
    for tickets, labels in ((ids(booking), ["A1"]), (ids(hold), ["A5"]), (ids(elsewhere), []), ([], [])):
        with nothing_changes(), pytest.raises(SeatsNotBooked) as refusal:
            seating.move(show_id=show.pk, ticket_ids=tickets, labels=["A7"], by=manager)
        assert refusal.value.seats == labels
    with nothing_changes(), pytest.raises(NotFound):
        seating.move(show_id=10**9, ticket_ids=ids(booking), labels=["A7"], by=manager)


def test_staff_cancel_booked_and_held_seats_even_after_the_deadline(manager: User) -> None:
    show = situations.a_show(starts_at=situations.in_hours(0.2))
    part, whole = situations.a_booking("A1", "A2", show=show), situations.a_booking("A3", show=show)
    hold = situations.a_hold("A4", show=show)

    changed = seating.cancel(show_id=show.pk, ticket_ids=[*ids(part, "A1"), *ids(whole), *ids(hold)], by=manager)

    assert {booking.pk for booking in changed} == {part.pk, whole.pk, hold.pk}
    states = [(b.status, b.total) for b in Booking.objects.order_by("pk")]
    assert states == [("CONFIRMED", Decimal(10)), ("CANCELLED", Decimal(0)), ("CANCELLED", Decimal(0))]
    assert events(show, "A1") == [("CONFIRMED", part.user), ("CANCELLED", manager)]
    assert [ticket.seat.label for ticket in seating.live_tickets(show)] == ["A2"]
    assert no_promise_is_broken()


def test_cancelling_twice_or_in_vain_changes_nothing(show: Show, manager: User) -> None:
    booking = situations.a_booking("A1", show=show)
    tickets = ids(booking)
    seating.cancel(show_id=show.pk, ticket_ids=tickets, by=manager)
    situations.a_booking("A1", show=show)
    blocks.block(show_id=show.pk, labels=["A2"])
    block = Ticket.objects.blocks().get().pk
    with nothing_changes():
        assert seating.cancel(show_id=show.pk, ticket_ids=[*tickets, block, 10**9], by=manager) == []
