-- Sells 50 seats of each show in 25 bookings of one to three seats, and cancels one more. Every user gets the same number of bookings.
-- Bookings of one seat were confirmed immediately. The others were held first, and confirmed a minute later.

-- The nth booking of a show has sizes[1 + n % 3] seats, from seat first_seat on.
CREATE TEMPORARY TABLE new_booking AS
SELECT
    row_number() OVER (ORDER BY show.n, booking.n) AS id,
    show.id AS show_id,
    show.screen_id,
    buyer.id AS user_id,
    show.n * 37 + CASE WHEN booking.n = 25 THEN 60 ELSE 6 * (booking.n / 3) + (ARRAY[0, 2, 3])[1 + booking.n % 3] END
        AS first_seat,
    CASE WHEN booking.n = 25 THEN 1 ELSE (ARRAY[2, 1, 3])[1 + booking.n % 3] END AS size,
    booking.n = 25 AS cancelled,
    least(show.starts_at, statement_timestamp()) - interval '2 hours'
        - interval '1 minute' * ((show.n * 7919 + booking.n * 104729) % 20000) AS created_at
FROM (SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM cinema_show) AS show
CROSS JOIN generate_series(0, 25) AS booking (n)
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM cinema_user) AS buyer
    ON buyer.n = (show.n * 26 + booking.n) % (SELECT count(*) FROM cinema_user);

CREATE TEMPORARY TABLE new_ticket AS
SELECT
    row_number() OVER (ORDER BY booking.id, seat.id) AS id,
    booking.id AS booking_id,
    booking.show_id,
    seat.id AS seat_id,
    price.amount AS price,
    booking.user_id,
    booking.size > 1 AS held,
    booking.cancelled,
    booking.created_at
FROM new_booking AS booking
CROSS JOIN generate_series(0, 2) AS nth (n)
JOIN (
    SELECT row_number() OVER (PARTITION BY screen_id ORDER BY row_index, "column") - 1 AS n, * FROM cinema_seat
) AS seat ON seat.screen_id = booking.screen_id AND seat.n = (booking.first_seat + nth.n) % 300
JOIN cinema_price AS price ON price.show_id = booking.show_id AND price.category = seat.category
WHERE nth.n < booking.size;

-- References are numbers in base 30, in an order that looks random: the factor is coprime to 30.
INSERT INTO cinema_booking
    (id, user_id, show_id, reference, status, total, currency, created_at, expires_at, confirmed_at, cancelled_at)
SELECT
    booking.id, booking.user_id, booking.show_id, reference.text,
    CASE WHEN cancelled THEN 'CANCELLED' ELSE 'CONFIRMED' END,
    CASE WHEN cancelled THEN 0 ELSE ticket.total END,
    'USD', created_at, NULL,
    created_at + CASE WHEN size > 1 THEN interval '1 minute' ELSE interval '0' END,
    CASE WHEN cancelled THEN created_at + interval '1 hour' END
FROM new_booking AS booking
JOIN (SELECT booking_id, sum(price) AS total FROM new_ticket GROUP BY booking_id) AS ticket ON ticket.booking_id = booking.id
CROSS JOIN LATERAL (
    SELECT string_agg(substr('23456789ABCDEFGHJKMNPQRSTVWXYZ',
                             1 + (booking.id * 2147483647 % 656100000000 / (30 ^ digit)::bigint % 30)::int, 1), '') AS text
    FROM generate_series(0, 7) AS digit
) AS reference
ORDER BY booking.id;

INSERT INTO cinema_ticket (id, booking_id, show_id, seat_id, price, expires_at, released_at, changed_at)
SELECT
    id, booking_id, show_id, seat_id, price, NULL,
    CASE WHEN cancelled THEN created_at + interval '1 hour' END,
    created_at + CASE WHEN cancelled THEN interval '1 hour' WHEN held THEN interval '1 minute' ELSE interval '0' END
FROM new_ticket
ORDER BY id;

INSERT INTO cinema_ticketevent (ticket_id, kind, at, by_id, held_until)
SELECT ticket_id, kind, at, user_id, held_until
FROM (
    SELECT id AS ticket_id, 'HELD' AS kind, created_at AS at, user_id, created_at + interval '8 minutes' AS held_until
    FROM new_ticket WHERE held
    UNION ALL
    SELECT id, 'CONFIRMED', created_at + CASE WHEN held THEN interval '1 minute' ELSE interval '0' END, user_id, NULL
    FROM new_ticket
    UNION ALL
    SELECT id, 'CANCELLED', created_at + interval '1 hour', user_id, NULL
    FROM new_ticket WHERE cancelled
) AS event
ORDER BY at;

SELECT setval(pg_get_serial_sequence('cinema_booking', 'id'), max(id)) FROM cinema_booking;
SELECT setval(pg_get_serial_sequence('cinema_ticket', 'id'), max(id)) FROM cinema_ticket;
