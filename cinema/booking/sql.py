"""Frequent statements, as templates for `cinema.core.sql`. The tests compare their names with the models."""

from cinema.booking.models import Booking, Ticket
from cinema.catalog.models import Movie, Screen, Seat, Show, Theater
from cinema.core.sql import columns, fields

# The show in one of the buyers' locks: see `cinema.booking.locks`.
SHOW_FOR_BUYING = f"SELECT {columns(Show)} FROM cinema_show WHERE id = %(show)s {{for_key_share}}"  # noqa: S608
SHOW_FOR_PICKING = f"SELECT {columns(Show)} FROM cinema_show WHERE id = %(show)s {{for_no_key_update}}"  # noqa: S608

# A lock until the transaction ends. Only for PostgreSQL. The function `cinema_hold_1` takes the same lock.
CLIENT = "SELECT pg_advisory_xact_lock(hashtextextended(%(client)s, 0))"

_PLACE = """JOIN cinema_screen AS screen ON screen.id = show.screen_id
JOIN cinema_theater AS theater ON theater.id = screen.theater_id"""
_LIVE = "ticket.released_at IS NULL AND (ticket.expires_at IS NULL OR ticket.expires_at > {now})"

# The time, the theater, the version of the screen's plan, how many seats of the show and how many open holds the user
# has, and the seats with these labels, in plan order: each with its price, whether it has an unreleased ticket, and
# whether it has a live one.
# Only holds expire. With a condition on the status, PostgreSQL might read the open holds of all users.
_FACTS = f"""
    {{now}}, {columns(Theater, "theater")}, screen.plan_version,
    (SELECT COUNT(*) FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
        WHERE booking.user_id = %(user)s AND booking.show_id = %(show)s AND {_LIVE}),
    (SELECT COUNT(*) FROM cinema_booking AS booking
        WHERE booking.user_id = %(user)s AND booking.expires_at > {{now}}),
    price.amount, ticket.id IS NOT NULL, ticket.id IS NOT NULL AND {_LIVE}, {columns(Seat, "seat")}
FROM cinema_show AS show
{_PLACE}
LEFT JOIN cinema_seat AS seat
    ON seat.screen_id = show.screen_id AND seat.label {{in_labels}} AND seat.retired_at IS NULL
LEFT JOIN cinema_price AS price ON price.show_id = show.id AND price.category = seat.category
LEFT JOIN cinema_ticket AS ticket
    ON ticket.show_id = show.id AND ticket.seat_id = seat.id AND ticket.released_at IS NULL
WHERE show.id = %(show)s
ORDER BY seat.row_index, seat."column", seat.id
"""  # noqa: S608
QUOTE = f"SELECT {_FACTS}"
# The same without locks. The first columns are whether the user's idempotency key was used, and the show.
EARLY_QUOTE = f"""
SELECT
    (SELECT COUNT(*) FROM cinema_idempotencykey AS used WHERE used.user_id = %(user)s AND used.key = %(key)s),
    {columns(Show, "show")}, {_FACTS}
"""  # noqa: S608

# The early quote, and the sale of the seats if nothing in the quote is against it: of each seat its ticket, price,
# booking, and the time. They are null if nothing was sold. Only for PostgreSQL. The function takes the locks of
# `cinema.booking.locks`, and reads again what the sale depends on (`cinema/migrations/0020_...`). So the early quote
# only avoids locks for sales that would be refused. A seat of a unit is sold only in a transaction, which checks
# that the unit is whole; a seat never changes its unit. Booking closes at the end of the show at the latest.
_QUOTED = [
    "used",
    *(f"show_{field.column}" for field in fields(Show)),
    "read_at",
    *(f"theater_{field.column}" for field in fields(Theater)),
    *("plan_version", "already_taken", "open_holds", "amount", "is_occupied", "is_taken"),
    *(f"seat_{field.column}" for field in fields(Seat)),
]


def _sale(function: str, *more: str) -> str:
    arguments = ["%(key)s", "%(fingerprint)s", *more]
    return f"""
WITH quote ({", ".join(_QUOTED)}) AS MATERIALIZED ({EARLY_QUOTE}),
wanted AS (
    SELECT CASE
        WHEN MAX(used) = 0
            AND COUNT(seat_id) = CARDINALITY(%(labels)s::text[])
            AND NOT BOOL_OR(is_occupied OR seat_unit <> '' OR seat_category = ANY(%(reserved)s::text[]))
        THEN ARRAY_AGG(seat_id)
    END AS seats,
    MAX(COALESCE(NULLIF(theater_currency, ''), %(currency)s)) AS currency,
    MAX(GREATEST(
        COALESCE(MAKE_INTERVAL(mins => theater_booking_closes_minutes_before_start), %(closing)s::interval),
        show_starts_at - show_ends_at
    )) AS closing
    FROM quote
),
sale AS MATERIALIZED (
    SELECT sold.*
    FROM wanted, {function}(
        wanted.seats, %(user)s::bigint, %(show)s::bigint,
        (SELECT seen.xmin FROM cinema_show AS seen WHERE seen.id = %(show)s),
        %(seat_limit)s::integer, %(hold_limit)s::integer, wanted.closing, %(held_for)s::interval,
        %(status)s, %(reference)s, wanted.currency, {", ".join(arguments)}
    ) AS sold
)
SELECT quote.*, sold_ticket, sold_price, sold_booking, sold_at
FROM quote LEFT JOIN sale ON sold_seat = seat_id
ORDER BY seat_row_index, seat_column, seat_id
"""  # noqa: S608


SELL = _sale("cinema_sell_1")
# The same for holds. Its function also locks the client, and checks the limits of `cinema.booking.hold_limits`
# (`cinema/migrations/0029_...`).
HOLD = _sale(
    "cinema_hold_1",
    "%(client)s",
    "%(client_limit)s::integer",
    "%(held_limit)s::integer",
    "%(release_limit)s::integer",
    "%(release_period)s::interval",
    "%(picked)s::boolean",
)

# How many seats the user holds, how many are held from the client, and the seats in holds of the show that the user
# released, or that expired: each with the time. If there are none, there is one row, with nulls for the seat.
HOLD_USAGE = """
SELECT
    (SELECT COUNT(*) FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
        WHERE booking.user_id = %(user)s AND booking.expires_at > {now}
            AND ticket.released_at IS NULL AND ticket.expires_at > {now}),
    (SELECT COUNT(*) FROM cinema_holdorigin AS origin JOIN cinema_ticket AS ticket
        ON ticket.booking_id = origin.booking_id
        WHERE origin.client = %(client)s AND ticket.released_at IS NULL AND ticket.expires_at > {now}),
    released.seat_id, released.ended_at
FROM (SELECT 1) AS always
LEFT JOIN (
    SELECT ticket.seat_id, COALESCE(ticket.released_at, ticket.expires_at) AS ended_at
    FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
    WHERE booking.user_id = %(user)s AND booking.show_id = %(show)s
        AND ticket.expires_at IS NOT NULL AND COALESCE(ticket.released_at, ticket.expires_at) <= {now}
) AS released ON TRUE
"""

# A new booking, its tickets in the order of `seats`, and their first events. Only for PostgreSQL.
SALE = """
WITH booking AS (
    INSERT INTO cinema_booking
        (user_id, show_id, reference, status, total, currency, created_at, expires_at, confirmed_at)
    VALUES (
        %(user)s, %(show)s, %(reference)s, %(status)s, %(total)s, %(currency)s, %(at)s, %(expires_at)s, %(confirmed_at)s
    )
    RETURNING id
), ticket AS (
    INSERT INTO cinema_ticket (booking_id, show_id, seat_id, price, expires_at)
    SELECT booking.id, %(show)s, seat.id, seat.price, %(expires_at)s
    FROM booking, UNNEST(%(seats)s::bigint[], %(prices)s::numeric[]) AS seat (id, price)
    RETURNING id, seat_id
), event AS (
    INSERT INTO cinema_ticketevent (ticket_id, kind, at, by_id, held_until)
    SELECT ticket.id, %(kind)s, %(at)s, %(user)s, %(expires_at)s FROM ticket
)
SELECT booking.id, ticket.id, ticket.seat_id FROM booking, ticket
"""

# Of tickets in the way of seats: the seat, the booking (null for a block), and whether the ticket is live.
IN_THE_WAY = f"""
SELECT ticket.seat_id, ticket.booking_id, {_LIVE}
FROM cinema_ticket AS ticket
WHERE ticket.show_id = %(show)s AND ticket.seat_id {{in_seats}} AND ticket.released_at IS NULL
"""  # noqa: S608

# The live tickets of a show for seats whose keys are within a range.
TAKEN_SEATS = f"""
SELECT ticket.seat_id
FROM cinema_ticket AS ticket
WHERE ticket.show_id = %(show)s AND ticket.seat_id BETWEEN %(first)s AND %(last)s AND {_LIVE}
"""  # noqa: S608

# What the best available seats of a show depend on: its screen, the version of the plan, and its taken seats. Only for
# PostgreSQL.
PICKABLE = f"""
SELECT show.screen_id, screen.plan_version,
    ARRAY(SELECT ticket.seat_id FROM cinema_ticket AS ticket WHERE ticket.show_id = show.id AND {_LIVE})
FROM cinema_show AS show
JOIN cinema_screen AS screen ON screen.id = show.screen_id
WHERE show.id = %(show)s
"""  # noqa: S608

# Of shows: what their status depends on, with the number of seats of their screen and how many of them are taken.
AVAILABILITY = f"""
SELECT show.id, show.cancelled_at, show.starts_at, show.ends_at, theater.booking_closes_minutes_before_start,
    screen.seat_count,
    (SELECT COUNT(*) FROM cinema_ticket AS ticket WHERE ticket.show_id = show.id AND {_LIVE}),
    {{now}}
FROM cinema_show AS show
{_PLACE}
WHERE show.id {{in_shows}}
"""  # noqa: S608

# Of shows that are not cancelled: how many wheelchair spaces and companion seats are available. No row if none are.
ACCESSIBLE_SEATS = f"""
SELECT show.id, COUNT(*)
FROM cinema_show AS show
JOIN cinema_seat AS seat ON seat.screen_id = show.screen_id AND seat.retired_at IS NULL
    AND seat.category IN ('WHEELCHAIR', 'COMPANION')
WHERE show.id {{in_shows}} AND show.cancelled_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM cinema_ticket AS ticket
    WHERE ticket.show_id = show.id AND ticket.seat_id = seat.id AND {_LIVE}
)
GROUP BY show.id
"""  # noqa: S608

# Of shows: the seats of their screen, and how many are booked, held and blocked.
OCCUPANCY = f"""
SELECT show.id, screen.seat_count,
    COALESCE(SUM(CASE WHEN ticket.booking_id IS NOT NULL AND ticket.expires_at IS NULL THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN ticket.expires_at IS NOT NULL THEN 1 ELSE 0 END), 0),
    COALESCE(SUM(CASE WHEN ticket.id IS NOT NULL AND ticket.booking_id IS NULL THEN 1 ELSE 0 END), 0)
FROM cinema_show AS show
JOIN cinema_screen AS screen ON screen.id = show.screen_id
LEFT JOIN cinema_ticket AS ticket ON ticket.show_id = show.id AND {_LIVE}
WHERE show.id {{in_shows}}
GROUP BY show.id, screen.seat_count
"""  # noqa: S608

# Of a show: the time, when it starts, ends, was cancelled and last changed, when its theater closes booking and the
# theater's currency, the version of its screen's plan, and its prices.
PLAN_AND_PRICES = f"""
SELECT {{now}}, show.starts_at, show.ends_at, show.cancelled_at, show.changed_at,
    theater.booking_closes_minutes_before_start, theater.currency, screen.id, screen.plan_version,
    price.category, price.amount
FROM cinema_show AS show
{_PLACE}
LEFT JOIN cinema_price AS price ON price.show_id = show.id
WHERE show.id = %(show)s
"""  # noqa: S608

# The seats that are not available: each with the user who has it (null for a block), and whether it is only held.
TAKEN_SEATS_WITH_OWNERS = f"""
SELECT ticket.seat_id, booking.user_id, ticket.expires_at IS NOT NULL
FROM cinema_ticket AS ticket
LEFT JOIN cinema_booking AS booking ON booking.id = ticket.booking_id
WHERE ticket.show_id = %(show)s AND {_LIVE}
"""  # noqa: S608

# Likewise, of some of the seats.
TAKEN_OF_SEATS_WITH_OWNERS = f"{TAKEN_SEATS_WITH_OWNERS} AND ticket.seat_id {{in_seats}}"

# A single seat of a show: the currency of its price, the user with a live ticket (null for a block), whether there is a
# live ticket, whether it is a hold, whether the seat is in the plan of the show's screen, and the seat.
_SHOW_SEAT = """
    theater.currency, booking.user_id, ticket.id IS NOT NULL, ticket.expires_at IS NOT NULL,
    seat.retired_at IS NULL AND seat.screen_id = show.screen_id,
    seat.id, seat.label, seat."row", seat.number, seat."column", seat.category, seat.unit
"""
_SHOW_SEAT_JOINS = f"""
{_PLACE}
LEFT JOIN cinema_price AS price ON price.show_id = show.id AND price.category = seat.category
LEFT JOIN cinema_ticket AS ticket ON ticket.show_id = show.id AND ticket.seat_id = seat.id AND {_LIVE}
LEFT JOIN cinema_booking AS booking ON booking.id = ticket.booking_id
"""
# The seats of sold tickets, each with the key of its ticket. A seat that has left the plan may have no price.
_OF_TICKETS = f"""
SELECT wanted.id, show.id, show.cancelled_at IS NOT NULL, COALESCE(price.amount, wanted.price), {_SHOW_SEAT}
FROM cinema_ticket AS wanted
JOIN cinema_show AS show ON show.id = wanted.show_id
JOIN cinema_seat AS seat ON seat.id = wanted.seat_id
{_SHOW_SEAT_JOINS}
"""  # noqa: S608
SHOW_SEATS_OF_TICKETS = f"{_OF_TICKETS} WHERE wanted.id {{in_tickets}}"
SHOW_SEATS_WITH_TICKETS = f"""
{_OF_TICKETS}
WHERE wanted.show_id {{in_shows}} AND wanted.seat_id {{in_seats}} AND wanted.booking_id IS NOT NULL
"""
SHOW_SEATS_WITH_LABELS = f"""
SELECT NULL, show.id, show.cancelled_at IS NOT NULL, price.amount, {_SHOW_SEAT}
FROM cinema_show AS show
JOIN cinema_seat AS seat ON seat.screen_id = show.screen_id AND seat.label {{in_labels}} AND seat.retired_at IS NULL
{_SHOW_SEAT_JOINS}
WHERE show.id {{in_shows}} AND price.amount IS NOT NULL
"""  # noqa: S608

# The tickets of bookings, and seats. In one statement, PostgreSQL would read far more seats than there are tickets.
TICKETS = f"SELECT {columns(Ticket)} FROM cinema_ticket WHERE booking_id {{in_bookings}}"  # noqa: S608
TICKET_SEATS = f"SELECT {columns(Seat)} FROM cinema_seat WHERE id {{in_seats}}"  # noqa: S608

# The newest bookings of a user, with their shows, movies, screens and theaters.
DETAILS = {"booking": Booking, "show": Show, "movie": Movie, "screen": Screen, "theater": Theater}
NEWEST_BOOKINGS = f"""
SELECT {", ".join(columns(model, alias) for alias, model in DETAILS.items())}
FROM cinema_booking AS booking
JOIN cinema_show AS show ON show.id = booking.show_id
JOIN cinema_movie AS movie ON movie.id = show.movie_id
JOIN cinema_screen AS screen ON screen.id = show.screen_id
JOIN cinema_theater AS theater ON theater.id = screen.theater_id
WHERE booking.id IN (
    SELECT newest.id FROM cinema_booking AS newest
    WHERE newest.user_id = %(user)s
    ORDER BY newest.created_at DESC, newest.id DESC
    LIMIT %(count)s
)
ORDER BY booking.created_at DESC, booking.id DESC
"""  # noqa: S608
