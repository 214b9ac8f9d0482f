"""Whatever becomes of a seat is told to whoever looks for changes since a moment before it, and nothing else is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from cinema.booking import blocks, bookings, holds, seat_maps
from cinema.booking.models import TicketQuerySet
from cinema.booking.seats import BestAvailable
from cinema.booking.status import SeatStatus
from cinema.catalog import scheduling, theaters
from cinema.core import clock
from cinema.core.errors import NotFound
from cinema.models import Booking, Seat, Show, Ticket, User
from tests import situations

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AVAILABLE, HELD, BOOKED, BLOCKED = SeatStatus.AVAILABLE, SeatStatus.HELD, SeatStatus.BOOKED, SeatStatus.BLOCKED

Told = dict[str, tuple[SeatStatus, int | None]]


def now_that_all_is_long_ago() -> datetime:
    """The cursor of a map that is read now; whatever was written before is older than any margin."""
    Ticket.objects.update(changed_at=LONG_AGO)
    return clock.now()


def told(show: Show, since: datetime) -> Told:
    """Status and owner of each seat that is told of. It is what the whole map says as well."""
    seats = seat_maps.changes(show.pk, since=since).seats
    whole = {seat.label: seat for row in seat_maps.of(Show.objects.get(pk=show.pk)).rows for seat in row.seats}
    assert [whole[seat.label] for seat in seats] == seats
    return {seat.label: (seat.status, seat.owner_id) for seat in seats}


def told_after(act: Callable[[], object], *, show: Show) -> Told:
    since = now_that_all_is_long_ago()
    act()
    return told(show, since)


# ---------------------------------------------------------------------- every way a seat changes


def test_a_hold(show: Show, buyer: User) -> None:
    situations.a_booking("A8", show=show)

    found = told_after(lambda: holds.acquire(show_id=show.pk, wanted=["A2", "A1"], by=buyer), show=show)

    assert found == {"A1": (HELD, buyer.pk), "A2": (HELD, buyer.pk)}


def test_the_best_available(show: Show, buyer: User) -> None:
    chosen: list[Booking] = []

    found = told_after(
        lambda: chosen.append(holds.acquire(show_id=show.pk, wanted=BestAvailable(3), by=buyer)), show=show
    )

    assert found == {ticket.seat.label: (HELD, buyer.pk) for ticket in chosen[0].tickets.all()}


def test_a_booking_at_once(show: Show, buyer: User) -> None:
    assert told_after(lambda: bookings.book(show_id=show.pk, labels=["A1"], by=buyer), show=show) == {
        "A1": (BOOKED, buyer.pk)
    }


def test_a_hold_that_is_confirmed(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)

    assert told_after(lambda: bookings.confirm(booking_id=hold.pk, by=buyer), show=show) == {
        "A1": (BOOKED, buyer.pk),
        "A2": (BOOKED, buyer.pk),
    }


def test_an_expired_hold_and_is_confirmed_nevertheless(show: Show, buyer: User) -> None:
    hold = situations.expire_hold(holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer))

    assert told_after(lambda: bookings.confirm(booking_id=hold.pk, by=buyer), show=show) == {"A1": (BOOKED, buyer.pk)}


def test_a_hold_that_is_kept_for_longer_may_be_told_of(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    assert told_after(lambda: holds.extend(booking_id=hold.pk, by=buyer), show=show) == {"A1": (HELD, buyer.pk)}


def test_a_hold_that_is_released(show: Show, buyer: User) -> None:
    hold = holds.acquire(show_id=show.pk, wanted=["A1", "A2"], by=buyer)

    assert told_after(lambda: bookings.cancel(booking_id=hold.pk, by=buyer), show=show) == {
        "A1": (AVAILABLE, None),
        "A2": (AVAILABLE, None),
    }


def test_some_seats_of_a_booking_that_are_cancelled(show: Show, buyer: User) -> None:
    booking = situations.a_booking("A1", "A2", show=show, by=buyer)

    found = told_after(lambda: bookings.cancel(booking_id=booking.pk, by=buyer, labels=["A2"]), show=show)

    assert found == {"A2": (AVAILABLE, None)}


def test_seats_that_are_blocked_and_put_on_sale_again(show: Show) -> None:
    assert told_after(lambda: blocks.block(show_id=show.pk, labels=["A1", "A2"]), show=show) == {
        "A1": (BLOCKED, None),
        "A2": (BLOCKED, None),
    }
    assert told_after(lambda: blocks.unblock(show_id=show.pk, labels=["A1"]), show=show) == {"A1": (AVAILABLE, None)}


def test_a_seat_whose_hold_expired_and_that_somebody_takes_over(show: Show, buyer: User) -> None:
    situations.a_hold("A1", "A2", show=show, minutes_left=-5)

    found = told_after(lambda: bookings.book(show_id=show.pk, labels=["A1"], by=buyer), show=show)

    assert found == {"A1": (BOOKED, buyer.pk), "A2": (AVAILABLE, None)}


def test_expired_holds_and_that_are_written_down(show: Show) -> None:
    situations.a_hold("A1", show=show, minutes_left=-5)

    assert told_after(lambda: holds.release_expired(at_most=10), show=show) == {"A1": (AVAILABLE, None)}


def test_a_show_that_is_cancelled(show: Show) -> None:
    situations.a_booking("A1", show=show)
    situations.a_hold("A2", show=show)
    blocks.block(show_id=show.pk, labels=["A3"])
    situations.a_hold("A4", show=show, minutes_left=-5)

    found = told_after(lambda: scheduling.cancel(show_id=show.pk), show=show)

    assert found == dict.fromkeys(("A1", "A2", "A3", "A4"), (AVAILABLE, None))


def test_seats_that_have_gone_from_the_plan_are_told_of_no_more(show: Show) -> None:
    blocks.block(show_id=show.pk, labels=["A7", "A8"])
    rows = ["SSSS_SSS", "PPPP_PPPP", "WC____SSS"]

    assert told_after(lambda: theaters.change_screen(screen_id=show.screen_id, rows=rows), show=show) == {}


def test_of_a_show_that_moved_only_seats_of_where_it_is_now_are_told(show: Show) -> None:
    since = now_that_all_is_long_ago()
    blocks.block(show_id=show.pk, labels=["A1", "A2"])
    scheduling.reschedule(show_id=show.pk, screen_id=situations.a_screen(["SSPP", "WC"]).pk)
    assert told(show, since) == {}

    blocks.block(show_id=show.pk, labels=["A2"])

    assert told(show, since) == {"A2": (BLOCKED, None)}


def test_a_seat_that_several_had_is_told_of_once_as_it_is_now(show: Show, buyer: User) -> None:
    def act() -> None:
        for _ in range(3):
            booking = situations.a_booking("A1", show=show)
            bookings.cancel(booking_id=booking.pk, by=booking.user)
        holds.acquire(show_id=show.pk, wanted=["A1"], by=buyer)

    assert told_after(act, show=show) == {"A1": (HELD, buyer.pk)}


# ---------------------------------------------------------------------- the clock


def test_a_hold_that_runs_out_is_a_change_at_that_moment_though_nobody_noticed(show: Show) -> None:
    hold = situations.a_hold("A1", show=show)
    since = now_that_all_is_long_ago()
    assert told(show, since) == {}

    situations.expire_hold(hold, seconds_ago=0)
    now_that_all_is_long_ago()

    assert told(show, since) == {"A1": (AVAILABLE, None)}


def test_an_expired_hold_long_before_is_no_change(show: Show) -> None:
    situations.a_hold("A1", show=show, minutes_left=-5)

    assert told_after(lambda: None, show=show) == {}


def test_a_look_says_when_each_seat_changed_and_when_the_next_hold_runs_out(show: Show, buyer: User) -> None:
    over = situations.a_hold("A1", show=show)
    held = situations.a_hold("A2", show=show, minutes_left=3)
    situations.a_hold("A3", show=show, minutes_left=4)
    since = now_that_all_is_long_ago()
    situations.expire_hold(over, seconds_ago=0)
    Ticket.objects.filter(booking=over).update(changed_at=LONG_AGO)
    booking = situations.a_booking("A4", show=show)

    look = seat_maps.read_changes(show.pk, since=since)

    assert look.next_expiry == held.expires_at
    assert look.changed_at == {"A1": over.expires_at, "A4": booking.tickets.get().changed_at}


def test_of_two_tickets_for_a_seat_the_later_change_counts(show: Show) -> None:
    since = now_that_all_is_long_ago()
    first = situations.a_booking("A1", show=show)
    bookings.cancel(booking_id=first.pk, by=first.user)
    second = situations.a_booking("A1", show=show)
    tickets = Ticket.objects.filter(show=show)
    tickets.filter(booking=first).update(changed_at=since + timedelta(seconds=2))
    tickets.filter(booking=second).update(changed_at=since + timedelta(seconds=1))

    assert seat_maps.read_changes(show.pk, since=since).changed_at == {"A1": since + timedelta(seconds=2)}


@pytest.mark.parametrize("is_older", [True, False])
def test_a_seat_of_the_same_name_on_a_screen_that_the_show_has_left_does_not_count(*, is_older: bool) -> None:
    there, here = situations.a_screen(), situations.a_screen()
    there, here = (there, here) if is_older else (here, there)
    show = situations.a_show(screen=here)
    since = now_that_all_is_long_ago()
    blocks.block(show_id=show.pk, labels=["A1"])
    scheduling.reschedule(show_id=show.pk, screen_id=there.pk)
    blocks.block(show_id=show.pk, labels=["A1"])
    of_the_new_seat = Ticket.objects.get(show=show, seat__screen=there)
    Ticket.objects.exclude(pk=of_the_new_seat.pk).update(changed_at=since + timedelta(seconds=9))
    of_the_new_seat.refresh_from_db()

    assert seat_maps.read_changes(show.pk, since=since).changed_at == {"A1": of_the_new_seat.changed_at}


def test_who_asks_again_with_the_last_cursor_is_told_everything_in_the_end(show: Show, buyer: User) -> None:
    since = now_that_all_is_long_ago()
    situations.a_booking("A1", show=show)
    first = seat_maps.changes(show.pk, since=since)
    situations.a_booking("A2", show=show)
    second = seat_maps.changes(show.pk, since=first.read_at)

    assert since <= first.read_at <= second.read_at
    assert [seat.label for seat in first.seats] == ["A1"]
    # The first is as good as new: what was written just before a cursor is told again.
    assert [seat.label for seat in second.seats] == ["A1", "A2"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=300_000)])
def test_a_moment_to_come_is_as_now(show: Show, ahead: timedelta) -> None:
    since = now_that_all_is_long_ago() + ahead
    situations.a_booking("A1", show=show)

    assert list(told(show, since)) == ["A1"]


def test_since_long_ago_all_that_ever_changed_is_told(show: Show) -> None:
    booking = situations.a_booking("A1", show=show)
    bookings.cancel(booking_id=booking.pk, by=booking.user)
    situations.a_hold("A2", show=show, minutes_left=-10_000)
    situations.a_booking("A3", show=show)
    now_that_all_is_long_ago()

    assert {label: status for label, (status, _) in told(show, LONG_AGO - timedelta(days=7_000)).items()} == {
        "A1": AVAILABLE,
        "A2": AVAILABLE,
        "A3": BOOKED,
    }


def test_another_show_on_the_same_screen_is_another_house(show: Show) -> None:
    other = situations.a_show(screen=show.screen, starts_at=situations.in_hours(48))

    assert told_after(lambda: situations.a_booking("A1", show=other), show=show) == {}


def test_of_a_show_that_is_not_there_nothing_can_be_told(show: Show) -> None:
    with pytest.raises(NotFound):
        seat_maps.changes(10**9, since=LONG_AGO)


# ---------------------------------------------------------------------- who writes says when


def rewritten(write: Callable[[TicketQuerySet, Ticket], object], *, show: Show) -> datetime:
    """What the ticket says when it changed, after `write`."""
    ticket = situations.a_booking("A1", show=show).tickets.get()
    now_that_all_is_long_ago()
    ticket.refresh_from_db()
    write(Ticket.objects.filter(pk=ticket.pk), ticket)
    ticket.refresh_from_db()
    return ticket.changed_at


@pytest.mark.parametrize(
    "write",
    [
        lambda tickets, ticket: tickets.update(price=1),
        lambda tickets, ticket: ticket.booking.tickets.update(price=1),
        lambda tickets, ticket: ticket.seat.tickets.filter(show=ticket.show).update(price=1),
        lambda tickets, ticket: tickets.bulk_update([ticket], ["price"]),
        lambda tickets, ticket: ticket.save(),
        lambda tickets, ticket: ticket.save(update_fields=["price"]),
        lambda tickets, ticket: Ticket.objects.update_or_create(pk=ticket.pk, defaults={"price": 1}),
    ],
    ids=["update", "of a booking", "of a seat", "bulk_update", "save", "save a field", "update_or_create"],
)
def test_every_write_of_a_ticket_says_when(show: Show, write: Callable[[TicketQuerySet, Ticket], object]) -> None:
    before = clock.now()

    assert before <= rewritten(write, show=show) <= clock.now()


def test_what_has_not_been_seen_by_everybody_yet_is_recent(show: Show) -> None:
    other, unwatched = situations.a_show(), situations.a_show()
    situations.a_booking("A1", show=show)
    now_that_all_is_long_ago()
    one, another = (situations.a_booking("A2", show=each).tickets.get() for each in (show, other))
    situations.a_booking("A2", show=unwatched)

    assert seat_maps.recent_changes([show.pk, other.pk]) == {
        (show.pk, one.pk, one.changed_at),
        (other.pk, another.pk, another.changed_at),
    }


# ---------------------------------------------------------------------- what it costs


@pytest.mark.parametrize(("changed", "queries"), [(0, 4), (1, 7), (17, 7)])
def test_however_many_changed_it_takes_the_same_few_queries(
    show: Show, django_assert_num_queries: DjangoAssertNumQueries, changed: int, queries: int
) -> None:
    since = now_that_all_is_long_ago()
    for seat in list(Seat.objects.filter(screen=show.screen))[:changed]:
        situations.a_booking(seat.label, show=show)

    # show, clock, tickets that changed, next expiry; labels, prices, tickets, seats
    with django_assert_num_queries(queries):
        assert len(seat_maps.changes(show.pk, since=since).seats) == changed
