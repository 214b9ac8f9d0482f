"""`verify_bookings` finds every kind of broken promise. Each is broken here by changing the database by hand."""

from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cinema.booking import blocks, bookings, expiry, holds, promises
from cinema.booking.models import ONE_LIVE_TICKET, ONE_REFERENCE
from cinema.catalog import scheduling
from tests.situations import a_booking, a_show, a_staff_member, a_user, expire_hold
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db


@dataclass
class Keys:
    """Keys of rows, for SQL."""

    show: int
    booking: int
    hold: int
    cancelled: int
    block: int


@pytest.fixture
def keys() -> Keys:
    """Bookings of every kind, made with the use cases."""
    show, other, staff = a_show(), a_show(), a_staff_member("change_show")
    ada = a_user()
    booking = a_booking("A1", "A2", "A3", show=show)
    bookings.cancel(booking_id=booking.pk, labels=["A3"], by=booking.user)
    a_booking("A3", show=show)
    hold = holds.acquire(show_id=show.pk, wanted=["B1", "B2"], by=ada)
    holds.extend(booking_id=hold.pk, by=ada)
    cancelled = a_booking("B4", show=show)
    bookings.cancel(booking_id=cancelled.pk, by=cancelled.user, key="key")
    expired = holds.acquire(show_id=show.pk, wanted=["B5"], by=ada)
    expire_hold(expired)
    expiry.release([expired.pk])
    again = holds.acquire(show_id=show.pk, wanted=["B6"], by=ada)
    expire_hold(again)
    between = a_booking("B6", show=show)
    bookings.cancel(booking_id=between.pk, by=between.user)
    bookings.confirm(booking_id=again.pk, by=ada)
    blocks.block(show_id=show.pk, labels=["A8", "A7"], by=staff)
    blocks.unblock(show_id=show.pk, labels=["A7"], by=staff)
    a_booking("A1", show=other)
    scheduling.cancel(show_id=other.pk, by=staff)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cinema_ticket WHERE booking_id IS NULL AND released_at IS NULL")
        ((block,),) = cursor.fetchall()
    return Keys(show.pk, booking.pk, hold.pk, cancelled.pk, block)


def verify() -> str:
    output = StringIO()
    call_command("verify_bookings", stdout=output)
    return output.getvalue()


DROP = f"DROP INDEX {ONE_LIVE_TICKET}"
LATER, LONG_AGO = "'2999-01-01 00:00:00+00'", "'2020-01-01 00:00:00+00'"
LIVE = "booking_id = {k.booking} AND released_at IS NULL"
ANOTHER_LIVE_TICKET = f"""
INSERT INTO cinema_ticket (booking_id, show_id, seat_id, price)
SELECT booking_id, show_id, seat_id, price FROM cinema_ticket WHERE {LIVE}
"""  # noqa: S608 - our own statement
ANOTHER_RELEASED_TICKET = f"""
INSERT INTO cinema_ticket (booking_id, show_id, seat_id, price, released_at)
SELECT booking_id, show_id, seat_id, price, {LATER} FROM cinema_ticket WHERE {LIVE}
"""  # noqa: S608 - as above
EVENTS_OF_NEWEST_TICKET = [
    f"INSERT INTO cinema_ticketevent (ticket_id, kind, at) SELECT MAX(id), '{kind}', {at} FROM cinema_ticket"  # noqa: S608 - as above
    for kind, at in [("CONFIRMED", LONG_AGO), ("CANCELLED", LATER)]
]
# What a promise says, and statements that break it.
BROKEN: list[tuple[str, list[str]]] = [
    ("at most one unreleased ticket", [DROP, ANOTHER_LIVE_TICKET]),
    ("occupied by two tickets at a time", [ANOTHER_RELEASED_TICKET, *EVENTS_OF_NEWEST_TICKET]),
    (
        "seat of the screen of its show",
        ["UPDATE cinema_show SET screen_id = (SELECT MAX(id) FROM cinema_screen) WHERE id = {k.show}"],
    ),
    (
        "are for the same show",
        ["UPDATE cinema_booking SET show_id = (SELECT MAX(id) FROM cinema_show) WHERE id = {k.booking}"],
    ),
    ("A booking has tickets", ["UPDATE cinema_ticket SET released_at = changed_at WHERE booking_id = {k.booking}"]),
    ("occupies no seat", ["UPDATE cinema_ticket SET released_at = NULL WHERE booking_id = {k.cancelled}"]),
    ("expire with it", ["UPDATE cinema_ticket SET expires_at = NULL WHERE booking_id = {k.hold}"]),
    (
        "those of a confirmed booking do not expire",
        ["UPDATE cinema_ticket SET expires_at = changed_at WHERE booking_id = {k.booking}"],
    ),
    ("is the sum of the prices", ["UPDATE cinema_booking SET total = total + 0.0001 WHERE id = {k.booking}"]),
    ("of a cancelled show", [f"UPDATE cinema_show SET cancelled_at = {LONG_AGO}"]),  # noqa: S608 - as above
    ("The history of a ticket", ["DELETE FROM cinema_ticketevent WHERE ticket_id = {k.block}"]),
    ("The history of a ticket", ["UPDATE cinema_ticketevent SET kind = 'CANCELLED' WHERE ticket_id = {k.block}"]),
    ("The seats of a unit", ["UPDATE cinema_seat SET unit = 'A1-A8' WHERE label IN ('A1', 'A2', 'A4')"]),
    (
        "The seats of a unit",
        [
            "UPDATE cinema_seat SET unit = 'A1-A2' WHERE label IN ('A1', 'A2')",
            "UPDATE cinema_ticket SET booking_id = {k.hold} WHERE id IN (SELECT MIN(id) FROM cinema_ticket)",
        ],
    ),
    (
        "reference is used once",
        [
            "SET CONSTRAINTS ALL IMMEDIATE",
            f"ALTER TABLE cinema_booking DROP CONSTRAINT {ONE_REFERENCE}",
            "UPDATE cinema_booking SET reference = 'SAME'",
        ],
    ),
    ("idempotent booking call", ["UPDATE cinema_idempotencykey SET result_id = 0"]),
    (
        "do not overlap",
        [
            "UPDATE cinema_show SET cancelled_at = NULL",
            "UPDATE cinema_show SET screen_id = (SELECT MAX(id) FROM cinema_screen)",
        ],
    ),
]


ONLY_POSTGRESQL = pytest.mark.postgresql("SQLite cannot drop this constraint")
CASES = [
    pytest.param(promise, statements, id=promise, marks=[ONLY_POSTGRESQL] if "reference" in promise else [])
    for promise, statements in BROKEN
]


def test_bookings_of_every_kind_keep_all_promises(keys: Keys) -> None:
    with nothing_changes():
        assert verify().startswith(f"All {len(promises.PROMISES)} promises are kept.")


@pytest.mark.parametrize(("promise", "statements"), CASES)
def test_a_broken_promise_is_found(promise: str, statements: list[str], keys: Keys) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(k=keys))
    assert any(promise in each.promise.text and each.examples for each in promises.violations())
    with pytest.raises(CommandError, match="promises are broken"):
        verify()


def test_every_promise_is_tested() -> None:
    for promise in promises.PROMISES:
        assert any(text in promise.text for text, _ in BROKEN), promise.text


def test_a_missing_constraint_is_found(keys: Keys) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DROP)
    assert not promises.has_constraint()
    assert promises.violations() == []
    with pytest.raises(CommandError, match="1 promises are broken"):
        verify()
