"""Each read of the benchmark as one SQL statement that returns the same JSON."""

MOVIES = """
SELECT json_build_object('data', json_build_object('movies', json_build_object(
    'totalCount', (SELECT count(*) FROM cinema_movie),
    'nodes', (
        SELECT json_agg(json_build_object(
            'id', replace(encode(convert_to('Movie:' || id, 'UTF8'), 'base64'), E'\\n', ''),
            'title', title,
            'durationMinutes', duration_minutes,
            'releaseDate', release_date,
            'certificate', nullif(certificate, '')
        ))
        FROM (SELECT * FROM cinema_movie ORDER BY sort_key, id LIMIT 20) AS movie
    )
)))::text
"""

# Titles that start with the word, and then the others. The others are not read if there are enough titles.
SEARCH = """
SELECT json_build_object('data', json_build_object('movies', json_build_object('nodes', json_agg(json_build_object(
    'id', replace(encode(convert_to('Movie:' || id, 'UTF8'), 'base64'), E'\\n', ''),
    'title', title,
    'durationMinutes', duration_minutes,
    'releaseDate', release_date,
    'certificate', nullif(certificate, '')
)))))::text
FROM (
    SELECT movie.* FROM (
        (
            SELECT id, 0 AS rank, sort_key FROM cinema_movie
            WHERE sort_key >= %(word)s AND sort_key < %(word)s || chr(1114111) AND search_text LIKE %(word)s || '%%'
            ORDER BY sort_key, id LIMIT 20
        )
        UNION ALL
        (
            SELECT id, CASE WHEN search_text LIKE '%% ' || %(word)s || '%%' THEN 1 ELSE 2 END AS rank, sort_key
            FROM cinema_movie
            WHERE search_parts @@ %(parts)s::tsquery
                AND search_text LIKE '%%' || %(word)s || '%%' AND search_text NOT LIKE %(word)s || '%%'
            ORDER BY rank, sort_key, id LIMIT 20
        )
        LIMIT 20
    ) AS found
    JOIN cinema_movie AS movie ON movie.id = found.id
    ORDER BY found.rank, found.sort_key, found.id
) AS movie
"""

# A day is a day in the time zone of the theater. With the first condition, an index is used.
DAY = """
SELECT json_build_object('data', json_build_object('shows', json_build_object('nodes', json_agg(json_build_object(
    'id', replace(encode(convert_to('Show:' || id, 'UTF8'), 'base64'), E'\\n', ''),
    'startsAt', to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
    'movie', json_build_object('title', title),
    'screen', json_build_object('name', screen_name, 'theater', json_build_object('name', theater_name)),
    'seatsAvailable', seats_available,
    'priceFrom', json_build_object('amount', round(price_from, 2)::text, 'currency', 'USD')
)))))::text
FROM (
    SELECT
        show.id, starts_at, movie.title, screen.name AS screen_name, theater.name AS theater_name,
        (SELECT min(amount) FROM cinema_price AS price WHERE price.show_id = show.id) AS price_from,
        greatest(screen.seat_count - (
            SELECT count(*) FROM cinema_ticket AS ticket
            WHERE ticket.show_id = show.id AND released_at IS NULL
                AND (expires_at IS NULL OR expires_at > statement_timestamp())
        ), 0) AS seats_available
    FROM cinema_show AS show
    JOIN cinema_movie AS movie ON movie.id = movie_id
    JOIN cinema_screen AS screen ON screen.id = screen_id
    JOIN cinema_theater AS theater ON theater.id = theater_id
    WHERE starts_at BETWEEN %(day)s::date - interval '1 day' AND %(day)s::date + interval '2 days'
        AND (starts_at AT TIME ZONE time_zone)::date = %(day)s::date
    ORDER BY starts_at, show.id
    LIMIT 100
) AS show
"""

MAP = """
SELECT json_build_object('data', json_build_object('show', json_build_object('seatMap', json_build_object(
    'rows', json_agg(json_build_object('label', "row", 'seats', seats) ORDER BY row_index)
))))::text
FROM (
    SELECT row_index, seat."row", json_agg(json_build_object(
        'label', label,
        'number', number,
        'category', seat.category,
        'status', CASE
            WHEN ticket.id IS NULL THEN 'AVAILABLE'
            WHEN booking_id IS NULL THEN 'BLOCKED'
            WHEN expires_at IS NULL THEN 'BOOKED'
            ELSE 'HELD'
        END,
        'price', json_build_object('amount', round(price.amount, 2)::text, 'currency', 'USD')
    ) ORDER BY "column") AS seats
    FROM cinema_show AS show
    JOIN cinema_seat AS seat ON seat.screen_id = show.screen_id AND retired_at IS NULL
    JOIN cinema_price AS price ON price.show_id = show.id AND price.category = seat.category
    LEFT JOIN cinema_ticket AS ticket ON ticket.show_id = show.id AND ticket.seat_id = seat.id
        AND released_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp())
    WHERE show.id = %(show)s
    GROUP BY row_index, seat."row"
) AS seat_row
"""

BOOKINGS = """
SELECT json_build_object('data', json_build_object('myBookings', json_build_object('nodes', json_agg(json_build_object(
    'id', replace(encode(convert_to('Booking:' || booking.id, 'UTF8'), 'base64'), E'\\n', ''),
    'reference', reference,
    'status', CASE WHEN status = 'HELD' AND expires_at <= statement_timestamp() THEN 'EXPIRED' ELSE status END,
    'total', json_build_object('amount', round(total, 2)::text, 'currency', booking.currency),
    'show', json_build_object(
        'startsAt', to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
        'movie', json_build_object('title', title),
        'screen', json_build_object('name', screen.name)
    ),
    'tickets', (
        SELECT json_agg(json_build_object(
            'seat', label,
            'status', CASE
                WHEN released_at IS NULL AND ticket.expires_at IS NULL THEN 'VALID'
                WHEN released_at IS NULL AND ticket.expires_at > statement_timestamp() THEN 'HELD'
                WHEN released_at IS NOT NULL AND (ticket.expires_at IS NULL OR released_at < ticket.expires_at)
                    THEN 'CANCELLED'
                ELSE 'EXPIRED'
            END,
            'price', json_build_object('amount', round(price, 2)::text)
        ) ORDER BY row_index, "column", ticket.id)
        FROM cinema_ticket AS ticket
        JOIN cinema_seat AS seat ON seat.id = seat_id
        WHERE ticket.booking_id = booking.id
    )
) ORDER BY created_at DESC, booking.id DESC))))::text
FROM (
    SELECT * FROM cinema_booking WHERE user_id = %(user)s ORDER BY created_at DESC, id DESC LIMIT 20
) AS booking
JOIN cinema_show AS show ON show.id = show_id
JOIN cinema_movie AS movie ON movie.id = movie_id
JOIN cinema_screen AS screen ON screen.id = screen_id
"""

STATEMENTS = {"movies": MOVIES, "search": SEARCH, "day": DAY, "map": MAP, "bookings": BOOKINGS}
