"""What is always true of stored bookings, as SQL: each statement finds the rows that break a promise.

Constraints and transactions guarantee all of this. The checks are for use after an incident, such as a restore of a
backup, a bug, or a change by hand. They read all tickets, so they take seconds for millions of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from cinema.booking.models import ONE_LIVE_TICKET
from cinema.core.money import MAX_DECIMALS

MAX_EXAMPLES = 10


@dataclass(frozen=True)
class Promise:
    """`broken_by` is a statement that returns one text for each row that breaks the promise."""

    text: str
    broken_by: str


@dataclass(frozen=True)
class Violation:
    promise: Promise
    count: int
    # At most `MAX_EXAMPLES`.
    examples: Sequence[str]


# The events after which a ticket does not occupy its seat.
_RELEASES = "('CANCELLED', 'EXPIRED', 'UNBLOCKED', 'MOVED_OUT')"

# When tickets occupied their seats: from an event until the next release, or null if there is none. A ticket can occupy
# its seat again, because an expired hold can be confirmed while its seats are free.
_OCCUPATIONS = f"""
    SELECT ticket.id, ticket.show_id, ticket.seat_id, began.at AS since,
        (SELECT MIN(ended.at) FROM cinema_ticketevent AS ended
            WHERE ended.ticket_id = ticket.id AND ended.at >= began.at AND ended.kind IN {_RELEASES}) AS until
    FROM (
        SELECT ticket_id, kind, at, LAG(kind) OVER (PARTITION BY ticket_id ORDER BY at, id) AS previous
        FROM cinema_ticketevent
    ) AS began
    JOIN cinema_ticket AS ticket ON ticket.id = began.ticket_id
    WHERE began.kind NOT IN {_RELEASES} AND (began.previous IS NULL OR began.previous IN {_RELEASES})
"""  # noqa: S608 - our own statement

PROMISES = (
    Promise(
        "A seat of a show has at most one unreleased ticket",
        """
        SELECT 'show ' || show_id || ', seat ' || seat_id FROM cinema_ticket
        WHERE released_at IS NULL GROUP BY show_id, seat_id HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "A seat of a show was never occupied by two tickets at a time",
        f"""
        SELECT 'tickets ' || earlier_id || ' and ' || id FROM (
            SELECT id, since, LAG(id) OVER seat AS earlier_id, LAG(until) OVER seat AS earlier_until
            FROM ({_OCCUPATIONS}) AS occupation
            WINDOW seat AS (PARTITION BY show_id, seat_id ORDER BY since, id)
        ) AS following
        WHERE earlier_id IS NOT NULL AND (earlier_until IS NULL OR earlier_until > since)
        """,  # noqa: S608 - as above
    ),
    Promise(
        "A ticket is for a seat of the screen of its show",
        """
        SELECT 'ticket ' || ticket.id FROM cinema_ticket AS ticket
        JOIN cinema_show AS show ON show.id = ticket.show_id
        LEFT JOIN cinema_seat AS seat ON seat.id = ticket.seat_id
        WHERE seat.id IS NULL OR seat.screen_id <> show.screen_id
        """,
    ),
    Promise(
        "A ticket and its booking are for the same show",
        """
        SELECT 'ticket ' || ticket.id FROM cinema_ticket AS ticket
        LEFT JOIN cinema_booking AS booking ON booking.id = ticket.booking_id
        WHERE ticket.booking_id IS NOT NULL AND (booking.id IS NULL OR booking.show_id <> ticket.show_id)
        """,
    ),
    Promise(
        "A booking has tickets, and a hold or a confirmed booking has unreleased ones",
        """
        SELECT 'booking ' || booking.reference FROM cinema_booking AS booking
        WHERE NOT EXISTS (
            SELECT 1 FROM cinema_ticket AS ticket
            WHERE ticket.booking_id = booking.id
                AND (booking.status IN ('CANCELLED', 'EXPIRED') OR ticket.released_at IS NULL)
        )
        """,
    ),
    Promise(
        "A cancelled or expired booking occupies no seat",
        """
        SELECT 'booking ' || booking.reference FROM cinema_booking AS booking
        JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id AND ticket.released_at IS NULL
        WHERE booking.status IN ('CANCELLED', 'EXPIRED')
        """,
    ),
    Promise(
        "The tickets of a hold expire with it, and those of a confirmed booking do not expire",
        """
        SELECT 'booking ' || booking.reference FROM cinema_booking AS booking
        JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id AND ticket.released_at IS NULL
        WHERE (booking.status = 'CONFIRMED' AND ticket.expires_at IS NOT NULL)
            OR (booking.status = 'HELD' AND (ticket.expires_at IS NULL OR ticket.expires_at <> booking.expires_at))
        """,
    ),
    Promise(
        "The total of a hold or a confirmed booking is the sum of the prices of its unreleased tickets",
        f"""
        SELECT 'booking ' || booking.reference FROM cinema_booking AS booking
        LEFT JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id AND ticket.released_at IS NULL
        WHERE booking.status IN ('HELD', 'CONFIRMED')
        GROUP BY booking.id, booking.reference, booking.total
        HAVING ROUND(booking.total - COALESCE(SUM(ticket.price), 0), {MAX_DECIMALS}) <> 0
        """,  # noqa: S608 - as above
    ),
    Promise(
        "No seat of a cancelled show is sold or held",
        """
        SELECT 'show ' || show.id FROM cinema_show AS show
        JOIN cinema_ticket AS ticket ON ticket.show_id = show.id AND ticket.released_at IS NULL
        WHERE show.cancelled_at IS NOT NULL AND ticket.booking_id IS NOT NULL
            AND (ticket.expires_at IS NULL OR ticket.expires_at > show.cancelled_at)
        """,
    ),
    Promise(
        "The history of a ticket agrees with its state",
        f"""
        SELECT 'ticket ' || ticket.id FROM cinema_ticket AS ticket
        LEFT JOIN (
            SELECT ticket_id, kind, ROW_NUMBER() OVER (PARTITION BY ticket_id ORDER BY at DESC, id DESC) AS place
            FROM cinema_ticketevent
        ) AS last ON last.ticket_id = ticket.id AND last.place = 1
        WHERE last.kind IS NULL
            OR (ticket.released_at IS NULL) <> (last.kind NOT IN {_RELEASES})
            OR (ticket.booking_id IS NULL) <> (last.kind IN ('BLOCKED', 'UNBLOCKED'))
        """,  # noqa: S608 - as above
    ),
    Promise(
        "The seats of a unit have tickets of one booking, or blocks, or no unreleased tickets",
        """
        SELECT 'show ' || ticket.show_id || ', seats ' || seat.unit
        FROM cinema_ticket AS ticket JOIN cinema_seat AS seat ON seat.id = ticket.seat_id
        WHERE ticket.released_at IS NULL AND seat.unit <> ''
        GROUP BY ticket.show_id, ticket.booking_id, seat.screen_id, seat.unit, seat.retired_at
        HAVING COUNT(*) <> (
            SELECT COUNT(*) FROM cinema_seat AS other
            WHERE other.screen_id = seat.screen_id AND other.unit = seat.unit
                AND (other.retired_at = seat.retired_at OR other.retired_at IS NULL AND seat.retired_at IS NULL)
        )
        """,
    ),
    Promise(
        "A booking reference is used once",
        """
        SELECT 'booking ' || reference FROM cinema_booking GROUP BY reference HAVING COUNT(*) > 1
        """,
    ),
    Promise(
        "The result of every idempotent booking call is stored",
        """
        SELECT 'key ' || used.id FROM cinema_idempotencykey AS used
        LEFT JOIN cinema_booking AS booking ON booking.id = used.result_id
        WHERE used.result_type = 'cinema.booking' AND booking.id IS NULL
        """,
    ),
    Promise(
        "Two shows of a screen do not overlap",
        """
        SELECT 'shows ' || earlier_id || ' and ' || id FROM (
            SELECT id, starts_at, LAG(id) OVER screen AS earlier_id, LAG(ends_at) OVER screen AS earlier_end
            FROM cinema_show WHERE cancelled_at IS NULL
            WINDOW screen AS (PARTITION BY screen_id ORDER BY starts_at, id)
        ) AS following
        WHERE earlier_end > starts_at
        """,
    ),
)
_INDEXES = {
    "postgresql": "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indisunique AND indisvalid",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
}


def violations() -> list[Violation]:
    """Check every promise."""
    found = [_check(promise) for promise in PROMISES]
    return [each for each in found if each.count]


def has_constraint() -> bool:
    """Whether the constraint that keeps the first promise exists and is valid. Creating it can be interrupted."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES[connection.vendor])
        return (ONE_LIVE_TICKET,) in cursor.fetchall()


def _check(promise: Promise) -> Violation:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({promise.broken_by}) AS broken")  # noqa: S608 - as above
        (count,) = cursor.fetchone()
        if not count:
            return Violation(promise, 0, ())
        cursor.execute(f"SELECT * FROM ({promise.broken_by}) AS broken LIMIT {MAX_EXAMPLES}")  # noqa: S608 - as above
        return Violation(promise, count, [text for (text,) in cursor.fetchall()])
