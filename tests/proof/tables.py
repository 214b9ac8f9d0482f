"""The tables against the answers, beside what the histories of the seats tell. Pure: rows in, complaints out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.proof.calls import BookingSeen, Call
from tests.proof.complaints import Complaint, Kind
from tests.proof.logical_calls import Story, stories
from tests.proof.rows import BookingRow, Rows
from tests.proof.rules import Rules


def complaints(calls: Sequence[Call], rows: Rows, *, makers: Mapping[int, Call], rules: Rules) -> Iterator[Complaint]:
    """Whatever was acknowledged and is not there, or is there and was asked for by nobody."""
    told = list(stories(calls))
    yield from _lost(told, rows)
    yield from _forgotten_keys(told, rows)
    explained = {story.booking for story in told} | makers.keys()
    for booking in rows.bookings.values():
        if booking.id not in explained:
            text = f"Nobody asked for booking {booking.id} of user {booking.user} for show {booking.show}"
            yield Complaint(Kind.UNASKED, text)
    yield from _owned_twice(rows)
    yield from _keys_twice(rows)
    yield from _inconsistent(rows, rules)


def _lost(told: Iterable[Story], rows: Rows) -> Iterator[Complaint]:
    tickets = rows.tickets_of()
    for story in told:
        if story.booking is None:
            continue
        row = rows.bookings.get(story.booking)
        if row is None:
            text = f"Booking {story.booking} was acknowledged to user {story.user} and is lost"
            yield Complaint(Kind.LOST, text)
        elif story.made is not None:
            yield from _changed(story.made, story, row, sorted(ticket.seat for ticket in tickets[row.id]))


def _changed(made: BookingSeen, story: Story, row: BookingRow, seats: list[str]) -> Iterator[Complaint]:
    if seats != sorted(made.seats):
        text = f"Booking {row.id} was acknowledged for {sorted(made.seats)} and has tickets for {seats}"
        yield Complaint(Kind.LOST, text)
    if (row.user, row.show) != (story.user, story.show):
        text = f"Booking {row.id} was acknowledged to user {story.user} for show {story.show}, and is {row}"
        yield Complaint(Kind.LOST, text)


def _forgotten_keys(told: Iterable[Story], rows: Rows) -> Iterator[Complaint]:
    kept = {(row.user, row.key): row.booking for row in rows.keys}
    for story in told:
        key = story.first.key
        if key is not None and story.told and kept.get((story.user, key)) != story.booking:
            text = f"Key {key} of user {story.user} does not stand for booking {story.booking}"
            yield Complaint(Kind.KEY, f"{text}, but for {kept.get((story.user, key))}")


def _owned_twice(rows: Rows) -> Iterator[Complaint]:
    owners = Counter((ticket.show, ticket.seat) for ticket in rows.tickets if ticket.unreleased)
    for (show, seat), count in owners.items():
        if count > 1:
            bookings = sorted(t.booking for t in rows.tickets if t.unreleased and (t.show, t.seat) == (show, seat))
            yield Complaint(
                Kind.OWNED_TWICE, f"Seat {seat} of show {show} is owned {count} times, by bookings {bookings}"
            )


def _keys_twice(rows: Rows) -> Iterator[Complaint]:
    for (user, key), count in Counter((row.user, row.key) for row in rows.keys).items():
        if count > 1:
            yield Complaint(Kind.KEY, f"Key {key} of user {user} is kept {count} times")


def _inconsistent(rows: Rows, rules: Rules) -> Iterator[Complaint]:
    """A booking and its tickets say the same."""
    tickets = rows.tickets_of()
    for booking in rows.bookings.values():
        kept = {ticket.expires_at for ticket in tickets[booking.id] if ticket.unreleased}
        allowed = {"HELD": {booking.expires_at}, "CONFIRMED": {None}}.get(booking.status, set())
        if kept != allowed:
            yield Complaint(
                Kind.INCONSISTENT,
                f"Booking {booking.id} is {booking.status}, and its seats are kept until {kept or 'now'}",
            )
        lifetimes = {booking.created_at + rules.hold, booking.created_at + rules.hold_at_most}
        if booking.expires_at is not None and booking.expires_at not in lifetimes:
            yield Complaint(
                Kind.INCONSISTENT,
                f"Booking {booking.id} was made at {booking.created_at} and expires at {booking.expires_at}",
            )
