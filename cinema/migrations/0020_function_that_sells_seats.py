"""A function that sells seats in one statement, for PostgreSQL only. See `SELL` in `cinema.booking.sql`.

A server of the previous release may call an earlier version of the function while this one is installed. A change
therefore needs a new function with the next number in its name.
"""

from typing import Any

from django.db import migrations

# It returns no rows, and changes nothing, if the seats cannot be sold exactly as wanted. Its caller then finds out why.
# `held_for` is null for a booking that is confirmed immediately. `show_version` is the xmin of the show's row that the
# caller has read: if the row has changed since, it is not found.
#
# After the locks, each statement has a new snapshot, as long as the isolation level is READ COMMITTED.
# statement_timestamp() is the time of the call. So the clock is read after the locks, and after the snapshot that shows
# which seats are free: the time is after the release of every ticket that is seen as released. The plans do not depend
# on the parameters, and planning takes longer than executing.
CREATE = """
CREATE FUNCTION cinema_sell_1(
    wanted bigint[], buyer bigint, of_show bigint, show_version xid, seat_limit integer, hold_limit integer,
    closing interval, held_for interval, new_status text, new_reference text, new_currency text,
    call_key text, call_fingerprint text
)
RETURNS TABLE (sold_seat bigint, sold_ticket bigint, sold_price numeric, sold_booking bigint, sold_at timestamptz)
LANGUAGE plpgsql VOLATILE ROWS 1
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    show record;
    held_until timestamptz;
    already_taken bigint;
    open_holds bigint;
    seats bigint[];
    prices numeric[];
    in_the_way bigint;
    total numeric;
BEGIN
    IF wanted IS NULL THEN
        RETURN;
    END IF;

    PERFORM FROM cinema_user WHERE id = buyer FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    SELECT starts_at, cancelled_at INTO show
    FROM cinema_show WHERE id = of_show AND xmin = show_version FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    SELECT
        ARRAY_AGG(seat.id ORDER BY seat.id), ARRAY_AGG(price.amount ORDER BY seat.id), SUM(price.amount),
        COUNT(ticket.id), clock_timestamp()
    INTO seats, prices, total, in_the_way, sold_at
    FROM cinema_seat AS seat
    JOIN cinema_price AS price ON price.show_id = of_show AND price.category = seat.category
    LEFT JOIN cinema_ticket AS ticket
        ON ticket.show_id = of_show AND ticket.seat_id = seat.id AND ticket.released_at IS NULL
    WHERE seat.id = ANY(wanted) AND seat.retired_at IS NULL;
    IF in_the_way > 0 OR CARDINALITY(seats) IS DISTINCT FROM CARDINALITY(wanted) THEN
        RETURN;
    END IF;

    IF show.cancelled_at IS NOT NULL OR show.starts_at <= sold_at + closing THEN
        RETURN;
    END IF;

    IF call_key IS NOT NULL AND EXISTS (
        SELECT FROM cinema_idempotencykey AS used WHERE used.user_id = buyer AND used.key = call_key
    ) THEN
        RETURN;
    END IF;

    SELECT COUNT(*) INTO already_taken
    FROM cinema_booking AS booking JOIN cinema_ticket AS ticket ON ticket.booking_id = booking.id
    WHERE booking.user_id = buyer AND booking.show_id = of_show
        AND ticket.released_at IS NULL AND (ticket.expires_at IS NULL OR ticket.expires_at > sold_at);
    IF already_taken + CARDINALITY(wanted) > seat_limit THEN
        RETURN;
    END IF;

    IF held_for IS NOT NULL THEN
        SELECT COUNT(*) INTO open_holds
        FROM cinema_booking AS booking WHERE booking.user_id = buyer AND booking.expires_at > sold_at;
        IF open_holds >= hold_limit THEN
            RETURN;
        END IF;
        held_until := sold_at + held_for;
    END IF;

    INSERT INTO cinema_booking
        (user_id, show_id, reference, status, total, currency, created_at, expires_at, confirmed_at)
    VALUES (
        buyer, of_show, new_reference, new_status, total, new_currency, sold_at, held_until,
        CASE WHEN held_until IS NULL THEN sold_at END
    )
    RETURNING id INTO sold_booking;
    IF call_key IS NOT NULL THEN
        INSERT INTO cinema_idempotencykey (user_id, key, fingerprint, result_type, result_id)
        VALUES (buyer, call_key, call_fingerprint, 'cinema.booking', sold_booking);
    END IF;

    RETURN QUERY
    WITH ticket AS (
        INSERT INTO cinema_ticket (booking_id, show_id, seat_id, price, expires_at, changed_at)
        SELECT sold_booking, of_show, seat.id, seat.price, held_until, sold_at
        FROM UNNEST(seats, prices) AS seat (id, price)
        RETURNING id, seat_id, price
    ), event AS (
        INSERT INTO cinema_ticketevent (ticket_id, kind, at, by_id, held_until)
        SELECT ticket.id, new_status, sold_at, buyer, held_until FROM ticket
    )
    SELECT ticket.seat_id, ticket.id, ticket.price, sold_booking, sold_at FROM ticket;
END
$$
"""


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION cinema_sell_1")


class Migration(migrations.Migration):
    dependencies = [("cinema", "0019_names_and_search")]

    operations = [migrations.RunPython(create, drop)]
