"""The tables against the answers, beside what the histories of the seats tell. Pure: rows in, complaints out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.proof.calls import Call
from tests.proof.complaints import Complaint, Kind
from tests.proof.history import Rules
from tests.proof.rows import Rows
from tests.proof.stories import Story, stories


def complaints(calls: Sequence[Call], rows: Rows, *, makers: Mapping[int, Call], rules: Rules) -> Iterator[Complaint]:
    """Whatever was acknowledged and is not there, or is there and was asked for by nobody."""
    told = list(stories(calls))
    for story in told:
        yield from _lost(story, rows)
        yield from _forgotten_key(story, rows)
    explained = {story.booking for story in told} | makers.keys()
    for booking in rows.bookings.values():
        if booking.id not in explained:
            yield Complaint(
                Kind.UNASKED, f"Nobody asked for booking {booking.id} of user {booking.user} for show {booking.show}"
            )
    yield from _owned_twice(rows)
    yield from _key_twice(rows)
    yield from _inconsistent(rows, rules)


def _lost(story: Story, rows: Rows) -> Iterator[Complaint]:
    if story.booking is None:
        return
    row = rows.bookings.get(story.booking)
    if row is None:
        yield Complaint(Kind.LOST, f"Booking {story.booking} was acknowledged to user {story.user} and is lost")
        return
    if story.made is None:
        return
    seats = sorted(ticket.seat for ticket in rows.tickets if ticket.booking == row.id)
    if seats != sorted(story.made.seats):
        yield Complaint(
            Kind.LOST, f"Booking {row.id} was acknowledged for {sorted(story.made.seats)} and has tickets for {seats}"
        )
    if (row.user, row.show) != (story.user, story.show):
        yield Complaint(
            Kind.LOST, f"Booking {row.id} was acknowledged to user {story.user} for show {story.show}, and is {row}"
        )


def _forgotten_key(story: Story, rows: Rows) -> Iterator[Complaint]:
    if story.first.key is None or not story.told:
        return
    kept = {row.booking for row in rows.keys if (row.user, row.key) == (story.user, story.first.key)}
    if kept != {story.booking}:
        yield Complaint(
            Kind.KEY,
            f"Key {story.first.key} of user {story.user} stands for {sorted(kept)}, not for booking {story.booking}",
        )


def _owned_twice(rows: Rows) -> Iterator[Complaint]:
    owners = Counter((ticket.show, ticket.seat) for ticket in rows.tickets if ticket.unreleased)
    for (show, seat), count in owners.items():
        if count > 1:
            bookings = sorted(t.booking for t in rows.tickets if t.unreleased and (t.show, t.seat) == (show, seat))
            yield Complaint(
                Kind.OWNED_TWICE, f"Seat {seat} of show {show} is owned {count} times, by bookings {bookings}"
            )


def _key_twice(rows: Rows) -> Iterator[Complaint]:
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
